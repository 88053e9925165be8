#pragma once
// The records of one index of hannoy, decoded and held against each other.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/graphs/hannoy.h"

namespace skerry::experiments {

struct HannoyRecords {
  struct List {
    std::uint32_t item;
    std::uint8_t layer;
    std::size_t begin, end;  ///< in targets
  };

  /// The row of the item: how many ids are smaller. Nothing when there is no such item.
  std::optional<std::size_t> row_of(std::uint32_t id) const;

  std::string name;  ///< as in a choice: "index=0, database=NAME"
  std::string metric;
  std::string version;  ///< of hannoy
  std::size_t dimension = 0;
  std::vector<std::uint32_t> ids;  ///< ascending
  std::vector<float> vectors;      ///< [ids x dimension]
  std::vector<List> lists;
  std::vector<std::uint32_t> targets;       ///< ids
  std::vector<std::uint32_t> entry_points;  ///< ids, each once
  unsigned top_level = 0;
};

/// Throws what read_hannoy() throws, but for what a graph as a whole may be refused for.
HannoyRecords read_hannoy_records(const HannoyChoice& choice);

}  // namespace skerry::experiments
