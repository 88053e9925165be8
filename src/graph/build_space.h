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
    Window(const Graph& graph, const Rows& rows)
        : FrozenView(graph, rows), graph_(&graph), rows_(&rows) {}

    const std::byte* row(Slot slot) const noexcept { return (*rows_)[slot]; }

    std::span<const Slot> list(unsigned level, Slot slot) const noexcept {
      return graph_->links(level, slot);
    }

    void check(Code) const noexcept {}

   private:
    const Graph* graph_;
    const Rows* rows_;
  };

  BuildSpace(Graph& graph, const Rows& rows, unsigned threads)
      : graph_(&graph), windows_(threads, Window(graph, rows)) {}

  Window& window(unsigned thread) noexcept { return windows_[thread]; }

  DegreeBounds bounds() const noexcept { return graph_->bounds(); }

  unsigned top_of(Slot slot) const noexcept { return graph_->top_of(slot); }

  std::span<const Slot> entry_points() const noexcept { return graph_->entry_points(); }

  void set_entry_points(std::vector<Slot> slots) { graph_->set_entry_points(std::move(slots)); }

  void will_write(unsigned, Slot) const noexcept {}

  void set_links(unsigned level, Slot slot, std::span<const Slot> links) noexcept {
    graph_->set_links(level, slot, links);
  }

 private:
  Graph* graph_;
  std::vector<Window> windows_;
};

static_assert(LinkSpace<BuildSpace>);

}  // namespace skerry::graph
