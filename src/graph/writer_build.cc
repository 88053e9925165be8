// What links, relinks and unlinks: build(), rebuild() and consolidate().

#include <fmt/format.h>

#include <map>

#include "base/error.h"
#include "base/random.h"
#include "graph/build.h"
#include "graph/codes.h"
#include "graph/write_index.h"
#include "graph/writer.h"

namespace skerry::graph {

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
  struct Source {
    Slot slot;                            // in the store
    const std::vector<std::byte>* row{};  // staged, in place of it
  };

  std::map<ItemId, Source> all;
  stored.for_each_item([&](ItemId id, Slot slot) { all[id] = {slot}; });
  for (const auto& [id, row] : staged) {
    if (row) {
      all[id] = {no_slot, &*row};
      ++report.added;
    } else {
      report.deleted += all.erase(id);
    }
  }
  Rows rows(metric, options.dimension, all.size());
  std::vector<ItemId> order_of_ids;
  for (const auto& [id, source] : all) {
    const auto at = static_cast<Slot>(order_of_ids.size());
    order_of_ids.push_back(id);
    kv::Scope scope;
    Bytes row;
    if (source.row != nullptr) {
      row = *source.row;
    } else if (const Code code = stored.get_row(source.slot, scope, row); code != Code::ok) {
      throw Error(code, fmt::format("reading item {} failed: {}", id, skerry::name(code)),
                  {.table = table_name(name_, "vectors")});
    }
    const Bytes vector = row.first(metric.vector_bytes(options.dimension));
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
  Staged room;
  const Staged& staged = all_staged(room);
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
  Staged room;
  const BuildReport report =
      build_anew(std::move(transaction), all_staged(room), wanted, durability, progress);
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
