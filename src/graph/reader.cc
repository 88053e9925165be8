#include "graph/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/spec.h"
#include "graph/answer.h"
#include "graph/block_view.h"
#include "graph/cached_view.h"
#include "graph/codes.h"
#include "graph/view_iterator.h"
#include "graph/view_searcher.h"
#include "graph/views.h"

namespace skerry::graph {

namespace {

constexpr std::array<std::string_view, 4> all_views = {"direct", "memo", "cached", "frozen"};
constexpr std::string_view exact_traversal = "f32";

std::string_view known_word(std::string_view kind, std::string_view word,
                            std::span<const std::string_view> known) {
  const auto found = std::find(known.begin(), known.end(), word);
  if (found != known.end()) return *found;
  throw Error(Code::invalid_argument, unknown_name(kind, word, known));
}

}  // namespace

std::span<const std::string_view> view_names() { return all_views; }

std::span<const SpecKind> view_kinds() {
  static const std::array<SpecKind, 4> kinds = {{
      {"direct", "the store, on each access", {}},
      {"memo", "pointers remembered while the snapshot lives", {}},
      {"cached", "the store, behind bounded memory of the nodes met last",
       cached_view_parameters()},
      {"frozen", "decoded links and all vectors in memory", {}},
  }};
  return kinds;
}

ViewSpec ViewSpec::parse(std::string_view text) {
  const Spec spec = Spec::parse(text);
  const std::string_view known = known_word("view", spec.name, all_views);
  if (known == "cached") return {known, cached_view_bytes(spec)};
  const Arguments none(spec, {});
  return {known};
}

std::span<const std::string_view> traversal_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all = {exact_traversal};
    for (const distance::Encoding& each : distance::encodings()) all.push_back(each.name);
    return all;
  }();
  return names;
}

bool view_supported(std::string_view view, kv::ViewLife life) {
  return ViewSpec::parse(view).name != "memo" || life == kv::ViewLife::snapshot;
}

struct Reader::Impl {
  Impl(kv::Store& store, std::string_view name, const StoredIndex::Expectation& expected)
      : index(store, name, expected) {}

  /// Calls `visitor` with a new view of the reader's kind.
  template <class Visitor>
  auto visit(Visitor&& visitor);

  QueryCosts costs() const {
    return QueryCosts::of_view(view, index.row_bytes(), index.row_bytes());
  }

  bool empty() const { return index.meta().slots == 0; }

  void open_codes(std::string_view traversal, unsigned threads);

  StoredIndex index;
  std::optional<Memo> memo;
  Graph graph;
  Rows rows;
  std::optional<distance::Encoder> encoder;  ///< where walks go by codes
  RowBlock codes;
  NeighborBlocks blocks;  ///< `codes` once more, where they lie inline
  std::vector<ItemId> ids;
  std::string_view view;
  std::size_t cache_bytes = 0;
};

Reader::Reader(kv::Store& store, std::string_view index, const ReaderOptions& options) {
  const auto [view, cache_bytes] = ViewSpec::parse(options.view);
  check_threads(options.threads);
  const std::string_view traversal = known_word("traversal", options.traversal, traversal_names());
  impl_ = std::make_unique<Impl>(store, index, options.expected);
  impl_->view = view;
  impl_->cache_bytes = cache_bytes;
  if (view == "frozen") {
    impl_->graph = impl_->index.load_graph();
    impl_->rows = impl_->index.load_rows();
    impl_->ids = impl_->index.ids().load();
  }
  if (traversal != exact_traversal) impl_->open_codes(traversal, options.threads);
  if (view == "memo") impl_->memo.emplace(impl_->index, impl_->encoder && !impl_->empty());
}

void Reader::Impl::open_codes(std::string_view traversal, unsigned threads) {
  const distance::Encoding& encoding = distance::encoding(traversal);
  distance::check_encoding(encoding, index.metric(), index.meta().dimension);
  const bool stored = index.meta().encoding == traversal;
  if (view != "frozen" && !stored) {
    throw Error(Code::unsupported,
                fmt::format("view `{}` walks by codes that the index holds, and index `{}` has "
                            "encoding `{}`; use view `frozen`, which makes codes, or an index with "
                            "encoding `{}`",
                            view, index.name(), index.meta().encoding, traversal));
  }
  if (empty()) {
    encoder = distance::Encoder::train(encoding, index.metric(), index.meta().dimension, {});
  } else if (stored) {
    encoder = *index.encoder();
    if (view != "frozen") return;
    codes = index.load_codes();
    if (index.packing().codes_inline() && encoding.blocks != nullptr) {
      blocks = NeighborBlocks(graph, codes, *encoder);
    }
  } else {
    encoder = train_encoder(encoding, rows, index.dead());
    codes = encode_rows(*encoder, rows, index.dead(), threads);
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
    resident.codes = impl_->codes.resident_bytes() + impl_->blocks.resident_bytes();
  }
  if (impl_->memo) resident.tables = impl_->memo->resident_bytes();
  if (impl_->view == "cached") {
    resident.vectors = impl_->cache_bytes;  // and links; a searcher's
    resident.tables = impl_->index.meta().slots * sizeof(std::uint32_t);
  }
  resident.tables += impl_->ids.size() * sizeof(ItemId);
  return resident;
}

template <class Visitor>
auto Reader::Impl::visit(Visitor&& visitor) {
  const auto with = [&]<class View>(View exact, auto&& show_codes) {
    std::optional<CodeWalk<decltype(show_codes())>> walk;
    if (encoder) {
      walk.emplace(show_codes(), *encoder,
                   QueryCosts::of_view(view, encoder->code_bytes(), index.row_bytes()));
    }
    return visitor(std::move(exact), std::move(walk));
  };
  const auto code_places = [&] { return empty() ? index.row_places() : index.code_places(); };
  if (view == "direct") {
    return with(DirectView(index, index.row_places()),
                [&] { return DirectView(index, code_places()); });
  }
  if (view == "memo") {
    return with(MemoView(*memo), [&] { return MemoView(*memo, !empty()); });
  }
  if (view == "cached") {
    const std::size_t bytes = encoder ? cache_bytes / 2 : cache_bytes;
    return with(CachedView(index, index.row_places(), bytes),
                [&] { return CachedView(index, code_places(), bytes); });
  }
  const auto by_codes = [&] { return FrozenView(graph, codes, index.dead()); };
  const FrozenView exact(graph, rows, index.dead());
  if (blocks.empty()) return with(exact, by_codes);
  return with(exact, [&] { return BlockView(by_codes(), blocks); });
}

std::unique_ptr<Reader::Searcher> Reader::searcher() const {
  return impl_->visit(
      [&]<class View, class CodeView>(
          View view, std::optional<CodeWalk<CodeView>> codes) -> std::unique_ptr<Searcher> {
        return std::make_unique<ViewSearcher<View, CodeView>>(
            impl_->index, std::move(view), std::move(codes), impl_->ids, impl_->costs());
      });
}

std::unique_ptr<NearestItems> Reader::iterate(Bytes query, const IterateOptions& options) const {
  if (options.ef == 0) throw Error(Code::invalid_argument, "ef is 0; it must be at least 1");
  check_filter(impl_->index, options.filter);
  std::vector<std::byte> row(impl_->index.row_bytes());
  encode_query(impl_->index, query, row.data());
  return impl_->visit([&]<class View>(View view, const auto&) -> std::unique_ptr<NearestItems> {
    return std::make_unique<ViewIterator<View>>(impl_->index, std::move(view), impl_->ids,
                                                impl_->costs(), std::move(row), options);
  });
}

Filter Reader::filter(const Roaring64Map& ids) const { return {impl_->index, ids}; }

Filter Reader::filter(std::function<bool(ItemId)> accepts) const {
  return {impl_->index, std::move(accepts), impl_->ids};
}

std::vector<Neighbor> exact_search(const Rows& rows, Bytes query, std::size_t k) {
  const distance::Metric& metric = rows.metric();
  std::vector<std::byte> row(rows.row_bytes());
  if (query.size() != metric.vector_bytes(rows.dimension())) {
    throw Error(Code::invalid_argument, "the query has another size than the rows' vectors",
                {.expected = fmt::format("{} bytes", metric.vector_bytes(rows.dimension())),
                 .found = fmt::format("{} bytes", query.size())});
  }
  metric.encode(query, rows.dimension(), row.data());
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
