#include "graph/writer.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "base/error.h"
#include "graph/codes.h"
#include "graph/write_index.h"

namespace skerry::graph {

namespace {

constexpr std::string_view meta_key = "meta";

/// Key of the table `staged`.
struct StagedKey {
  std::array<std::byte, 8> bytes;

  explicit StagedKey(ItemId id) noexcept { store_be64(bytes.data(), id); }
};

void check(Code code, std::string_view doing, const std::string& table) {
  if (code == Code::ok) return;
  throw Error(code, fmt::format("{} failed: {}", doing, skerry::name(code)), {.table = table});
}

}  // namespace

void Writer::create(kv::Store& store, std::string_view name, const IndexOptions& options) {
  Meta meta = empty_meta(options);
  // An empty index has no lists to size values by; the page is shared evenly by full lists.
  const std::vector<std::uint32_t> full(1, meta.bounds.M0 * 2);
  meta.layout = resolve(meta.layout, store.traits().page_size,
                        distance::metric(meta.metric).row_bytes(meta.dimension), full);
  const std::string meta_name = table_name(name, "meta");
  const kv::TableId table = store.table(meta_name);
  store.table(table_name(name, "vectors"));
  store.table(table_name(name, "links"));
  const std::unique_ptr<kv::Transaction> transaction = store.begin();
  kv::Scope scope;
  kv::View value;
  const Code code = transaction->get(table, as_bytes(meta_key), scope, value);
  if (code == Code::ok) {
    throw Error(Code::invalid_argument, "an index of this name is there already",
                {.table = meta_name});
  }
  if (code != Code::not_found) check(code, "looking for the index", meta_name);
  check(transaction->put(table, as_bytes(meta_key), as_bytes(meta.encode())),
        "writing the meta record", meta_name);
  transaction->commit(kv::Durability::power);
}

Writer::Writer(kv::Store& store, std::string_view name, unsigned threads)
    : store_(&store), name_(name), threads_(threads) {
  if (store.traits().read_only) {
    throw Error(Code::unsupported, "the store is open for reading only");
  }
  const Meta& meta = index().meta();
  (void)UpdateParameters::of(meta, threads);
  const auto open = [&](std::string_view part) { return store.table(table_name(name, part)); };
  tables_ = {open("meta"), open("ids"), open("dead"), open("vectors"), open("links"), {}, {}, {}};
  if (keeps_codes(meta.encoding)) tables_.codes = open("codes");
  if (meta.build.in_links == "reverse") tables_.reverse = open("reverse");
  if (meta.build.connectivity == "parent") tables_.parents = open("parents");
  staged_table_ = open("staged");
  // The snapshot that told which tables there are need not know those that were opened since.
  index_.reset();
}

Writer::~Writer() = default;

const StoredIndex& Writer::index() const {
  if (!index_) index_ = std::make_unique<StoredIndex>(*store_, name_);
  return *index_;
}

const Meta& Writer::meta() const { return index().meta(); }

IndexOptions Writer::options() const { return options_of(index().meta()); }

/// The writer's lock, with index() at the state that it protects.
std::unique_ptr<kv::Transaction> Writer::begin() const {
  for (;;) {
    const std::string known = index().meta().encode();
    std::unique_ptr<kv::Transaction> transaction = store_->begin();
    kv::Scope scope;
    kv::View value;
    check(transaction->get(tables_.meta, as_bytes(meta_key), scope, value),
          "reading the meta record", table_name(name_, "meta"));
    if (as_text(value.bytes()) == known) return transaction;
    transaction->abort();
    index_.reset();
  }
}

void Writer::read_staged(Staged& staged) const {
  const std::unique_ptr<kv::Cursor> cursor = index().snapshot().cursor(staged_table_);
  const std::size_t row_bytes = index().row_bytes();
  Code code = cursor->seek({});
  for (; code == Code::ok; code = cursor->next()) {
    const kv::Key key = cursor->key();
    const Bytes value = cursor->value().bytes();
    if (key.size() != sizeof(StagedKey::bytes) || (!value.empty() && value.size() != row_bytes)) {
      throw Error(Code::corrupt, "a staged record is neither a deletion nor a vector of the index",
                  {.table = table_name(name_, "staged"), .key = to_hex(key)});
    }
    auto& item = staged[load_be64(key.data())];
    if (!value.empty()) item.emplace(value.begin(), value.end());
  }
  if (code != Code::not_found) check(code, "reading what is staged", table_name(name_, "staged"));
}

/// What is staged here and in the store; in `room` where both have some.
const Writer::Staged& Writer::all_staged(Staged& room) const {
  if (index().meta().staged == 0) return staged_;
  read_staged(room);
  for (const auto& [id, row] : staged_) room[id] = row;
  return room;
}

void Writer::add(ItemId id, Bytes vector) {
  const Meta& meta = index().meta();
  const distance::Metric& metric = index().metric();
  if (id == no_item) {
    throw Error(Code::invalid_argument, fmt::format("{} is not an id; ids are below it", id));
  }
  if (vector.size() != metric.vector_bytes(meta.dimension)) {
    throw Error(Code::invalid_argument,
                fmt::format("the vector of item {} has another size than the index's", id),
                {.expected = fmt::format("{} bytes ({} components)",
                                         metric.vector_bytes(meta.dimension), meta.dimension),
                 .found = fmt::format("{} bytes", vector.size())});
  }
  std::vector<std::byte> row(index().row_bytes());
  metric.encode(vector, meta.dimension, row.data());
  if (const distance::Encoder* encoder = index().encoder()) {
    std::vector<std::byte> code(encoder->code_bytes());
    encoder->encode(row.data(), code.data());
  }
  staged_[id] = std::move(row);
}

bool Writer::erase(ItemId id) {
  if (!contains(id)) return false;
  staged_[id] = std::nullopt;
  return true;
}

void Writer::clear() {
  for (const ItemId id : ids()) staged_[id] = std::nullopt;
}

std::optional<std::vector<std::byte>> Writer::row(ItemId id) const {
  if (const auto staged = staged_.find(id); staged != staged_.end()) return staged->second;
  kv::Scope scope;
  kv::View value;
  const StoredIndex& stored = index();
  if (stored.meta().staged > 0) {
    const Code code = stored.snapshot().get(staged_table_, StagedKey(id).bytes, scope, value);
    if (code == Code::ok) {
      if (value.size == 0) return std::nullopt;
      return std::vector<std::byte>(value.bytes().begin(), value.bytes().end());
    }
    if (code != Code::not_found) check(code, "reading what is staged", table_name(name_, "staged"));
  }
  const std::optional<Slot> slot = stored.slot_of(id);
  if (!slot) return std::nullopt;
  Bytes row;
  check(stored.get_row(*slot, scope, row), fmt::format("reading item {}", id),
        table_name(name_, "vectors"));
  return std::vector<std::byte>(row.begin(), row.end());
}

bool Writer::contains(ItemId id) const {
  if (const auto staged = staged_.find(id); staged != staged_.end()) {
    return staged->second.has_value();
  }
  if (index().meta().staged > 0) return row(id).has_value();
  return index().slot_of(id).has_value();
}

std::optional<std::vector<std::byte>> Writer::vector(ItemId id) const {
  std::optional<std::vector<std::byte>> bytes = row(id);
  if (bytes) bytes->resize(index().metric().vector_bytes(index().meta().dimension));
  return bytes;
}

std::size_t Writer::size() const {
  std::size_t size = index().meta().items;
  Staged room;
  for (const auto& [id, row] : all_staged(room)) {
    const bool stored = index().slot_of(id).has_value();
    if (row && !stored) ++size;
    if (!row && stored) --size;
  }
  return size;
}

std::set<ItemId> Writer::ids() const {
  std::set<ItemId> all;
  index().for_each_item([&](ItemId id, Slot) { all.insert(id); });
  Staged room;
  for (const auto& [id, row] : all_staged(room)) {
    if (row) {
      all.insert(id);
    } else {
      all.erase(id);
    }
  }
  return all;
}

void Writer::for_each(const std::function<void(ItemId, Bytes)>& visit) const {
  for (const ItemId id : ids()) {
    const std::optional<std::vector<std::byte>> bytes = vector(id);
    visit(id, *bytes);
  }
}

bool Writer::need_build() const { return !staged_.empty() || index().meta().staged > 0; }

void Writer::save(kv::Durability durability) {
  if (staged_.empty()) return;
  const std::unique_ptr<kv::Transaction> transaction = begin();
  const std::string table = table_name(name_, "staged");
  for (const auto& [id, row] : staged_) {
    const Bytes value = row ? Bytes(*row) : Bytes{};
    check(transaction->put(staged_table_, StagedKey(id).bytes, value), "staging an item", table);
  }
  Meta meta = index().meta();
  Staged room;
  meta.staged = all_staged(room).size();
  put_meta(*transaction, meta);
  transaction->commit(durability);
  staged_.clear();
  index_.reset();
}

void Writer::clear_staged(kv::Transaction& transaction) const {
  if (index().meta().staged == 0) return;
  check(transaction.erase_range(staged_table_, {}, {}), "clearing what was staged",
        table_name(name_, "staged"));
}

/// Empties all tables but `meta` and `staged`.
void Writer::wipe(kv::Transaction& transaction) const {
  const auto erase = [&](kv::TableId table, std::string_view part) {
    check(transaction.erase_range(table, {}, {}), "clearing a table", table_name(name_, part));
  };
  erase(tables_.ids, "ids");
  erase(tables_.dead, "dead");
  erase(tables_.vectors, "vectors");
  erase(tables_.links, "links");
  if (tables_.codes) erase(*tables_.codes, "codes");
  if (tables_.reverse) erase(*tables_.reverse, "reverse");
  if (tables_.parents) erase(*tables_.parents, "parents");
}

void Writer::put_meta(kv::Transaction& transaction, const Meta& meta) const {
  check(transaction.put(tables_.meta, as_bytes(meta_key), as_bytes(meta.encode())),
        "writing the meta record", table_name(name_, "meta"));
}

}  // namespace skerry::graph
