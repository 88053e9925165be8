#pragma once
// How an index is to be made, as options of `create` and `rebuild`.

#include <array>

#include "experiments/command_line.h"
#include "graph/writer.h"

namespace skerry::experiments {

inline constexpr std::array<Option, 17> build_option_list = {{
    {.name = "M",
     .value = "N",
     .default_value = "16",
     .description = "most out-links above level 0"},
    {.name = "M0",
     .value = "N",
     .default_value = "2*M",
     .description = "most out-links on level 0"},
    {.name = "ef-construction",
     .value = "N",
     .default_value = "100",
     .description = "beam of the search for a new item's neighbours"},
    {.name = "selection",
     .value = "SPEC",
     .default_value = "hnsw",
     .description = "rule that chooses neighbours"},
    {.name = "overflow",
     .value = "SPEC",
     .default_value = "union",
     .description = "what happens when a reverse link finds a full list"},
    {.name = "forward",
     .value = "WORD",
     .default_value = "M0",
     .description = "out-links that a new item keeps on level 0: M0 or M"},
    {.name = "levels", .value = "SPEC", .default_value = "hashed", .description = "law of levels"},
    {.name = "schedule",
     .value = "SPEC",
     .default_value = "prefix_doubling",
     .description = "sizes of the batches of insertions"},
    {.name = "repair",
     .value = "SPEC",
     .default_value = "fresh_diskann",
     .description = "what a delete does to those that linked to the item"},
    {.name = "in-links",
     .value = "WORD",
     .default_value = "symmetric",
     .description = "how a delete finds them: symmetric, search or reverse"},
    {.name = "connectivity",
     .value = "WORD",
     .default_value = "none",
     .description = "what keeps items reachable: none, parent or bfs_repair"},
    {.name = "construction",
     .value = "NAME",
     .default_value = "f32",
     .description = "what walks of a whole build compare: f32, which is vectors, or codes"},
    {.name = "codec",
     .value = "NAME",
     .default_value = "delta",
     .description = "encoding of link lists"},
    {.name = "layout",
     .value = "SPEC",
     .default_value = "apart",
     .description = "how records lie together: apart, or apart(links=N)"},
    {.name = "order",
     .value = "NAME",
     .default_value = "insertion",
     .description = "numbering of items in the store"},
    {.name = "encoding",
     .value = "NAME",
     .default_value = "f32",
     .description = "codes to keep beside the vectors: f16, i8, i4 or rabitq; f32: none"},
    {.name = "seed", .value = "N", .default_value = "1", .description = "of order and levels"},
}};

/// The same for an index that is there: what is not given stays as it is.
constexpr std::array<Option, build_option_list.size()> without_defaults() {
  std::array<Option, build_option_list.size()> options = build_option_list;
  for (Option& option : options) option.default_value = {};
  return options;
}

template <std::size_t A, std::size_t B>
constexpr std::array<Option, A + B> joined(const std::array<Option, A>& first,
                                           const std::array<Option, B>& second) {
  std::array<Option, A + B> all{};
  for (std::size_t i = 0; i < A; ++i) all[i] = first[i];
  for (std::size_t i = 0; i < B; ++i) all[A + i] = second[i];
  return all;
}

/// `base` with what was given on the command line; the metric and dimension are the caller's.
/// Throws Error{invalid_argument} for what is no number or word; specs are not checked here
/// (graph::empty_meta does).
graph::IndexOptions with_build_options(const Parsed& parsed, graph::IndexOptions base);

}  // namespace skerry::experiments
