#include "experiments/verify_pages.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "experiments/child.h"
#include "experiments/formats/worker_process.h"
#include "kv/lmdb_data_file.h"

namespace skerry::experiments {

using nlohmann::json;

namespace {

std::string to_message(const kv::PageWalk& walk) {
  json faults = json::array();
  for (const kv::PageFault& fault : walk.faults) {
    faults.push_back({fault.table, fault.key_hex, fault.page, fault.what});
  }
  json tables = json::array();
  for (const kv::TableWalk& table : walk.tables) {
    tables.push_back({table.table, table.records, table.branch_pages, table.leaf_pages,
                      table.overflow_pages, table.depth});
  }
  return json{{"faults", std::move(faults)},   {"fault_count", walk.fault_count},
              {"tables", std::move(tables)},   {"transaction", walk.transaction},
              {"page_size", walk.page_size},   {"pages", walk.pages},
              {"free_pages", walk.free_pages}, {"lost_pages", walk.lost_pages},
              {"records", walk.records}}
      .dump();
}

kv::PageWalk from_message(std::string_view message) {
  const json object = json::parse(message);
  kv::PageWalk walk;
  for (const json& fault : object.at("faults")) {
    walk.faults.push_back({fault.at(0), fault.at(1), fault.at(2), fault.at(3)});
  }
  for (const json& table : object.at("tables")) {
    walk.tables.push_back(
        {table.at(0), table.at(1), table.at(2), table.at(3), table.at(4), table.at(5)});
  }
  object.at("fault_count").get_to(walk.fault_count);
  object.at("transaction").get_to(walk.transaction);
  object.at("page_size").get_to(walk.page_size);
  object.at("pages").get_to(walk.pages);
  object.at("free_pages").get_to(walk.free_pages);
  object.at("lost_pages").get_to(walk.lost_pages);
  object.at("records").get_to(walk.records);
  return walk;
}

}  // namespace

kv::PageWalk verify_pages(const InterruptGuard& guard, const std::filesystem::path& file,
                          const WalkLimits& limits, const PageWalker& walk) {
  // Opened here first: what cannot be opened is the caller's error and no fault of the file.
  const std::uint64_t size = kv::lmdb::DataFile(file).size();
  const std::uint64_t memory =
      limits.memory_bytes != 0 ? limits.memory_bytes : (std::uint64_t{256} << 20) + size / 64;
  kv::PageWalk found;
  const ChildEnd end = run_child(
      guard,
      [&](const Messages& messages) {
        allow_memory(memory);
        messages.send(to_message(walk(file)));
      },
      [&](std::string_view message) { found = from_message(message); },
      {.silence_seconds = limits.seconds});
  if (interrupted() != 0) throw Error(Code::cancelled, "interrupted", {.path = file.string()});
  if (end.code == Code::busy) throw Error(end.code, end.failure);
  if (!end.ok()) {
    found = {};
    found.faults.push_back({"(walk)", {}, 0, "the walk did not end: " + end.failure});
    found.fault_count = 1;
  }
  return found;
}

}  // namespace skerry::experiments
