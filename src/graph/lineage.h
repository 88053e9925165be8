#pragma once
// Connectivity `parent`: what makes every item reachable on level 0, by induction.
//
// Items are ranked in the order in which they were linked. Each item but the one of lowest rank,
// the root, has a parent: an item of lower rank that links to it on level 0, by a link that no
// pruning may take. Walks on level 0 also start from the root, so that each item can be reached
// from its parent, and the root from the start.
//
// A list that is full of children passes the one of highest rank down to the nearest of the others,
// which has a lower rank. When a parent is deleted, each child takes the nearest item of lower rank
// among its own links, its parent's links and its ancestors.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/types.h"

namespace skerry::graph {

struct Lineage {
  std::uint64_t rank = 0;
  Slot parent = no_slot;  ///< of the root

  /// As a value of the table `parents`: rank u64, parent u32, little-endian.
  std::array<std::byte, 12> encode() const noexcept {
    std::array<std::byte, 12> value;
    store(value.data(), rank);
    store(value.data() + 8, parent);
    return value;
  }

  /// False, and nothing changed, for anything else.
  bool decode(Bytes value) noexcept {
    if (value.size() != 12) return false;
    rank = load<std::uint64_t>(value.data());
    parent = load<Slot>(value.data() + 8);
    return true;
  }

  friend bool operator==(const Lineage&, const Lineage&) = default;
};

/// A child for which its parent's list has no place.
struct Displaced {
  Slot holder;
  Slot child;
  std::uint64_t rank;

  friend bool operator<(const Displaced& a, const Displaced& b) noexcept {
    return a.holder != b.holder ? a.holder < b.holder : a.rank < b.rank;
  }
};

/// Puts the children of `target` that a rule left out back into its list `links`, in the place of
/// the farthest others. `before` are candidates for children with their distances: the list as it
/// was, and arrivals. Children of the highest ranks that have no place go to `displaced`.
template <class Window>
void keep_children(Window& window, Slot target, std::span<const Neighbor> before,
                   std::size_t max_links, std::vector<Neighbor>& links,
                   std::vector<Displaced>& displaced) {
  struct Child {
    std::uint64_t rank;
    Neighbor link;
  };

  std::vector<Child> children;
  for (const Neighbor& link : before) {
    const Lineage lineage = window.lineage(link.slot);
    if (lineage.parent == target) children.push_back({lineage.rank, link});
  }
  std::sort(children.begin(), children.end(),
            [](const Child& a, const Child& b) { return a.rank < b.rank; });
  while (children.size() > max_links) {
    displaced.push_back({target, children.back().link.slot, children.back().rank});
    children.pop_back();
  }
  std::vector<Neighbor> others;
  for (const Neighbor& link : links) {
    const bool child = window.lineage(link.slot).parent == target;
    if (!child) others.push_back(link);
  }
  std::sort(others.begin(), others.end());
  others.resize(std::min(others.size(), max_links - children.size()));
  links = std::move(others);
  for (const Child& child : children) links.push_back(child.link);
}

/// Gives `child`, whose lineage names no parent that links to it, the parent `holder`, or a
/// descendant of `holder` when its list is full of children. For one thread, between phases.
/// `distance(a, b)` is the stored distance.
template <class Space, class Distance>
void adopt(Space& space, Slot holder, Slot child, Distance&& distance) {
  auto& window = space.window(0);
  for (;;) {
    space.set_lineage(child, {window.lineage(child).rank, holder});
    space.will_write(0, holder);
    const auto present = window.list(0, holder);
    std::vector<Slot> links(present.begin(), present.end());
    if (std::find(links.begin(), links.end(), child) != links.end()) return;
    const std::size_t most = space.bounds().M0;
    if (links.size() < most) {
      links.push_back(child);
      space.set_links(0, holder, links);
      return;
    }
    // The farthest link that leads to no child makes room.
    std::size_t out = links.size();
    float farthest = 0;
    for (std::size_t i = 0; i < links.size(); ++i) {
      if (window.lineage(links[i]).parent == holder) continue;
      const float far = distance(holder, links[i]);
      if (out < links.size() && (far < farthest || (far == farthest && links[i] < links[out]))) {
        continue;
      }
      farthest = far;
      out = i;
    }
    if (out < links.size()) {
      links[out] = child;
      space.set_links(0, holder, links);
      return;
    }
    // All are children: the one of highest rank is passed on to the nearest of the rest.
    for (std::size_t i = 0; i < links.size(); ++i) {
      if (window.lineage(links[i]).rank <= window.lineage(child).rank) continue;
      if (out == links.size() || window.lineage(links[i]).rank > window.lineage(links[out]).rank) {
        out = i;
      }
    }
    if (out < links.size()) {
      std::swap(links[out], child);
      space.set_links(0, holder, links);
    }
    const auto nearer = [&](Slot a, Slot b) {
      return Neighbor{distance(child, a), a} < Neighbor{distance(child, b), b};
    };
    holder = *std::min_element(links.begin(), links.end(), nearer);
  }
}

}  // namespace skerry::graph
