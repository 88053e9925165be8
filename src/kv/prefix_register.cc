#include "kv/prefix_register.h"

#include <fmt/format.h>

#include "base/error.h"
#include "kv/prefix_store.h"

namespace skerry::kv {

namespace {

[[noreturn]] void damaged(std::string_view index, const std::string& message) {
  throw Error(Code::corrupt, message,
              {.table = std::string(prefix_register_table), .key = std::string(index)});
}

}  // namespace

std::vector<std::byte> PrefixEntry::encode() const {
  const PrefixBytes head = to_bytes(prefix);
  std::vector<std::byte> value(head.begin(), head.end());
  for (const std::string& part : parts) {
    if (value.size() > head.size()) value.push_back(std::byte{' '});
    const Bytes bytes = as_bytes(part);
    value.insert(value.end(), bytes.begin(), bytes.end());
  }
  return value;
}

PrefixEntry PrefixEntry::decode(std::string_view index, Bytes value) {
  if (value.size() <= sizeof(PrefixBytes)) damaged(index, "an index's entry is too short");
  PrefixEntry entry;
  entry.prefix = static_cast<Prefix>(std::to_integer<unsigned>(value[0]) << 8 |
                                     std::to_integer<unsigned>(value[1]));
  if (entry.prefix == no_prefix || entry.prefix > last_prefix) {
    damaged(index, fmt::format("an index has the prefix {}; prefixes are 1..{}", entry.prefix,
                               last_prefix));
  }
  std::string_view rest = as_text(value.subspan(sizeof(PrefixBytes)));
  for (;;) {
    const std::size_t end = rest.find(' ');
    if (end == 0 || rest.empty() || !entry.parts.emplace(rest.substr(0, end)).second) {
      damaged(index, "the parts of an index's entry are not a list of names");
    }
    if (end == rest.npos) return entry;
    rest.remove_prefix(end + 1);
  }
}

std::optional<PrefixEntry> find_entry(const Snapshot& snapshot, TableId names,
                                      std::string_view index) {
  Scope scope;
  View value;
  const Code code = snapshot.get(names, as_bytes(index), scope, value);
  if (code == Code::not_found) return std::nullopt;
  if (code != Code::ok) {
    throw Error(code, fmt::format("looking for an index failed: {}", name(code)),
                {.table = std::string(prefix_register_table), .key = std::string(index)});
  }
  return PrefixEntry::decode(index, value.bytes());
}

PrefixEntries read_entries(const Snapshot& snapshot, TableId names) {
  PrefixEntries entries;
  std::set<Prefix> met;
  const std::unique_ptr<Cursor> cursor = snapshot.cursor(names);
  Code code = cursor->seek({});
  for (; code == Code::ok; code = cursor->next()) {
    const std::string index(as_text(cursor->key()));
    PrefixEntry entry = PrefixEntry::decode(index, cursor->value().bytes());
    if (!met.insert(entry.prefix).second) {
      damaged(index, fmt::format("two indexes have the prefix {}", entry.prefix));
    }
    entries.emplace_hint(entries.end(), index, std::move(entry));
  }
  if (code != Code::not_found) {
    throw Error(code, fmt::format("reading the names of the indexes failed: {}", name(code)),
                {.table = std::string(prefix_register_table)});
  }
  return entries;
}

Prefix free_prefix(const PrefixEntries& entries, const std::set<Prefix>& resting) {
  std::vector<bool> used(last_prefix + 1U, false);
  for (const auto& [index, entry] : entries) used[entry.prefix] = true;
  Prefix rested = no_prefix;
  for (unsigned prefix = 1; prefix <= last_prefix; ++prefix) {
    if (used[prefix]) continue;
    if (!resting.contains(static_cast<Prefix>(prefix))) return static_cast<Prefix>(prefix);
    if (rested == no_prefix) rested = static_cast<Prefix>(prefix);
  }
  if (rested != no_prefix) return rested;
  throw Error(Code::full, fmt::format("the store has {} indexes already, as many as there are "
                                      "prefixes",
                                      entries.size()));
}

}  // namespace skerry::kv
