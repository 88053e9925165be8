#include "graph/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/spec.h"
#include "graph/views.h"

namespace skerry::graph {

namespace {

constexpr std::array<std::string_view, 3> all_views = {"direct", "memo", "frozen"};

Bytes checked_query(const distance::Metric& metric, std::size_t dimension, Bytes query) {
  if (query.size() != metric.vector_bytes(dimension)) {
    throw Error(Code::invalid_argument, "the query has another size than the index's vectors",
                {.expected = fmt::format("{} bytes ({} components)", metric.vector_bytes(dimension),
                                         dimension),
                 .found = fmt::format("{} bytes", query.size())});
  }
  return query;
}

template <GraphView View>
class ViewSearcher final : public Reader::Searcher {
 public:
  /// `ids` as IdMap::load() gives them, or empty to ask the index each time.
  ViewSearcher(const StoredIndex& index, View view, std::span<const ItemId> ids)
      : index_(&index),
        ids_(ids),
        view_(std::move(view)),
        kernel_(index.metric().kernels().batch),
        row_(index.row_bytes()) {}

  void search(Bytes query, const SearchOptions& options, std::vector<Hit>& hits) override {
    hits.clear();
    if (options.k == 0) throw Error(Code::invalid_argument, "k is 0; it must be at least 1");
    if (options.ef == 0) throw Error(Code::invalid_argument, "ef is 0; it must be at least 1");
    const Meta& meta = index_->meta();
    const distance::Metric& metric = index_->metric();
    metric.encode(checked_query(metric, meta.dimension, query), meta.dimension, row_.data());
    if (meta.items == 0) return;
    // A beam wider than the index holds no more than the index.
    const std::size_t ef = std::min<std::size_t>(std::max(options.ef, options.k), meta.nodes());
    const std::size_t all = std::min<std::size_t>(options.k + meta.tombstones, meta.nodes());
    const Target target{row_.data(), kernel_, meta.dimension};
    if (scratch_.stopwatch != nullptr) scratch_.stopwatch->start();
    const Code code = options.scan ? search_all(view_, target, all, scratch_, work_)
                                   : search_graph(view_, target, meta.entry_points, meta.top_level,
                                                  0, ef, scratch_, work_);
    if (code != Code::ok) fail(code);
    for (std::size_t i = 0; i < scratch_.beam.size() && hits.size() < options.k; ++i) {
      const Neighbor neighbor = scratch_.beam[i];
      if (neighbor.distance == std::numeric_limits<float>::infinity()) break;  // entry without row
      if (index_->dead().dead(neighbor.slot)) continue;
      const ItemId id = ids_.empty() ? index_->ids().id_of(neighbor.slot) : ids_[neighbor.slot];
      hits.push_back({id, metric.reported(neighbor.distance)});
    }
    if (index_->ids().identity()) return;
    std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
      return a.distance != b.distance ? a.distance < b.distance : a.id < b.id;
    });
  }

  void measure(Stopwatch* stopwatch) noexcept override {
    scratch_.stopwatch = stopwatch;
    view_.measure(stopwatch);
  }

  const SearchWork& work() const noexcept override { return work_; }

 private:
  [[noreturn]] void fail(Code code) const {
    const RecordPlace place = view_.failure();
    const VectorKey vector_key(place.slot);
    const LinkKey link_key(place.level, place.slot);
    throw Error(code,
                fmt::format("a record of index `{}` cannot be used: {}", index_->name(),
                            skerry::name(code)),
                {.table = table_name(index_->name(), place.is_vector ? "vectors" : "links"),
                 .key = place.is_vector ? to_hex(vector_key.bytes) : to_hex(link_key.bytes)});
  }

  const StoredIndex* index_;
  std::span<const ItemId> ids_;
  View view_;
  distance::BatchKernel kernel_;
  std::vector<std::byte> row_;
  SearchScratch scratch_;
  SearchWork work_;
};

}  // namespace

std::span<const std::string_view> view_names() { return all_views; }

bool view_supported(std::string_view view, kv::ViewLife life) {
  return view != "memo" || life == kv::ViewLife::snapshot;
}

struct Reader::Impl {
  Impl(kv::Store& store, std::string_view name, const StoredIndex::Expectation& expected)
      : index(store, name, expected) {}

  StoredIndex index;
  std::optional<Memo> memo;
  Graph graph;
  Rows rows;
  std::vector<ItemId> ids;
  std::string_view view;
};

Reader::Reader(kv::Store& store, std::string_view index, std::string_view view,
               const StoredIndex::Expectation& expected) {
  const auto known = std::find(all_views.begin(), all_views.end(), view);
  if (known == all_views.end()) {
    throw Error(Code::invalid_argument, unknown_name("view", view, all_views));
  }
  impl_ = std::make_unique<Impl>(store, index, expected);
  impl_->view = *known;
  if (view == "memo") impl_->memo.emplace(impl_->index);
  if (view == "frozen") {
    impl_->graph = impl_->index.load_graph();
    impl_->rows = impl_->index.load_rows();
    impl_->ids = impl_->index.ids().load();
  }
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

const Meta& Reader::meta() const noexcept { return impl_->index.meta(); }

const distance::Metric& Reader::metric() const noexcept { return impl_->index.metric(); }

const StoredIndex& Reader::index() const noexcept { return impl_->index; }

Reader::Resident Reader::resident() const noexcept {
  Resident resident;
  if (impl_->view == "frozen") {
    resident.links = impl_->graph.resident_bytes();
    resident.vectors = impl_->rows.resident_bytes();
  }
  if (impl_->memo) resident.tables = impl_->memo->resident_bytes();
  resident.tables += impl_->ids.size() * sizeof(ItemId);
  return resident;
}

std::unique_ptr<Reader::Searcher> Reader::searcher() const {
  const StoredIndex& index = impl_->index;
  if (impl_->view == "direct") {
    return std::make_unique<ViewSearcher<DirectView>>(index, DirectView(index), impl_->ids);
  }
  if (impl_->view == "memo") {
    return std::make_unique<ViewSearcher<MemoView>>(index, MemoView(*impl_->memo), impl_->ids);
  }
  return std::make_unique<ViewSearcher<FrozenView>>(
      index, FrozenView(impl_->graph, impl_->rows, index.dead()), impl_->ids);
}

std::vector<Neighbor> exact_search(const Rows& rows, Bytes query, std::size_t k) {
  const distance::Metric& metric = rows.metric();
  std::vector<std::byte> row(rows.row_bytes());
  metric.encode(checked_query(metric, rows.dimension(), query), rows.dimension(), row.data());
  Beam nearest;
  nearest.reset(std::min(k, rows.size()));
  if (k == 0 || rows.size() == 0) return {};
  const distance::BatchKernel kernel = metric.kernels().batch;
  constexpr std::size_t batch = 64;
  std::array<const std::byte*, batch> pointers;
  std::array<float, batch> distances;
  for (std::size_t at = 0; at < rows.size(); at += batch) {
    const std::size_t count = std::min(batch, rows.size() - at);
    for (std::size_t i = 0; i < count; ++i) pointers[i] = rows[static_cast<Slot>(at + i)];
    kernel(row.data(), pointers.data(), count, rows.dimension(), distances.data());
    for (std::size_t i = 0; i < count; ++i) {
      nearest.insert(distances[i], static_cast<Slot>(at + i));
    }
  }
  std::vector<Neighbor> found;
  for (std::size_t i = 0; i < nearest.size(); ++i) found.push_back(nearest[i]);
  return found;
}

}  // namespace skerry::graph
