// Points that occur many times, as duplicates do in real collections. Under a strict selection rule
// a group of copies links only to itself (qdrant issue 10239).

#include <fmt/format.h>

#include <array>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{
    rows_parameter,
    dimension_parameter,
    Parameter{"share", "real", "0.1", "of the n vectors, which belong to a group of copies, 0..1"},
    Parameter{"k", "int", "10", "equal vectors in each group, 1..2^31; n * share / k groups"},
    queries_parameter,
    seed_parameter};

class Copies : public Generator {
 public:
  explicit Copies(const Arguments& arguments)
      : Generator(read_shape(arguments)),
        k_(static_cast<std::uint64_t>(arguments.integer("k", 1, max_slots))) {
    const double share = arguments.real("share", 0, 1);
    groups_ = static_cast<std::uint64_t>(static_cast<double>(shape().n) * share) / k_;
    if (groups_ > 0 || share == 0) return;
    throw Error(Code::invalid_argument,
                fmt::format("copies: a share of {} of {} vectors gives no group of k = {}", share,
                            shape().n, k_));
  }

  /// Scatters the copies among the ids: neighbouring ids would flatter codecs that store gaps.
  void prepare() override {
    placement_.resize(shape().n);
    std::iota(placement_.begin(), placement_.end(), std::uint32_t{0});
    Random random = draws(shape().seed, Stream::placement, 0);
    shuffle(placement_, random);
  }

  void vector(std::uint64_t index, std::span<float> out) const override {
    const std::uint64_t place = placement_[index];
    const std::uint64_t point = place < groups_ * k_ ? place / k_ : place;
    Generator::vector(point, out);
  }

 protected:
  void draw(Random& random, std::span<float> out) const override {
    for (float& x : out) x = static_cast<float>(gaussian(random));
  }

 private:
  std::uint64_t k_;
  std::uint64_t groups_ = 0;
  std::vector<std::uint32_t> placement_;
};

}  // namespace

constinit const SyntheticKind copies_kind{
    "copies", "as gaussian, but a share of the vectors in groups of k equal ones",
    "copies(n=10000, d=32)", parameters,
    [](const Arguments& arguments) -> std::unique_ptr<Generator> {
      return std::make_unique<Copies>(arguments);
    }};

}  // namespace skerry::experiments
