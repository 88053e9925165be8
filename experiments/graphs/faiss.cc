// faiss, IndexHNSWFlat as write_index() saves it (impl/index_write.cpp: write_index_header,
// write_HNSW), versions 1.7 to 1.15: "IHNf", a header, the graph, then the vectors as a flat index.

#include <fmt/format.h>

#include <algorithm>

#include "experiments/graphs/byte_reader.h"
#include "experiments/graphs/foreign_graph.h"

namespace skerry::experiments {

namespace {

struct Header {
  std::int32_t dimension;
  std::int64_t count;
  std::int32_t metric;
};

std::string_view take_name(ByteReader& in) { return as_text(in.take_bytes(4, "a type")); }

Header take_header(ByteReader& in) {
  Header header;
  header.dimension = in.take<std::int32_t>("the dimension");
  header.count = in.take<std::int64_t>("the number of vectors");
  in.take_bytes(16, "the spare fields");
  in.take_bytes(1, "the mark of training");
  header.metric = in.take<std::int32_t>("the metric");
  // Metrics beyond inner product (0) and L2 (1) may have an argument.
  if (header.metric > 1) in.take_bytes(4, "the metric's argument");
  if (header.dimension <= 0 || header.count < 0 || header.count >= std::int64_t{max_slots}) {
    in.fail(fmt::format("{} vectors of dimension {}", header.count, header.dimension));
  }
  return header;
}

/// cum[l] slots lie before level l in an item's share of `neighbors`.
graph::DegreeBounds bounds_of(const ByteReader& in, const std::vector<std::int32_t>& cum) {
  if (cum.size() < 2 || cum.size() > 65 || cum[0] != 0) in.fail("its levels have no bounds");
  for (std::size_t l = 1; l < cum.size(); ++l) {
    if (cum[l] <= cum[l - 1] || cum[l] - cum[l - 1] > 4096) {
      in.fail(fmt::format("level {} has room from {} to {}", l - 1, cum[l - 1], cum[l]));
    }
  }
  graph::DegreeBounds bounds;
  bounds.M0 = static_cast<std::uint32_t>(cum[1]);
  bounds.M = 1;
  if (cum.size() == 2) bounds.M = std::max(1U, bounds.M0 / 2);
  for (std::size_t l = 2; l < cum.size(); ++l) {
    bounds.M = std::max(bounds.M, static_cast<std::uint32_t>(cum[l] - cum[l - 1]));
  }
  bounds.M0 = std::max(bounds.M0, bounds.M);
  return bounds;
}

}  // namespace

ForeignGraph read_faiss(Bytes bytes, const std::string& path) {
  ByteReader in(bytes, path);
  const std::string_view name = take_name(in);
  if (name != "IHNf") {
    throw Error(Code::unsupported,
                fmt::format("faiss index of type `{}`; IndexHNSWFlat (`IHNf`) can be read", name),
                {.path = path});
  }
  const Header header = take_header(in);
  const auto count = static_cast<std::size_t>(header.count);
  in.take_vector<double>("assign_probas");
  const auto cum = in.take_vector<std::int32_t>("cum_nneighbor_per_level");
  const auto levels = in.take_vector<std::int32_t>("levels");
  const auto offsets = in.take_vector<std::uint64_t>("offsets");
  const auto neighbors = in.take_vector<std::int32_t>("neighbors");
  const auto entry = in.take<std::int32_t>("the entry point");
  const auto max_level = in.take<std::int32_t>("the top level");
  in.take_bytes(12, "efConstruction, efSearch and upper_beam");

  const graph::DegreeBounds bounds = bounds_of(in, cum);
  if (levels.size() != count || offsets.size() != count + 1 || offsets.front() != 0 ||
      offsets.back() != neighbors.size()) {
    in.fail("levels, offsets and neighbors do not belong together");
  }
  std::vector<unsigned> tops;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t depth = levels[i];  // faiss counts levels, from 1
    if (depth < 1 || static_cast<std::size_t>(depth) >= cum.size() ||
        offsets[i + 1] - offsets[i] !=
            static_cast<std::uint64_t>(cum[static_cast<std::size_t>(depth)]) ||
        offsets[i + 1] > neighbors.size()) {
      in.fail(fmt::format("item {} is on {} levels and has no room for their links", i, depth));
    }
    tops.push_back(static_cast<unsigned>(depth - 1));
  }
  GraphAssembler assembler(path, bounds, tops);
  std::vector<std::int64_t> list;
  for (std::size_t i = 0; i < count; ++i) {
    for (unsigned level = 0; level <= tops[i]; ++level) {
      list.clear();
      // A list ends at its first -1, as faiss itself reads it.
      const std::uint64_t end = offsets[i] + static_cast<std::uint64_t>(cum[level + 1]);
      for (std::uint64_t at = offsets[i] + static_cast<std::uint64_t>(cum[level]); at < end; ++at) {
        if (neighbors[at] == -1) break;
        list.push_back(neighbors[at]);
      }
      assembler.set_links(level, i, list);
    }
  }
  if (count > 0 &&
      (max_level < 0 || static_cast<unsigned>(max_level) != assembler.graph().top_level())) {
    in.fail(fmt::format("its top level is {}, its lists reach {}", max_level,
                        assembler.graph().top_level()));
  }
  ForeignGraph result = assembler.finish(
      "faiss", count > 0 ? std::vector<std::int64_t>{entry} : std::vector<std::int64_t>{});

  const std::string_view storage = take_name(in);
  if (storage != "IxF2" && storage != "IxFI" && storage != "IxFl") {
    throw Error(Code::unsupported,
                fmt::format("the faiss index keeps its vectors as `{}`; a flat f32 index must "
                            "follow the graph",
                            storage),
                {.path = path});
  }
  const Header flat = take_header(in);
  if (flat.dimension != header.dimension || flat.count != header.count) {
    in.fail("graph and vectors have different shapes");
  }
  result.dimension = static_cast<std::size_t>(flat.dimension);
  result.vectors = in.take_vector<float>("the vectors");
  if (result.vectors.size() != count * result.dimension) {
    in.fail(fmt::format("{} components for {} vectors of dimension {}", result.vectors.size(),
                        count, result.dimension));
  }
  if (in.left() != 0) in.fail(fmt::format("{} bytes follow the vectors", in.left()));
  result.notes.push_back(header.metric == 0   ? "built for inner products"
                         : header.metric == 1 ? "built for L2"
                                              : "built for another metric than L2");
  return result;
}

}  // namespace skerry::experiments
