#pragma once
// Inserting and deleting items of a stored index: each touches lists in proportion to the degree of
// the item.

#include <span>
#include <string_view>

#include "base/progress.h"
#include "graph/build.h"
#include "graph/linker.h"
#include "graph/live_graph.h"
#include "heuristics/registry.h"

namespace skerry::graph {

/// How a delete finds the items that link to the deleted one.
enum class InLinks : std::uint8_t {
  symmetric,  ///< those that it links to, where they link back: 82 to 88 % of all
  search,     ///< those that a search for it meets
  reverse,    ///< all, by the table `reverse`
};

/// Throws Error{invalid_argument} that lists the names.
InLinks in_links(std::string_view name);

std::span<const std::string_view> in_links_names();

/// The policies of an index, ready for use.
struct UpdateParameters {
  BuildParameters build;
  heuristics::AnyRepair repair;
  InLinks in_links = InLinks::symmetric;

  /// Throws Error{invalid_argument} for specs that do not parse or do not go with the metric.
  static UpdateParameters of(const Meta& meta, unsigned threads);
};

/// One update: deletes, then inserts, on a LiveGraph that is then written.
class Update {
 public:
  /// All outlive this.
  Update(LiveGraph& graph, const UpdateParameters& parameters, const distance::Metric& metric,
         std::size_t dimension);

  /// Deletes the live items of `slots` and mends the lists that led to them. With a policy that
  /// keeps items it only marks them.
  void erase(std::span<const Slot> slots, const Progress& progress = {});

  /// Links the items of `slots`, just added, in an order drawn from `seed`.
  void insert(std::vector<Slot> slots, std::uint64_t seed, const Progress& progress = {});

  /// Takes all tombstones out of the graph, mends every list that leads to a deleted item, and
  /// frees the slots. Reads the whole graph. `repair` must not keep items.
  void consolidate(const heuristics::AnyRepair& repair, const Progress& progress = {});

 private:
  /// A link that leads to an item on its way out.
  struct Stale {
    unsigned level;
    Slot source;
    Slot target;

    friend auto operator<=>(const Stale&, const Stale&) = default;
  };

  /// A child of an item on its way out.
  struct Orphan {
    std::uint64_t rank;
    Slot child;
    std::vector<Slot> offered;  ///< may be its new parent if of lower rank

    friend bool operator<(const Orphan& a, const Orphan& b) noexcept { return a.rank < b.rank; }
  };

  using Worker = Linker<LiveGraph>::Worker;

  void find_stale(Slot slot, Worker& worker, std::vector<Stale>& stale) const;
  void mend(const heuristics::AnyRepair& repair, std::vector<Stale> stale, const SlotSet& leaving,
            const Progress& progress);
  void mend_list(const heuristics::AnyRepair& repair, std::span<const Stale> lost,
                 const SlotSet& leaving, Worker& worker);

  std::vector<Orphan> orphans(std::span<const Slot> leaving_slots, const SlotSet& leaving);
  void place_orphans(const std::vector<Orphan>& orphans);
  void settle(const std::vector<Orphan>& orphans);
  void reach_all();

  LiveGraph* graph_;
  const UpdateParameters* parameters_;
  const distance::Metric* metric_;
  std::size_t dimension_;
  Linker<LiveGraph> linker_;
};

}  // namespace skerry::graph
