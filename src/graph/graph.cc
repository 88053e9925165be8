#include "graph/graph.h"

namespace skerry::graph {

void Graph::add_item(unsigned top) {
  base_.resize(base_.size() + bounds_.M0 + 1);
  upper_start_.push_back(upper_.size());
  upper_.resize(upper_.size() + top * (std::size_t{bounds_.M} + 1));
  levels_.push_back(static_cast<std::uint8_t>(top + 1));
  top_level_ = std::max(top_level_, top);
  ++items_;
}

void Graph::add_vacant() {
  base_.resize(base_.size() + bounds_.M0 + 1);
  upper_start_.push_back(upper_.size());
  levels_.push_back(0);
}

std::size_t Graph::resident_bytes() const noexcept {
  return base_.capacity() * sizeof(Slot) + upper_.capacity() * sizeof(Slot) +
         upper_start_.capacity() * sizeof(std::uint64_t) + levels_.capacity();
}

void Graph::reserve(std::size_t items) {
  base_.reserve(items * (std::size_t{bounds_.M0} + 1));
  upper_start_.reserve(items);
  levels_.reserve(items);
}

}  // namespace skerry::graph
