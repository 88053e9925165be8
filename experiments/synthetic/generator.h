#pragma once
// What every law of synthetic data implements. A new law is one file that defines its Kind, and one
// line in synthetic.cc.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/spec.h"
#include "experiments/synthetic/draws.h"

namespace skerry::experiments {

struct SyntheticShape {
  std::size_t n = 0;
  std::size_t d = 0;
  std::size_t queries = 0;
  std::uint64_t seed = 0;
};

/// One law with its parameters bound. Vectors and queries are functions of their index, so that
/// they can be drawn in any order and by several threads.
class Generator {
 public:
  explicit Generator(const SyntheticShape& shape) : shape_(shape) {}

  virtual ~Generator() = default;

  const SyntheticShape& shape() const noexcept { return shape_; }

  /// Work that all vectors share. Called once, before any is drawn.
  virtual void prepare() {}

  /// Vector `index` < n; `out` has d components.
  virtual void vector(std::uint64_t index, std::span<float> out) const {
    Random random = draws(shape_.seed, Stream::vector, index);
    draw(random, out);
  }

  /// Query `index`. A higher `attempt` gives another one.
  virtual void query(std::uint64_t index, std::uint64_t attempt, std::span<float> out) const {
    Random random = draws(shape_.seed, Stream::query, index, attempt);
    draw(random, out);
  }

  /// Under hamming a bit says whether the component lies at or above this.
  virtual float middle() const { return 0; }

 protected:
  /// The law that vectors and queries have in common. A law without one overrides both.
  virtual void draw(Random& random, std::span<float> out) const = 0;

 private:
  SyntheticShape shape_;
};

/// A registered law.
struct SyntheticKind {
  std::string_view name;
  std::string_view description;  ///< one line
  std::string_view example;      ///< a spec with all that is required
  std::span<const Parameter> parameters;
  std::unique_ptr<Generator> (*make)(const Arguments& arguments);
};

// Parameters that most laws have. An empty default: required.
inline constexpr Parameter rows_parameter{"n", "int", "", "vectors, 1..2^31"};
inline constexpr Parameter dimension_parameter{"d", "int", "", "components, 1..2^24"};
inline constexpr Parameter queries_parameter{"queries", "int", "1000", "queries, 1..2^31"};
inline constexpr Parameter seed_parameter{"seed", "int", "1", "seed of the random numbers, >= 0"};

/// n, d, queries and seed of a law that declares all four.
SyntheticShape read_shape(const Arguments& arguments);

/// The same for a law whose number of vectors follows from other parameters.
SyntheticShape read_shape(const Arguments& arguments, std::size_t n);

extern const SyntheticKind uniform_kind;
extern const SyntheticKind gaussian_kind;
extern const SyntheticKind clustered_kind;
extern const SyntheticKind hierarchy_kind;
extern const SyntheticKind low_rank_kind;
extern const SyntheticKind copies_kind;
extern const SyntheticKind heavy_norms_kind;
extern const SyntheticKind shifted_kind;
extern const SyntheticKind indyk_xu_kind;

}  // namespace skerry::experiments
