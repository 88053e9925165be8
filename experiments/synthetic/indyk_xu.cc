// A plane on which beam search has to scan almost everything, after Indyk and Xu, "Worst-case
// Performance of Popular Approximate Nearest Neighbor Search Implementations" (arXiv 2310.19126).
// What they report: points in the plane, padded with zeros to 8 components; one query, whose 5
// nearest are sought; HNSW, NSG and DiskANN with fast preprocessing scan a share of all points
// before they meet any of the 5. Their coordinates were not at hand: the geometry below is ours,
// for the same effect.
//
//   distractors: a disc around (-3, 0), radius 0.45     connectors: a disc around (4, 0), radius
//   0.25 queries: near (0, 0), radius 0.01                   answers: 5 points near (1, 0), radius
//   0.01
//
//   - The 5 answers are the 5 nearest of every query: at most 1.02 away, all else at least 2.54.
//   - All connectors are nearer to an answer (at most 3.26) than any distractor is (at least 3.54).
//     So an answer's candidates for links are connectors, as long as there are more of these than
//     ef_construction on the answer's level.
//   - All distractors are nearer to a query (at most 3.46) than any connector is (at least 3.74).
//   So
//     a beam full of distractors never goes on to a connector, and through it to the answers.

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{
    Parameter{"n", "int", "", "vectors, 7..2^31"},
    Parameter{"connectors", "real", "0.05", "share of the vectors, 0..0.5; at least one vector"},
    Parameter{"d", "int", "2", "components, 2..2^24; all but two are 0"},
    Parameter{"queries", "int", "100", "queries, 1..2^31"}, seed_parameter};

constexpr std::uint64_t answers = 5;

struct Disc {
  double x;
  double radius;
};

constexpr Disc queries_disc{0, 0.01};
constexpr Disc answers_disc{1, 0.01};
constexpr Disc connectors_disc{4, 0.25};
constexpr Disc distractors_disc{-3, 0.45};

class IndykXu : public Generator {
 public:
  explicit IndykXu(const Arguments& arguments) : Generator(read_shape(arguments)) {
    if (shape().n < answers + 2 || shape().d < 2) {
      throw Error(Code::invalid_argument,
                  fmt::format("indyk_xu: `n` is {} and `d` is {}; they must be at least {} and 2",
                              shape().n, shape().d, answers + 2));
    }
    const double share = arguments.real("connectors", 0, 0.5);
    connectors_ = static_cast<std::uint64_t>(static_cast<double>(shape().n - answers) * share);
    if (connectors_ == 0) connectors_ = 1;
  }

  /// Answers first, then connectors, then distractors: their order of insertion is the build's.
  void vector(std::uint64_t index, std::span<float> out) const override {
    Random random = draws(shape().seed, Stream::vector, index);
    place(index < answers                 ? answers_disc
          : index < answers + connectors_ ? connectors_disc
                                          : distractors_disc,
          random, out);
  }

 protected:
  void draw(Random& random, std::span<float> out) const override {
    place(queries_disc, random, out);
  }

 private:
  /// Uniform in the disc, by rejection from its square.
  static void place(const Disc& disc, Random& random, std::span<float> out) {
    double x = 1;
    double y = 1;
    while (x * x + y * y > 1) {
      x = 2 * random.unit() - 1;
      y = 2 * random.unit() - 1;
    }
    for (float& component : out) component = 0;
    out[0] = static_cast<float>(disc.x + disc.radius * x);
    out[1] = static_cast<float>(disc.radius * y);
  }

  std::uint64_t connectors_ = 0;
};

}  // namespace

constinit const SyntheticKind indyk_xu_kind{
    "indyk_xu", "a hard plane: the way to the 5 nearest leads through points farther than most",
    "indyk_xu(n=100000)", parameters, [](const Arguments& arguments) -> std::unique_ptr<Generator> {
      return std::make_unique<IndykXu>(arguments);
    }};

}  // namespace skerry::experiments
