#include "graph/order/bisection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/parallel.h"
#include "graph/order/cluster.h"

namespace skerry::graph {

namespace {

constexpr std::size_t smallest_group = 16;
constexpr int most_rounds = 20;

using Bits = std::int64_t;  // 1/65536 bit
constexpr double one_bit = 65536;

Bits log2_of(std::size_t number) {
  return static_cast<Bits>(std::llround(std::log2(static_cast<double>(number)) * one_bit));
}

/// d * log2(d + 1) for every degree that a list may have.
class DegreeTable {
 public:
  DegreeTable() {
    for (std::size_t d = 0; d < table_.size(); ++d) {
      table_[d] = static_cast<Bits>(d) * log2_of(d + 1);
    }
  }

  Bits operator[](std::uint32_t degree) const { return table_[degree]; }

 private:
  std::array<Bits, 4098> table_;
};

/// For every item those whose lists hold it.
class Sources {
 public:
  explicit Sources(const Graph& graph) : start_(graph.size() + 1, 0) {
    for (std::size_t i = 0; i < graph.size(); ++i) {
      for (const Slot target : graph.links(0, static_cast<Slot>(i))) ++start_[target + 1];
    }
    std::partial_sum(start_.begin(), start_.end(), start_.begin());
    sources_.resize(start_.back());
    std::vector<std::uint64_t> next(start_.begin(), start_.end() - 1);
    for (std::size_t i = 0; i < graph.size(); ++i) {
      for (const Slot target : graph.links(0, static_cast<Slot>(i))) {
        sources_[next[target]++] = static_cast<Slot>(i);
      }
    }
  }

  std::span<const Slot> of(Slot item) const {
    return {sources_.data() + start_[item], start_[item + 1] - start_[item]};
  }

 private:
  std::vector<std::uint64_t> start_;
  std::vector<Slot> sources_;
};

/// One thread's work on ranges of items.
class Halver {
 public:
  Halver(const Sources& sources, const DegreeTable& degrees, std::size_t items)
      : sources_(&sources), degrees_(&degrees), lists_(items) {}

  /// Swaps items between the halves [0, middle) and [middle, size) until it no longer pays.
  void halve(std::span<Slot> items, std::size_t middle) {
    const Bits log_left = log2_of(middle);
    const Bits log_right = log2_of(items.size() - middle);
    count_lists(items, middle);
    for (int round = 0; round < most_rounds; ++round) {
      for (const Slot list : touched_) update_gains(lists_[list], log_left, log_right);
      rate(items, 0, middle, left_);
      rate(items, middle, items.size(), right_);
      if (!swap_while_it_pays(items)) break;
    }
    for (const Slot list : touched_) lists_[list] = {};
  }

 private:
  struct List {
    std::uint32_t left = 0, right = 0;
    Bits to_right = 0, to_left = 0;  // what moving one of its targets saves
  };

  struct Rated {
    Bits gain;
    Slot item;
    std::uint32_t place;
  };

  void count_lists(std::span<const Slot> items, std::size_t middle) {
    touched_.clear();
    for (std::size_t i = 0; i < items.size(); ++i) {
      for (const Slot source : sources_->of(items[i])) {
        List& list = lists_[source];
        if (list.left + list.right == 0) touched_.push_back(source);
        ++(i < middle ? list.left : list.right);
      }
    }
  }

  void update_gains(List& list, Bits log_left, Bits log_right) const {
    const DegreeTable& d = *degrees_;
    // cost(d, n) = d log n - d log(d + 1); moving one target changes both halves' degrees by one.
    if (list.left > 0) {
      list.to_right = log_left - log_right - d[list.left] + d[list.left - 1] - d[list.right] +
                      d[list.right + 1];
    }
    if (list.right > 0) {
      list.to_left = log_right - log_left - d[list.right] + d[list.right - 1] - d[list.left] +
                     d[list.left + 1];
    }
  }

  void rate(std::span<const Slot> items, std::size_t begin, std::size_t end,
            std::vector<Rated>& rated) const {
    rated.clear();
    const bool is_left = begin == 0;
    for (std::size_t i = begin; i < end; ++i) {
      Bits gain = 0;
      for (const Slot source : sources_->of(items[i])) {
        gain += is_left ? lists_[source].to_right : lists_[source].to_left;
      }
      rated.push_back({gain, items[i], static_cast<std::uint32_t>(i)});
    }
    std::sort(rated.begin(), rated.end(), [](const Rated& a, const Rated& b) {
      return a.gain != b.gain ? a.gain > b.gain : a.item < b.item;
    });
  }

  bool swap_while_it_pays(std::span<Slot> items) {
    const std::size_t pairs = std::min(left_.size(), right_.size());
    std::size_t swapped = 0;
    for (; swapped < pairs; ++swapped) {
      const Rated& a = left_[swapped];
      const Rated& b = right_[swapped];
      if (a.gain + b.gain <= 0) break;
      std::swap(items[a.place], items[b.place]);
      for (const Slot source : sources_->of(a.item)) --lists_[source].left, ++lists_[source].right;
      for (const Slot source : sources_->of(b.item)) ++lists_[source].left, --lists_[source].right;
    }
    return swapped > 0;
  }

  const Sources* sources_;
  const DegreeTable* degrees_;
  std::vector<List> lists_;
  std::vector<Slot> touched_;
  std::vector<Rated> left_;
  std::vector<Rated> right_;
};

struct Range {
  std::size_t begin, end;
};

}  // namespace

std::vector<Slot> Bisection::items(const Graph& graph, const Rows& rows, unsigned threads) const {
  std::vector<Slot> items = Cluster().items(graph, rows, threads);
  std::vector<std::uint32_t> before(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) before[items[i]] = static_cast<std::uint32_t>(i);
  const Sources sources(graph);
  const DegreeTable degrees;
  std::vector<Halver> halvers;
  for (unsigned i = 0; i < std::max(1U, threads); ++i) {
    halvers.emplace_back(sources, degrees, items.size());
  }
  // The ranges of one depth are disjoint, so any thread may take any.
  std::vector<Range> ranges = {{0, items.size()}};
  while (!ranges.empty()) {
    parallel_for(ranges.size(), threads, 1, [&](std::size_t begin, std::size_t end, unsigned id) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::span<Slot> range =
            std::span(items).subspan(ranges[i].begin, ranges[i].end - ranges[i].begin);
        if (range.size() <= smallest_group) {
          std::sort(range.begin(), range.end(),
                    [&](Slot a, Slot b) { return before[a] < before[b]; });
        } else {
          halvers[id].halve(range, range.size() / 2);
        }
      }
    });
    std::vector<Range> next;
    for (const Range& range : ranges) {
      if (range.end - range.begin <= smallest_group) continue;
      const std::size_t middle = range.begin + (range.end - range.begin) / 2;
      next.push_back({range.begin, middle});
      next.push_back({middle, range.end});
    }
    ranges = std::move(next);
  }
  return items;
}

}  // namespace skerry::graph
