#include "experiments/size_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_set>

#include "base/error.h"
#include "base/random.h"
#include "base/spec.h"
#include "distance/metric.h"
#include "experiments/page_model.h"
#include "graph/codec/codec.h"
#include "graph/codes.h"
#include "graph/layout.h"
#include "graph/packing.h"
#include "heuristics/registry.h"

namespace skerry::experiments {

namespace {

constexpr double default_fullness = 0.73;
constexpr std::uint64_t sampling_seed = 1;
constexpr std::size_t sampled_items = std::size_t{1} << 17;

/// P(top level >= l) for l = 0, 1, ...; by sampling for a law without a scale.
std::vector<double> survival(const std::string& spec, std::uint32_t M) {
  const heuristics::AnyLevels any = heuristics::levels(spec);
  std::vector<double> shares(heuristics::max_level + 1, 0);
  std::visit(
      [&](const auto& law) {
        if constexpr (requires { law.scale.ml; }) {
          const double ml = law.scale.ml == 0 ? 1 / std::log(std::max(M, 2U)) : law.scale.ml;
          for (std::size_t l = 0; l < shares.size(); ++l) {
            shares[l] = std::exp(-static_cast<double>(l) / ml);
          }
        } else {
          for (std::size_t id = 0; id < sampled_items; ++id) {
            const unsigned top = law.level({sampling_seed, id, id, M});
            for (unsigned l = 0; l <= top && l < shares.size(); ++l) shares[l] += 1;
          }
          for (double& share : shares) share /= sampled_items;
        }
      },
      any);
  return shares;
}

/// `degree` distinct slots below n, ascending, by Floyd's method (CACM 30(9), 1987).
std::vector<Slot> random_list(Random& random, std::uint64_t n, std::size_t degree) {
  std::unordered_set<Slot> chosen;
  for (std::uint64_t j = n - degree; j < n; ++j) {
    const auto slot = static_cast<Slot>(random.below(j + 1));
    if (!chosen.insert(slot).second) chosen.insert(static_cast<Slot>(j));
  }
  std::vector<Slot> list(chosen.begin(), chosen.end());
  std::sort(list.begin(), list.end());
  return list;
}

/// Mean bytes of lists of a codec, by degree; whole degrees are sampled, others lie between.
class ValueBytes {
 public:
  ValueBytes(const graph::LinkCodec& codec, std::uint64_t n) : codec_(&codec), n_(n) {}

  double mean(double degree) {
    const double below = std::floor(degree);
    const double part = degree - below;
    const double low = whole(static_cast<std::size_t>(below));
    return part == 0 ? low : low + part * (whole(static_cast<std::size_t>(below) + 1) - low);
  }

 private:
  double whole(std::size_t degree) {
    const auto [known, fresh] = means_.try_emplace(degree, 0.0);
    if (!fresh) return known->second;
    // Enough slots that the mean is within about 1 % of its limit.
    const std::size_t lists = std::clamp<std::size_t>(100'000 / (degree + 1), 64, 4000);
    Random random(sampling_seed + degree);
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i < lists; ++i) {
      const auto own = static_cast<Slot>(random.below(n_));
      codec_->encode(random_list(random, n_, degree), own, bytes);
    }
    return known->second = static_cast<double>(bytes.size()) / static_cast<double>(lists);
  }

  const graph::LinkCodec* codec_;
  std::uint64_t n_;
  std::map<std::size_t, double> means_;
};

double log2_choose(double n, double k) {
  return (std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)) / std::log(2.0);
}

void check(const SizeInput& input) {
  const auto refuse = [](std::string what) { throw Error(Code::invalid_argument, what); };
  if (input.n < 1 || input.n > max_slots) {
    refuse(fmt::format("n is {}; it must be in 1..{}", input.n, std::uint64_t{max_slots}));
  }
  if (input.dimension < 1) refuse("d is 0; it must be at least 1");
  if (input.M < 1 || input.M0 < input.M || input.M0 > 4096) {
    refuse(fmt::format("M is {} and M0 is {}; they must be in 1..4096 with M <= M0", input.M,
                       input.M0));
  }
}

}  // namespace

double SizeEstimate::disk_bytes(std::string_view store) const {
  constexpr std::array<std::string_view, 3> known = {"memory", "lmdb", "rocksdb"};
  if (store == "memory") return links.memory + vectors.memory + codes.memory;
  if (store == "lmdb") return links.lmdb + vectors.lmdb + codes.lmdb;
  if (store == "rocksdb") return links.rocksdb + vectors.rocksdb + codes.rocksdb;
  throw Error(Code::invalid_argument, unknown_name("store", store, known));
}

SizeEstimate estimate_sizes(const SizeInput& input) {
  check(input);
  const auto n = static_cast<double>(input.n);
  SizeEstimate estimate;
  for (const double share : survival(input.levels, input.M)) {
    if (!estimate.nodes_per_level.empty() && n * share < 0.5) break;
    estimate.nodes_per_level.push_back(n * share);
    estimate.records += n * share;
  }
  const auto bound = [&](std::size_t level) { return double(level == 0 ? input.M0 : input.M); };
  double full = 0;
  for (std::size_t l = 0; l < estimate.nodes_per_level.size(); ++l) {
    full += estimate.nodes_per_level[l] * bound(l);
  }
  double fullness = default_fullness;
  if (input.edges_per_vector) {
    fullness = *input.edges_per_vector * n / full;
    // The nodes above level 0 of one build vary: full lists may come to a little more than
    // expected.
    if (!(fullness > 0 && fullness <= 1.05)) {
      throw Error(Code::invalid_argument, fmt::format("edges per vector are {}; they must be above "
                                                      "0 and at most {:.2f}, as all lists full",
                                                      *input.edges_per_vector, full / n));
    }
    fullness = std::min(fullness, 1.0);
  }

  estimate.fullness = fullness;
  ValueBytes value_bytes(graph::link_codec(input.codec), input.n);
  constexpr double link_key = sizeof(graph::LinkKey::bytes);
  const distance::Metric& metric = distance::metric(input.metric);
  const double row = static_cast<double>(metric.row_bytes(input.dimension));
  const distance::Encoding* encoding = graph::find_encoding(
      input.encoding == "f32" ? graph::plain_encoding(metric) : std::string_view(input.encoding),
      metric, input.dimension);
  const double code =
      encoding != nullptr ? static_cast<double>(encoding->code_bytes(input.dimension)) : 0;
  graph::Layout layout = graph::Layout::parse(input.layout);
  graph::check_layout(layout, encoding);
  std::vector<RecordClass> records;
  double row_with_list = row;
  for (std::size_t l = 0; l < estimate.nodes_per_level.size(); ++l) {
    const double nodes = estimate.nodes_per_level[l];
    const double degree = std::min(fullness * bound(l), std::max(nodes - 1, 0.0));
    estimate.edges += nodes * degree;
    estimate.list_bound_bytes += nodes * log2_choose(std::max(nodes - 1, 0.0), degree) / 8;
    double bytes = value_bytes.mean(degree);
    double lists = 1;
    if (l == 0) {
      const std::vector<std::uint32_t> alike(
          std::min<std::size_t>(input.n, graph::Layout::max_per_value),
          static_cast<std::uint32_t>(std::ceil(bytes)));
      layout = graph::resolve(layout, /*page_size=*/0, static_cast<std::size_t>(row), alike);
      lists = layout.lists_per_value;
      // Of several lists in a value, each has its length before it, in two bytes from 127 on.
      if (lists > 1) bytes += bytes < 127 ? 1 : 2;
      if (layout.codes_inline) {
        bytes += (bytes < 128 ? 1 : 2) + degree * code;
        estimate.inline_code_bytes = nodes * degree * code;
      }
      if (layout.together) {
        row_with_list += bytes;
        continue;
      }
    }
    records.push_back({nodes / lists, link_key, bytes * lists, /*fixed=*/false});
  }
  estimate.value_bytes_lone_link = input.n > 1 ? value_bytes.mean(1) : 0;
  estimate.links = table_size(records);
  if (encoding != nullptr) {
    estimate.codes = table_size({{n, sizeof(graph::VectorKey::bytes), code, /*fixed=*/true}});
  }

  const double rows = layout.rows_per_value;
  estimate.vectors = table_size({{n / rows, sizeof(graph::VectorKey::bytes), rows * row_with_list,
                                  /*fixed=*/!layout.together}});

  // One word per item for its row and for its list on each level (graph/views.h).
  const auto levels = static_cast<double>(estimate.nodes_per_level.size());
  estimate.memo_bytes = n * 8 * (levels + 1);
  // Strides of M0 + 1 and M + 1 words, a start of 8 bytes and a top level of 1 (graph/graph.h).
  estimate.frozen_link_bytes =
      n * (4.0 * (input.M0 + 1) + 9) + (estimate.records - n) * 4.0 * (input.M + 1);
  estimate.frozen_vector_bytes = n * 64 * std::ceil(row / 64);
  return estimate;
}

}  // namespace skerry::experiments
