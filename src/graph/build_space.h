#pragma once
// The LinkSpace of a build in memory.

#include <vector>

#include "graph/graph.h"
#include "graph/link_space.h"
#include "graph/rows.h"
#include "graph/views.h"

namespace skerry::graph {

class BuildSpace {
 public:
  /// Arrays never fail and nothing in them is deleted.
  class Window : public FrozenView {
   public:
    Window(const Graph& graph, const Rows& rows, const std::vector<Lineage>& lineage)
        : FrozenView(graph, rows), graph_(&graph), rows_(&rows), lineage_(&lineage) {}

    const std::byte* row(Slot slot) const noexcept { return (*rows_)[slot]; }

    std::span<const Slot> list(unsigned level, Slot slot) const noexcept {
      return graph_->links(level, slot);
    }

    Lineage lineage(Slot slot) const noexcept { return (*lineage_)[slot]; }

    void check(Code) const noexcept {}

   private:
    const Graph* graph_;
    const Rows* rows_;
    const std::vector<Lineage>* lineage_;
  };

  /// `ranked`: with lineages, for connectivity `parent`.
  BuildSpace(Graph& graph, const Rows& rows, unsigned threads, bool ranked)
      : graph_(&graph),
        lineage_(ranked ? rows.size() : 0),
        windows_(threads, Window(graph, rows, lineage_)) {}

  BuildSpace(const BuildSpace&) = delete;
  BuildSpace& operator=(const BuildSpace&) = delete;

  Window& window(unsigned thread) noexcept { return windows_[thread]; }

  DegreeBounds bounds() const noexcept { return graph_->bounds(); }

  unsigned top_of(Slot slot) const noexcept { return graph_->top_of(slot); }

  std::span<const Slot> entry_points() const noexcept { return graph_->entry_points(); }

  void set_entry_points(std::vector<Slot> slots) { graph_->set_entry_points(std::move(slots)); }

  bool holds(Slot slot) const noexcept { return graph_->levels_of(slot) > 0; }

  Slot root() const noexcept { return root_; }

  void set_root(Slot slot) noexcept { root_ = slot; }

  void set_lineage(Slot slot, const Lineage& lineage) { lineage_[slot] = lineage; }

  std::uint64_t next_rank() noexcept { return ranks_++; }

  std::span<const Lineage> lineage() const noexcept { return lineage_; }

  void will_write(unsigned, Slot) const noexcept {}

  void set_links(unsigned level, Slot slot, std::span<const Slot> links) noexcept {
    graph_->set_links(level, slot, links);
  }

 private:
  Graph* graph_;
  std::vector<Lineage> lineage_;
  Slot root_ = no_slot;
  std::uint64_t ranks_ = 0;
  std::vector<Window> windows_;
};

static_assert(LinkSpace<BuildSpace>);

}  // namespace skerry::graph
