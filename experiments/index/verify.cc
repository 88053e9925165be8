// `skerry index verify`

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "experiments/index/commands.h"
#include "experiments/index/index_store.h"
#include "experiments/table.h"
#include "experiments/verify_pages.h"
#include "graph/stored_index.h"
#include "graph/verify_index.h"
#include "kv/open_store.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

namespace fs = std::filesystem;

constexpr std::array<Option, 3> options = {{
    {.name = "name", .value = "INDEX", .description = "only this index (default: all)"},
    {.name = "strict", .description = "items that cannot be reached are an error, too"},
    json_option,
}};

constexpr Command command = {
    .usage = "skerry index verify DIR [--name INDEX] [--strict] [--json]",
    .summary =
        "Checks all that is stored: the pages of an LMDB file or the checksums of RocksDB's "
        "files,\n"
        "then each record of each index: vectors, links, levels, ids, deleted slots, what waits "
        "for\n"
        "a build, counts and the graph digest. Each finding names its table and key.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue =
        "Exit code 1 when something is damaged. Items that cannot be reached from the entry "
        "points\n"
        "are told of and are no damage: HNSW does not promise that there are none.\n",
};

/// What was found in all stages, and how it is told.
class Outcome {
 public:
  void damage(std::string_view table, std::string_view key, std::string_view what) {
    add("damage", table, key, what);
    ++damages_;
  }

  void add(std::string_view kind, std::string_view table, std::string_view key,
           std::string_view what) {
    if (kind == "damage") ++listed_;
    findings_.push_back({{"kind", kind}, {"table", table}, {"key", key}, {"what", what}});
  }

  /// Findings that are counted and not listed.
  void more_damages(std::uint64_t count) { damages_ += count; }

  void index(std::string_view name, const graph::IndexCheck& check) {
    constexpr std::array<std::string_view, 3> kinds = {"damage", "unreachable", "note"};
    for (const graph::Finding& finding : check.findings) {
      add(kinds[static_cast<std::size_t>(finding.kind)], finding.table, finding.key, finding.what);
    }
    damages_ += check.damages;
    unreachable_ += check.unreachable;
    indexes_.push_back({{"name", name},
                        {"items", check.items},
                        {"damages", check.damages},
                        {"unreachable", check.unreachable},
                        {"dangling", check.dangling}});
  }

  std::uint64_t damages() const { return damages_; }

  void print(const fs::path& path, bool json) const {
    if (json) {
      const ordered_json object = {{"path", path.string()},
                                   {"damages", damages_},
                                   {"unreachable", unreachable_},
                                   {"indexes", indexes_},
                                   {"findings", findings_}};
      fmt::print("{}\n", object.dump(2, ' ', false, ordered_json::error_handler_t::replace));
      return;
    }
    for (const ordered_json& finding : findings_) {
      const std::string key = finding["key"];
      fmt::print("{}: {}{}: {}\n", finding["kind"].get<std::string>(),
                 finding["table"].get<std::string>(), key.empty() ? "" : " " + key,
                 finding["what"].get<std::string>());
    }
    if (damages_ > listed_) fmt::print("and {} damages more\n", grouped(damages_ - listed_));
    for (const ordered_json& index : indexes_) {
      fmt::print("index `{}`: {} items checked\n", index["name"].get<std::string>(),
                 grouped(index["items"].get<std::uint64_t>()));
    }
    fmt::print("{}: {}\n", path.string(),
               damages_ == 0 ? std::string("sound") : grouped(damages_) + " damages");
  }

  int exit_code(bool strict) const { return damages_ > 0 || (strict && unreachable_ > 0) ? 1 : 0; }

 private:
  ordered_json findings_ = ordered_json::array();
  ordered_json indexes_ = ordered_json::array();
  std::uint64_t damages_ = 0;
  std::uint64_t listed_ = 0;
  std::uint64_t unreachable_ = 0;
};

/// The pages of an LMDB file, in a process of its own: LMDB itself trusts what it maps.
void check_pages(const fs::path& path, Outcome& outcome) {
  const InterruptGuard guard;
  const kv::PageWalk walk = verify_pages(guard, path / "data.mdb");
  for (const kv::PageFault& fault : walk.faults) {
    outcome.damage(fault.table, fault.key_hex, fmt::format("page {}: {}", fault.page, fault.what));
  }
  outcome.more_damages(walk.fault_count - walk.faults.size());
}

void check_store(const fs::path& path, const Parsed& parsed, Outcome& outcome) {
  const std::unique_ptr<kv::Store> store = open_to_read(path);
  store->verify();
  std::vector<std::string> names = graph::list_indexes(*store);
  if (parsed.has("name")) names = {parsed.value("name")};
  for (const std::string& name : names) outcome.index(name, graph::verify_index(*store, name));
}

/// Whether the error is about what is stored, and not about the question.
bool is_damage(const Error& error) {
  return error.code() == Code::corrupt || error.code() == Code::version || error.code() == Code::io;
}

}  // namespace

int index_verify(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const fs::path path = parsed.positional.front();
  const bool lmdb = kv::detect_store(path) == "lmdb";
  Outcome outcome;
  if (lmdb) check_pages(path, outcome);
  // Records are read through the engine, which damaged pages could end by a signal.
  if (outcome.damages() == 0) {
    try {
      check_store(path, parsed, outcome);
    } catch (const Error& error) {
      if (!is_damage(error)) throw;
      outcome.damage(error.context().table, error.context().key, error.what());
    }
  }
  outcome.print(path, parsed.has("json"));
  return outcome.exit_code(parsed.has("strict"));
}

}  // namespace skerry::experiments
