#pragma once
// Reader::Searcher on one view.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/answer.h"
#include "graph/reader.h"
#include "graph/view_queries.h"

namespace skerry::graph {

template <GraphView View, GraphView CodeView = View>
class ViewSearcher final : public Reader::Searcher {
 public:
  /// `codes`: where walks go by codes. `ids` as IdMap::load() gives them, or empty to ask the index
  /// each time.
  ViewSearcher(const StoredIndex& index, View view, std::optional<CodeWalk<CodeView>> codes,
               std::span<const ItemId> ids, const QueryCosts& costs)
      : index_(&index),
        ids_(ids),
        view_(std::move(view)),
        codes_(std::move(codes)),
        kernel_(index.metric().kernels().batch),
        row_(index.row_bytes()),
        queries_(index, view_, codes_ ? &*codes_ : nullptr, costs) {}

  ViewSearcher(const ViewSearcher&) = delete;
  ViewSearcher& operator=(const ViewSearcher&) = delete;

  void search(Bytes query, const SearchOptions& options, std::vector<Hit>& hits) override {
    hits.clear();
    check_beam(options.k, options.ef);
    check_oversample(options.oversample);
    encode_query(*index_, query, row_.data());
    const Meta& meta = index_->meta();
    if (meta.items == 0) return;
    if (meta.tombstones != 0 && !options.scan) {
      // They route, but take no place in the beam.
      QueryOptions same{.k = options.k, .ef = options.ef, .way = Way::walk};
      same.oversample = options.oversample;
      hits = answer({row_.data()}, same).hits;
      return;
    }
    // A beam wider than the index holds no more than the index.
    const std::size_t ef = std::min<std::size_t>(std::max(options.ef, options.k), meta.nodes());
    const std::size_t all = std::min<std::size_t>(options.k + meta.tombstones, meta.nodes());
    const Target target{row_.data(), kernel_, meta.dimension};
    if (scratch_.stopwatch != nullptr) scratch_.stopwatch->start();
    if (options.scan) {
      require(view_, search_all(view_, target, all, scratch_, work_));
    } else if (codes_) {
      walk(codes_->view(), codes_->aim(row_.data()), ef);
      const std::size_t most = rescored(scratch_.beam.size(), options.k, options.oversample);
      require(view_, rescore(view_, target, most, scratch_, work_));
    } else {
      walk(view_, target, ef);
    }
    collect(scratch_.beam);
    take_hits(*index_, ids_, found_, options.k, hits);
  }

  QueryResult by_vector(Bytes query, const QueryOptions& options) override {
    check(options);
    encode_query(*index_, query, row_.data());
    return answer({row_.data()}, options);
  }

  std::optional<QueryResult> by_item(ItemId id, const QueryOptions& options) override {
    check(options);
    const std::optional<Slot> slot = index_->slot_of(id);
    if (!slot) return std::nullopt;
    const std::byte* row = nullptr;
    if (const Code code = view_.rows({&*slot, 1}, &row); code != Code::ok) {
      throw record_error(*index_, view_.failure(), code);
    }
    if (row == nullptr) {
      throw record_error(*index_, {.is_vector = true, .slot = *slot}, Code::not_found);
    }
    std::copy_n(row, row_.size(), row_.data());
    return answer({row_.data(), slot}, options);
  }

  QueryResult within(Bytes query, const RangeOptions& options) override {
    if (!std::isfinite(options.radius)) {
      throw Error(Code::invalid_argument, fmt::format("the radius is {}", options.radius),
                  {.expected = "a finite distance"});
    }
    if (!(options.slack >= 0) || !std::isfinite(options.slack)) {
      throw Error(Code::invalid_argument, fmt::format("the slack is {}", options.slack),
                  {.expected = "0 or more"});
    }
    check_beam(1, options.ef);
    check_filter(*index_, options.filter);
    encode_query(*index_, query, row_.data());
    QueryResult result;
    if (scratch_.stopwatch != nullptr) scratch_.stopwatch->start();
    const Code code = queries_.within(row_.data(), options, result, found_);
    if (code != Code::ok) throw record_error(*index_, queries_.failure(), code);
    std::sort(found_.begin(), found_.end());
    take_hits(*index_, ids_, found_, found_.size(), result.hits);
    work_ += result.work;
    return result;
  }

  void measure(Stopwatch* stopwatch) noexcept override {
    queries_.measure(stopwatch);
    scratch_.stopwatch = stopwatch;
    view_.measure(stopwatch);
    if (codes_) codes_->view().measure(stopwatch);
  }

  const SearchWork& work() const noexcept override { return work_; }

 private:
  static void check_beam(std::size_t k, std::size_t ef) {
    if (k == 0) throw Error(Code::invalid_argument, "k is 0; it must be at least 1");
    if (ef == 0) throw Error(Code::invalid_argument, "ef is 0; it must be at least 1");
  }

  static void check_oversample(std::size_t oversample) {
    if (oversample > 0) return;
    throw Error(Code::invalid_argument, "oversample is 0; it must be at least 1");
  }

  void check(const QueryOptions& options) const {
    check_beam(options.k, options.ef);
    check_oversample(options.oversample);
    if (!(options.linear_below_ratio >= 0 && options.linear_below_ratio <= 1)) {
      throw Error(Code::invalid_argument, "linear_below_ratio is not a share",
                  {.expected = "0..1", .found = fmt::format("{}", options.linear_below_ratio)});
    }
    check_filter(*index_, options.filter);
  }

  QueryResult answer(const QueryStart& start, const QueryOptions& options) {
    QueryResult result;
    if (scratch_.stopwatch != nullptr) scratch_.stopwatch->start();
    if (const Code code = queries_.nearest(start, options, result); code != Code::ok) {
      throw record_error(*index_, queries_.failure(), code);
    }
    collect(queries_.beam());
    take_hits(*index_, ids_, found_, options.k, result.hits);
    result.fewer_than_k = result.hits.size() < options.k;
    work_ += result.work;
    return result;
  }

  void collect(const Beam& beam) {
    found_.clear();
    for (std::size_t i = 0; i < beam.size(); ++i) found_.push_back(beam[i]);
  }

  template <GraphView Walked>
  void require(const Walked& view, Code code) const {
    if (code != Code::ok) throw record_error(*index_, view.failure(), code);
  }

  template <GraphView Walked>
  void walk(Walked& view, const Target& target, std::size_t ef) {
    const Meta& meta = index_->meta();
    require(view, search_graph(view, target, meta.entry_points, meta.top_level, 0, ef, scratch_,
                               work_, meta.root));
  }

  const StoredIndex* index_;
  std::span<const ItemId> ids_;
  View view_;
  std::optional<CodeWalk<CodeView>> codes_;
  distance::BatchKernel kernel_;
  std::vector<std::byte> row_;
  ViewQueries<View, CodeView> queries_;
  SearchScratch scratch_;
  std::vector<Neighbor> found_;
  SearchWork work_;
};

}  // namespace skerry::graph
