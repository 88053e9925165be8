#include "graph/writer.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "graph/build.h"
#include "graph/codes.h"
#include "graph/digest.h"
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

const distance::Encoding* encoding_of(const IndexOptions& options) {
  if (options.encoding.empty()) return nullptr;
  return find_encoding(options.encoding, distance::metric(options.metric), options.dimension);
}

Meta empty_meta(const IndexOptions& options) {
  const distance::Metric& metric = distance::metric(options.metric);
  if (options.dimension == 0 || options.dimension > (std::size_t{1} << 24)) {
    throw Error(Code::invalid_argument,
                fmt::format("dimension is {}; it must lie in 1..2^24", options.dimension));
  }
  Meta meta;
  meta.metric = metric.name;
  meta.dimension = options.dimension;
  const distance::Encoding* encoding = encoding_of(options);
  meta.encoding = encoding != nullptr ? encoding->name : plain_encoding(metric);
  meta.codec = link_codec(options.codec).name();
  meta.layout = Layout::parse(options.layout);
  meta.order = order(options.order).name();
  meta.bounds = options.bounds;
  meta.build = options.build;
  meta.seed = options.seed;
  meta.digest = Digest().hex();
  (void)UpdateParameters::of(meta, 1);
  if (meta.layout.together || meta.layout.rows_per_value != 1) {
    throw Error(Code::unsupported,
                fmt::format("layout `{}`: an index that can be updated has one row to a value, "
                            "apart from the lists",
                            options.layout));
  }
  return meta;
}

void Writer::create(kv::Store& store, std::string_view name, const IndexOptions& options) {
  Meta meta = empty_meta(options);
  // An empty index has no lists to size values by; the page is shared evenly by full lists.
  if (meta.layout.lists_per_value == Layout::page) {
    const std::vector<std::uint32_t> full(1, meta.bounds.M0 * 2);
    meta.layout = resolve(meta.layout, store.traits().page_size,
                          distance::metric(meta.metric).row_bytes(meta.dimension), full);
  }
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

IndexOptions options_of(const Meta& meta) {
  return {meta.metric, meta.dimension, meta.bounds,
          meta.build,  meta.codec,     meta.layout.spec(),
          meta.order,  meta.seed,      keeps_codes(meta.encoding) ? meta.encoding : std::string()};
}

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
  if (index().meta().staged == 0) return;
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

Writer::Staged Writer::all_staged() const {
  Staged staged;
  read_staged(staged);
  for (const auto& [id, row] : staged_) staged[id] = row;
  return staged;
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
  for (const ItemId id : [&] {
         std::vector<ItemId> ids;
         for_each([&](ItemId id, Bytes) { ids.push_back(id); });
         return ids;
       }()) {
    staged_[id] = std::nullopt;
  }
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
  check(stored.snapshot().get(stored.vectors(), VectorKey(*slot).bytes, scope, value),
        fmt::format("reading item {}", id), table_name(name_, "vectors"));
  return std::vector<std::byte>(value.bytes().begin(), value.bytes().end());
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
  for (const auto& [id, row] : all_staged()) {
    const bool stored = index().slot_of(id).has_value();
    if (row && !stored) ++size;
    if (!row && stored) --size;
  }
  return size;
}

void Writer::for_each(const std::function<void(ItemId, Bytes)>& visit) const {
  const StoredIndex& stored = index();
  const std::vector<ItemId> ids = stored.ids().load();
  std::set<ItemId> all;
  for (std::size_t i = 0; i < stored.meta().slots; ++i) {
    const auto slot = static_cast<Slot>(i);
    if (!stored.dead().dead(slot)) all.insert(ids.empty() ? ItemId{slot} : ids[slot]);
  }
  for (const auto& [id, row] : all_staged()) {
    if (row) {
      all.insert(id);
    } else {
      all.erase(id);
    }
  }
  for (const ItemId id : all) {
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
  meta.staged = all_staged().size();
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

BuildReport Writer::update(std::unique_ptr<kv::Transaction> transaction, const Staged& staged,
                           kv::Durability durability, const Progress& progress) {
  const StoredIndex& stored = index();
  const UpdateParameters parameters = UpdateParameters::of(stored.meta(), threads_);
  LiveGraph graph(stored, tables_, staged.size(), threads_);
  Update update(graph, parameters, stored.metric(), stored.meta().dimension);
  BuildReport report;
  std::vector<Slot> leaving;
  for (const auto& [id, row] : staged) {
    const std::optional<Slot> slot = graph.slot_of(id);
    if (slot) leaving.push_back(*slot);
    if (row) {
      ++report.added;
    } else if (slot) {
      ++report.deleted;
    }
  }
  update.erase(leaving, progress);
  std::vector<Slot> arriving;
  std::size_t rank = stored.meta().slots;
  for (const auto& [id, row] : staged) {
    if (!row) continue;
    const unsigned top = std::visit(
        [&, item = id](const auto& law) {
          return law.level({parameters.build.seed, item, rank, parameters.build.bounds.M});
        },
        parameters.build.levels);
    arriving.push_back(graph.add(id, *row, top));
    ++rank;
  }
  update.insert(std::move(arriving), hash64(stored.meta().seed, rank), progress);
  graph.set_staged(0);
  if (graph.node_count() == 0) {
    wipe(*transaction);
    put_meta(*transaction, empty_meta(options()));
  } else {
    report.work = graph.write(*transaction);
  }
  clear_staged(*transaction);
  if (progress.cancelled()) throw Error(Code::cancelled, "the update was cancelled");
  transaction->commit(durability);
  return report;
}

BuildReport Writer::build_anew(std::unique_ptr<kv::Transaction> transaction, const Staged& staged,
                               const IndexOptions& options, kv::Durability durability,
                               const Progress& progress) {
  const Meta blank = empty_meta(options);
  const StoredIndex& stored = index();
  const distance::Metric& metric = distance::metric(options.metric);
  if (metric.vector_bytes(options.dimension) !=
      stored.metric().vector_bytes(stored.meta().dimension)) {
    throw Error(
        Code::mismatch, "the vectors of the index have another size",
        {.expected = fmt::format("{} bytes", metric.vector_bytes(options.dimension)),
         .found = fmt::format("{} bytes", stored.metric().vector_bytes(stored.meta().dimension))});
  }
  BuildReport report;
  report.from_scratch = true;
  // What will be there, by ascending id; the rows of what stays are read from the store.
  std::map<ItemId, const std::vector<std::byte>*> all;
  const std::vector<ItemId> ids = stored.ids().load();
  for (std::size_t i = 0; i < stored.meta().slots; ++i) {
    const auto slot = static_cast<Slot>(i);
    if (!stored.dead().dead(slot)) all[ids.empty() ? ItemId{slot} : ids[slot]] = nullptr;
  }
  for (const auto& [id, row] : staged) {
    if (row) {
      all[id] = &*row;
      ++report.added;
    } else {
      report.deleted += all.erase(id);
    }
  }
  Rows rows(metric, options.dimension, all.size());
  std::vector<ItemId> order_of_ids;
  for (const auto& [id, staged_row] : all) {
    const auto at = static_cast<Slot>(order_of_ids.size());
    order_of_ids.push_back(id);
    kv::Scope scope;
    kv::View value;
    if (staged_row == nullptr) {
      const std::optional<Slot> slot = stored.slot_of(id);
      check(stored.snapshot().get(stored.vectors(), VectorKey(*slot).bytes, scope, value),
            fmt::format("reading item {}", id), table_name(name_, "vectors"));
    }
    const Bytes vector = (staged_row != nullptr ? Bytes(*staged_row) : value.bytes())
                             .first(metric.vector_bytes(options.dimension));
    metric.encode(vector, options.dimension, rows.mutable_row(at));
  }
  const UpdateParameters parameters = UpdateParameters::of(blank, threads_);
  Builder builder(rows, parameters.build, order_of_ids);
  builder.insert_until(rows.size(), progress);

  // An index without slots takes a bulk load, which wants empty tables: a crash may have left
  // records that no meta record counts. Everything else goes through one transaction.
  const bool bulk = stored.meta().slots == 0;
  wipe(*transaction);
  WriteOptions write{.codec = &link_codec(options.codec),
                     .layout = blank.layout,
                     .encoding = encoding_of(options),
                     .order = &order(options.order),
                     .seed = options.seed,
                     .build = options.build,
                     .ids = order_of_ids,
                     .with_meta = false,
                     .root = builder.root(),
                     .lineage = builder.lineage()};
  write.threads = threads_;
  if (bulk) {
    transaction->commit(kv::Durability::process);
    transaction.reset();
  } else {
    write.transaction = transaction.get();
  }
  const Meta meta = write_index(*store_, name_, rows, builder.graph(), write, progress);
  if (bulk) {
    const std::string before = stored.meta().encode();
    transaction = begin();
    if (index().meta().encode() != before) {
      throw Error(Code::busy, fmt::format("another writer changed index `{}` meanwhile", name_));
    }
  }
  clear_staged(*transaction);
  put_meta(*transaction, meta);
  if (progress.cancelled()) throw Error(Code::cancelled, "the build was cancelled");
  transaction->commit(durability);
  return report;
}

BuildReport Writer::build(kv::Durability durability, const Progress& progress) {
  if (!need_build()) return {};
  std::unique_ptr<kv::Transaction> transaction = begin();
  const Staged staged = all_staged();
  const BuildReport report =
      index().meta().slots == 0
          ? build_anew(std::move(transaction), staged, options(), durability, progress)
          : update(std::move(transaction), staged, durability, progress);
  staged_.clear();
  index_.reset();
  return report;
}

BuildReport Writer::rebuild(const std::optional<IndexOptions>& options, kv::Durability durability,
                            const Progress& progress) {
  const IndexOptions wanted = options ? *options : this->options();
  const auto use = [&](bool wanted, std::optional<kv::TableId>& table, std::string_view part) {
    if (wanted && !table) table = store_->table(table_name(name_, part));
  };
  const bool coded = encoding_of(wanted) != nullptr;
  use(coded, tables_.codes, "codes");
  use(wanted.build.in_links == "reverse", tables_.reverse, "reverse");
  use(wanted.build.connectivity == "parent", tables_.parents, "parents");
  std::unique_ptr<kv::Transaction> transaction = begin();
  const BuildReport report =
      build_anew(std::move(transaction), all_staged(), wanted, durability, progress);
  if (!coded) tables_.codes.reset();
  if (wanted.build.in_links != "reverse") tables_.reverse.reset();
  if (wanted.build.connectivity != "parent") tables_.parents.reset();
  staged_.clear();
  index_.reset();
  return report;
}

UpdateWork Writer::consolidate(std::string_view repair_spec, kv::Durability durability,
                               const Progress& progress) {
  const std::unique_ptr<kv::Transaction> transaction = begin();
  const StoredIndex& stored = index();
  const UpdateParameters parameters = UpdateParameters::of(stored.meta(), threads_);
  heuristics::AnyRepair repair =
      repair_spec.empty() ? parameters.repair : heuristics::repair(repair_spec);
  const bool keeps = std::visit([](const auto& policy) { return policy.keeps_item; }, repair);
  if (keeps && !repair_spec.empty()) {
    throw Error(Code::invalid_argument,
                fmt::format("`{}` keeps deleted items; consolidating needs a repair that does not",
                            repair_spec));
  }
  if (keeps) repair = heuristics::repair("fresh_diskann");
  heuristics::bind(repair,
                   {stored.metric().name, stored.metric().non_negative, stored.metric().power});
  LiveGraph graph(stored, tables_, 0, threads_);
  Update update(graph, parameters, stored.metric(), stored.meta().dimension);
  update.consolidate(repair, progress);
  const UpdateWork work = graph.write(*transaction);
  transaction->commit(durability);
  index_.reset();
  return work;
}

}  // namespace skerry::graph
