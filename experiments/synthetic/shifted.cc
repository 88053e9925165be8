// Queries from another distribution than the vectors, as texts asked of images are. Component j of
// a vector has deviation 1 / sqrt(1 + j), so that directions differ. A query is drawn alike, then
// each plane of components j and d-1-j is turned by 2 atan(rotate), then all is moved by `shift`
// typical norms in a random direction.

#include <array>
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{
    rows_parameter,
    dimension_parameter,
    Parameter{"shift", "real", "0.5", "of the queries, in root mean square norms, 0..1000"},
    Parameter{"rotate", "real", "0.5",
              "of the queries: tangent of half the angle, 0..1; 1 is a quarter turn, which swaps "
              "wide and narrow components"},
    queries_parameter,
    seed_parameter};

class Shifted : public Generator {
 public:
  explicit Shifted(const Arguments& arguments)
      : Generator(read_shape(arguments)),
        shift_(arguments.real("shift", 0, 1000)),
        rotate_(arguments.real("rotate", 0, 1)) {}

  void prepare() override {
    const std::size_t d = shape().d;
    deviation_.resize(d);
    offset_.resize(d);
    Random random = draws(shape().seed, Stream::direction, 0);
    double variance = 0;
    double squares = 0;
    for (std::size_t j = 0; j < d; ++j) {
      deviation_[j] = std::sqrt(1 / static_cast<double>(1 + j));
      offset_[j] = gaussian(random);
      variance += 1 / static_cast<double>(1 + j);
      squares += offset_[j] * offset_[j];
    }
    // Zero only where d = 1 and the one component drawn is exactly 0: no direction, no shift.
    const double scale = squares == 0 ? 0 : shift_ * std::sqrt(variance / squares);
    for (double& x : offset_) x *= scale;
  }

  void query(std::uint64_t index, std::uint64_t attempt, std::span<float> out) const override {
    Random random = draws(shape().seed, Stream::query, index, attempt);
    std::vector<double> x(out.size());
    for (std::size_t j = 0; j < x.size(); ++j) x[j] = deviation_[j] * gaussian(random);
    const double square = rotate_ * rotate_;
    const double cosine = (1 - square) / (1 + square);
    const double sine = 2 * rotate_ / (1 + square);
    for (std::size_t j = 0; j < x.size() / 2; ++j) {
      double& a = x[j];
      double& b = x[x.size() - 1 - j];
      std::tie(a, b) = std::pair(cosine * a - sine * b, sine * a + cosine * b);
    }
    for (std::size_t j = 0; j < x.size(); ++j) out[j] = static_cast<float>(x[j] + offset_[j]);
  }

 protected:
  void draw(Random& random, std::span<float> out) const override {
    for (std::size_t j = 0; j < out.size(); ++j) {
      out[j] = static_cast<float>(deviation_[j] * gaussian(random));
    }
  }

 private:
  double shift_;
  double rotate_;
  std::vector<double> deviation_;
  std::vector<double> offset_;
};

}  // namespace

constinit const SyntheticKind shifted_kind{
    "shifted", "normal with falling variances; queries turned and moved out of the distribution",
    "shifted(n=10000, d=32)", parameters,
    [](const Arguments& arguments) -> std::unique_ptr<Generator> {
      return std::make_unique<Shifted>(arguments);
    }};

}  // namespace skerry::experiments
