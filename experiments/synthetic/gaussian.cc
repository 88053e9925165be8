#include <array>

#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{rows_parameter, dimension_parameter, queries_parameter,
                                seed_parameter};

class Gaussian : public Generator {
 public:
  explicit Gaussian(const Arguments& arguments) : Generator(read_shape(arguments)) {}

 protected:
  void draw(Random& random, std::span<float> out) const override {
    for (float& x : out) x = static_cast<float>(gaussian(random));
  }
};

}  // namespace

constinit const SyntheticKind gaussian_kind{
    "gaussian", "normal components of mean 0 and variance 1", "gaussian(n=10000, d=32)", parameters,
    [](const Arguments& arguments) -> std::unique_ptr<Generator> {
      return std::make_unique<Gaussian>(arguments);
    }};

}  // namespace skerry::experiments
