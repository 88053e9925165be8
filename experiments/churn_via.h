#pragma once
// The fourth way of a config's `via`, beside those of graph/write_index.h: an index that has lived.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/spec.h"
#include "experiments/dataset.h"
#include "experiments/keys.h"
#include "graph/writer.h"

namespace skerry::experiments {

/// `churn(rounds=20, share=0.05, repair=fresh_diskann, in_links=symmetric)`: an index that begins
/// with other items and comes by rounds of deletes and inserts to those of the data set. What takes
/// their place until then are the vectors that follow [dataset] limit.
struct ChurnVia {
  std::size_t rounds = 0;
  double share = 0;  ///< of the items, replaced in a round
  std::string repair, in_links;

  /// Nothing where `via` is another way. Throws Error{invalid_argument}.
  static std::optional<ChurnVia> parse(std::string_view via);

  /// About how many builds all of it takes: an update costs six times what an item costs a build.
  double builds() const { return 1 + 6 * share * static_cast<double>(rounds); }

  /// Items replaced in a round, of `items`: at least 1.
  std::size_t of_round(std::size_t items) const;
};

/// All ways, in the order in which they are listed to people.
const std::vector<SpecKind>& via_kinds();

/// Throws Error{invalid_argument} for what is no way.
void check_via(std::string_view via);

/// What an index of these settings is made with. Throws Error{invalid_argument, unsupported} where
/// an index that is updated cannot be made so.
graph::IndexOptions churned_index(const Settings& settings, const ChurnVia& churn,
                                  std::size_t dimension);

/// Refuses a churn that cannot run, before any work: of an index that cannot be updated, or over a
/// data set with too few vectors behind its limit. Any other `via` passes. `info` is of `dataset`;
/// errors begin with `place`. Throws Error{invalid_argument, unsupported}.
void check_churn(const Settings& settings, const DatasetRequest& dataset, const DatasetInfo& info,
                 std::string_view place);

}  // namespace skerry::experiments
