// Norms with a heavy tail: what breaks graphs for the inner product, whose few longest vectors are
// near to every query (milvus issue 51821). The multivariate t distribution: a normal vector over
// the square root of an independent chi-squared over its degrees of freedom. P(norm > x) falls as
// x^-tail.

#include <array>
#include <cmath>

#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{
    rows_parameter, dimension_parameter,
    Parameter{"tail", "int", "2", "power with which the tail of the norms falls, 1..1000"},
    queries_parameter, seed_parameter};

class HeavyNorms : public Generator {
 public:
  explicit HeavyNorms(const Arguments& arguments)
      : Generator(read_shape(arguments)), tail_(arguments.integer("tail", 1, 1000)) {}

 protected:
  void draw(Random& random, std::span<float> out) const override {
    double squares = 0;
    while (squares == 0) {
      for (std::int64_t i = 0; i < tail_; ++i) {
        const double x = gaussian(random);
        squares += x * x;
      }
    }
    const double scale = std::sqrt(static_cast<double>(tail_) / squares);
    for (float& x : out) x = static_cast<float>(scale * gaussian(random));
  }

 private:
  std::int64_t tail_;
};

}  // namespace

constinit const SyntheticKind heavy_norms_kind{
    "heavy_norms", "normal directions, norms with a heavy tail (multivariate t)",
    "heavy_norms(n=10000, d=32)", parameters,
    [](const Arguments& arguments) -> std::unique_ptr<Generator> {
      return std::make_unique<HeavyNorms>(arguments);
    }};

}  // namespace skerry::experiments
