// Vectors near a linear subspace: the intrinsic dimension is known and the same everywhere. Elliott
// and Clark (arXiv 2405.17813) vary it to show that recall falls with the rank.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "experiments/formats/matrix_file.h"
#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{
    rows_parameter,
    dimension_parameter,
    Parameter{"rank", "int", "16", "dimensions of the subspace, 1..d; rank x d at most 2^26"},
    Parameter{"noise", "real", "0.01", "deviation from the subspace in each component, 0..1000"},
    queries_parameter,
    seed_parameter};

class LowRank : public Generator {
 public:
  explicit LowRank(const Arguments& arguments)
      : Generator(read_shape(arguments)),
        rank_(static_cast<std::size_t>(arguments.integer("rank", 1, max_columns))),
        noise_(arguments.real("noise", 0, 1000)) {
    const std::size_t most = std::min(shape().d, (std::size_t{1} << 26) / shape().d);
    if (rank_ <= most) return;
    throw Error(Code::invalid_argument,
                fmt::format("low_rank: `rank` is {}; with d = {} it must be in 1..{}", rank_,
                            shape().d, most));
  }

  /// Directions with normal components, scaled so that those of a vector have variance 1.
  void prepare() override {
    const double scale = 1 / std::sqrt(static_cast<double>(rank_));
    basis_.resize(rank_ * shape().d);
    for (std::size_t r = 0; r < rank_; ++r) {
      Random random = draws(shape().seed, Stream::basis, r);
      for (double& x : std::span(basis_).subspan(r * shape().d, shape().d)) {
        x = scale * gaussian(random);
      }
    }
  }

 protected:
  void draw(Random& random, std::span<float> out) const override {
    std::vector<double> sum(out.size());
    for (std::size_t r = 0; r < rank_; ++r) {
      const double weight = gaussian(random);
      const double* const direction = basis_.data() + r * out.size();
      for (std::size_t j = 0; j < out.size(); ++j) sum[j] += weight * direction[j];
    }
    for (std::size_t j = 0; j < out.size(); ++j) {
      out[j] = static_cast<float>(sum[j] + noise_ * gaussian(random));
    }
  }

 private:
  std::size_t rank_;
  double noise_;
  std::vector<double> basis_;  // [rank x d]
};

}  // namespace

constinit const SyntheticKind low_rank_kind{
    "low_rank", "normal in a random subspace, components of variance 1, plus noise",
    "low_rank(n=10000, d=128)", parameters,
    [](const Arguments& arguments) -> std::unique_ptr<Generator> {
      return std::make_unique<LowRank>(arguments);
    }};

}  // namespace skerry::experiments
