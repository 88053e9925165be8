#include <array>

#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{rows_parameter, dimension_parameter, queries_parameter,
                                seed_parameter};

class Uniform : public Generator {
 public:
  explicit Uniform(const Arguments& arguments) : Generator(read_shape(arguments)) {}

  float middle() const override { return 0.5F; }

 protected:
  void draw(Random& random, std::span<float> out) const override {
    for (float& x : out) x = uniform(random);
  }
};

}  // namespace

constinit const SyntheticKind uniform_kind{
    "uniform", "components uniform in [0, 1)", "uniform(n=10000, d=32)", parameters,
    [](const Arguments& arguments) -> std::unique_ptr<Generator> {
      return std::make_unique<Uniform>(arguments);
    }};

}  // namespace skerry::experiments
