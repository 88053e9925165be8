#include <array>

#include "base/types.h"
#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{
    rows_parameter,
    dimension_parameter,
    Parameter{"clusters", "int", "100", "centres, 1..2^31"},
    Parameter{"spread", "real", "0.1", "deviation from the centre, 0..1000"},
    queries_parameter,
    seed_parameter};

class Clustered : public Generator {
 public:
  explicit Clustered(const Arguments& arguments)
      : Generator(read_shape(arguments)),
        clusters_(static_cast<std::uint64_t>(arguments.integer("clusters", 1, max_slots))),
        spread_(arguments.real("spread", 0, 1000)) {}

  float middle() const override { return 0.5F; }

 protected:
  void draw(Random& random, std::span<float> out) const override {
    Random centre = draws(shape().seed, Stream::centre, random.below(clusters_));
    for (float& x : out) x = static_cast<float>(uniform(centre) + spread_ * gaussian(random));
  }

 private:
  std::uint64_t clusters_;
  double spread_;
};

}  // namespace

constinit const SyntheticKind clustered_kind{
    "clustered", "normal around centres that are uniform in [0, 1)", "clustered(n=10000, d=32)",
    parameters, [](const Arguments& arguments) -> std::unique_ptr<Generator> {
      return std::make_unique<Clustered>(arguments);
    }};

}  // namespace skerry::experiments
