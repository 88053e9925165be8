#pragma once
// Connectivity `bfs_repair`: a pass over level 0 that leaves no item out of reach of the root.
//
// Each item that a breadth-first walk from the root does not meet is linked from the nearest item
// that it does meet and whose list has room. Where no list near it has room, the nearest gives up
// its farthest link, which the new one takes over, so that what was reachable stays so.

#include <algorithm>
#include <vector>

#include "graph/linker.h"

namespace skerry::graph {

template <LinkSpace Space>
class Reachability {
 public:
  Reachability(Space& space, Linker<Space>& linker, std::size_t dimension, std::size_t ef)
      : space_(&space), linker_(&linker), dimension_(dimension), ef_(ef) {}

  /// Returns the number of items that were out of reach. Reads the whole graph, on one thread.
  std::size_t repair() {
    const Slot root = space_->root();
    if (root == no_slot) return 0;
    auto& window = space_->window(0);
    met_.assign(window.size(), false);
    meet_from(root);
    std::size_t repaired = 0;
    for (std::size_t i = 0; i < met_.size(); ++i) {
      const auto slot = static_cast<Slot>(i);
      if (met_[i] || !space_->holds(slot)) continue;
      ++repaired;
      connect(slot);
      meet_from(slot);
    }
    return repaired;
  }

 private:
  void meet_from(Slot start) {
    std::vector<Slot> queue{start};
    met_[start] = true;
    for (std::size_t head = 0; head < queue.size(); ++head) {
      for (const Slot target : space_->window(0).list(0, queue[head])) {
        if (met_[target]) continue;
        met_[target] = true;
        queue.push_back(target);
      }
    }
  }

  void connect(Slot slot) {
    auto& window = space_->window(0);
    auto& worker = linker_->workers()[0];
    const Target target{window.row(slot), linker_->kernels().batch, dimension_};
    const Slot root = space_->root();
    window.check(score(window, target, {&root, 1}, worker.scratch, worker.search_work));
    const Neighbor start{worker.scratch.distances[0], root};
    window.check(
        search_level(window, target, {&start, 1}, ef_, 0, worker.scratch, worker.search_work));
    std::vector<Slot> near;
    for (std::size_t i = 0; i < worker.scratch.beam.size(); ++i) {
      near.push_back(worker.scratch.beam[i].slot);
    }
    for (const Slot host : near) {
      std::vector<Slot> links = list(host);
      if (links.size() == space_->bounds().M0) continue;
      links.push_back(slot);
      return set(host, links);
    }
    // The walk from the root met only what is in reach, so near[0] is.
    std::vector<Slot> links = list(near[0]);
    const std::size_t out = farthest(near[0], links);
    const Slot displaced = links[out];
    links[out] = slot;
    set(near[0], links);
    std::vector<Slot> own = list(slot);
    if (std::find(own.begin(), own.end(), displaced) != own.end()) return;
    if (own.size() == space_->bounds().M0) {
      own[farthest(slot, own)] = displaced;
    } else {
      own.push_back(displaced);
    }
    set(slot, own);
  }

  std::vector<Slot> list(Slot slot) {
    const auto links = space_->window(0).list(0, slot);
    return {links.begin(), links.end()};
  }

  void set(Slot slot, const std::vector<Slot>& links) {
    space_->will_write(0, slot);
    (void)space_->window(0).list(0, slot);
    space_->set_links(0, slot, links);
  }

  std::size_t farthest(Slot from, const std::vector<Slot>& links) {
    auto& worker = linker_->workers()[0];
    std::vector<Neighbor> measured;
    linker_->measure(from, links, worker, measured);
    return static_cast<std::size_t>(std::max_element(measured.begin(), measured.end()) -
                                    measured.begin());
  }

  Space* space_;
  Linker<Space>* linker_;
  std::size_t dimension_;
  std::size_t ef_;
  std::vector<bool> met_;
};

}  // namespace skerry::graph
