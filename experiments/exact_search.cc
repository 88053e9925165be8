#include "experiments/exact_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cfloat>
#include <cmath>
#include <limits>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"

namespace skerry::experiments {

namespace {

struct Candidate {
  double distance = 0;
  std::uint32_t id = 0;

  friend bool operator<(const Candidate& a, const Candidate& b) noexcept {
    return a.distance < b.distance || (a.distance == b.distance && a.id < b.id);
  }
};

/// The `depth` best candidates of one query, worst on top.
class Best {
 public:
  explicit Best(std::size_t depth) : depth_(depth) { heap_.reserve(depth); }

  bool full() const noexcept { return heap_.size() == depth_; }

  double worst() const noexcept { return heap_.front().distance; }

  void offer(Candidate candidate) {
    if (full()) {
      if (!(candidate < heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = candidate;
    } else {
      heap_.push_back(candidate);
    }
    std::push_heap(heap_.begin(), heap_.end());
  }

  void write_ids(std::uint32_t* out) {
    std::sort_heap(heap_.begin(), heap_.end());
    for (const Candidate& candidate : heap_) *out++ = candidate.id;
  }

 private:
  std::size_t depth_;
  std::vector<Candidate> heap_;
};

double norm(Bytes vector, std::size_t dimension) {
  return std::sqrt(
      -distance::exact_distance(distance::metric("inner_product"), vector, vector, dimension));
}

/// From which f32 stored distance on a pair cannot be as near as a reported distance.
class Bound {
 public:
  Bound(const distance::Metric& metric, std::size_t dimension)
      : metric_(metric),
        // Twice Higham's bound for the sum, its terms and what follows: room for f64 rounding, too.
        gamma_(static_cast<double>(dimension + 16) * FLT_EPSILON),
        underflow_(static_cast<double>(dimension) * FLT_MIN) {}

  bool needs_norms() const { return metric_.name == "inner_product"; }

  /// `norms` is the product of the vectors' norms or more, where needs_norms().
  double of(double reported, double norms) const {
    if (metric_.name == "inner_product") return reported + gamma_ * norms + underflow_;
    if (metric_.name == "cosine") return reported + gamma_;
    const double stored = std::pow(reported, metric_.power);
    return stored * (1 + gamma_) + underflow_;
  }

 private:
  const distance::Metric& metric_;
  double gamma_;
  double underflow_;
};

/// Rows of a matrix as the kernels read them.
class EncodedRows {
 public:
  EncodedRows(const Matrix& matrix, const char* name, const distance::Metric& metric,
              const Bound& bound, std::size_t capacity)
      : matrix_(matrix),
        name_(name),
        metric_(metric),
        bound_(bound),
        row_bytes_(metric.row_bytes(matrix.dimension)),
        bytes_(capacity * row_bytes_),
        norms_(capacity, 0.0) {
    for (std::size_t i = 0; i < capacity; ++i) rows_.push_back(bytes_.data() + i * row_bytes_);
  }

  void load(std::size_t first, std::size_t count) {
    largest_norm_ = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const Bytes vector = matrix_.row(first + i);
      try {
        metric_.encode(vector, matrix_.dimension, bytes_.data() + i * row_bytes_);
      } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{} row {}: {}", name_, first + i, error.what()));
      }
      if (!bound_.needs_norms()) continue;
      norms_[i] = norm(vector, matrix_.dimension);
      largest_norm_ = std::max(largest_norm_, norms_[i]);
    }
  }

  const std::byte* const* rows() const noexcept { return rows_.data(); }

  double norm_of(std::size_t i) const noexcept { return norms_[i]; }

  double largest_norm() const noexcept { return largest_norm_; }

 private:
  const Matrix& matrix_;
  const char* name_;
  const distance::Metric& metric_;
  const Bound& bound_;
  std::size_t row_bytes_;
  std::vector<std::byte> bytes_;
  std::vector<const std::byte*> rows_;
  std::vector<double> norms_;
  double largest_norm_ = 0;
};

/// Passes on at most a hundred reports, from the calling thread.
class Meter {
 public:
  Meter(const Progress& progress, std::size_t total) : progress_(progress), total_(total) {}

  void step(unsigned worker) {
    const std::size_t done = done_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (progress_.cancelled()) throw Error(Code::cancelled, "the exact search was cancelled");
    if (worker != 0 || done * 100 / total_ == told_) return;
    told_ = done * 100 / total_;
    progress_.tell("ground truth", done, total_);
  }

 private:
  const Progress& progress_;
  std::size_t total_;
  std::atomic<std::size_t> done_{0};
  std::size_t told_ = 0;
};

}  // namespace

Truth exact_search(const Matrix& train, const Matrix& queries, const distance::Metric& metric,
                   std::size_t depth, unsigned threads, const Progress& progress) {
  if (depth == 0 || depth > train.rows) {
    throw Error(Code::invalid_argument,
                fmt::format("cannot find the {} nearest of {} vectors", depth, train.rows));
  }
  Truth truth;
  truth.depth = depth;
  truth.ids.resize(queries.rows * depth);

  // A block of vectors stays in the second-level cache while all queries of a share pass over it.
  const std::size_t dimension = train.dimension;
  const std::size_t block =
      std::clamp<std::size_t>((std::size_t{1} << 18) / metric.row_bytes(dimension), 4, 256);
  const std::size_t largest_share = std::clamp<std::size_t>((std::size_t{1} << 22) / depth, 1, 256);
  const std::size_t share = std::clamp<std::size_t>(
      (queries.rows + std::max(1U, threads) - 1) / std::max(1U, threads), 1, largest_share);
  const std::size_t blocks = (train.rows + block - 1) / block;
  const std::size_t shares = (queries.rows + share - 1) / share;

  const Bound bound(metric, dimension);
  const distance::BatchKernel batch = metric.kernels().batch;
  Meter meter(progress, blocks * shares);
  parallel_for(queries.rows, threads, share,
               [&](std::size_t begin, std::size_t end, unsigned worker) {
                 EncodedRows asked(queries, "test", metric, bound, end - begin);
                 asked.load(begin, end - begin);
                 EncodedRows known(train, "train", metric, bound, block);
                 std::vector<Best> best(end - begin, Best(depth));
                 std::vector<float> distances(block);
                 for (std::size_t first = 0; first < train.rows; first += block) {
                   const std::size_t count = std::min(block, train.rows - first);
                   known.load(first, count);
                   for (std::size_t q = 0; q < end - begin; ++q) {
                     Best& found = best[q];
                     const double norms = asked.norm_of(q) * known.largest_norm();
                     const auto limit = [&] {
                       return found.full() ? bound.of(found.worst(), norms)
                                           : std::numeric_limits<double>::infinity();
                     };
                     double drop_above = limit();
                     batch(asked.rows()[q], known.rows(), count, dimension, distances.data());
                     for (std::size_t i = 0; i < count; ++i) {
                       if (distances[i] > drop_above) continue;
                       const auto id = static_cast<std::uint32_t>(first + i);
                       found.offer({distance::exact_distance(metric, queries.row(begin + q),
                                                             train.row(id), dimension),
                                    id});
                       drop_above = limit();
                     }
                   }
                   meter.step(worker);
                 }
                 for (std::size_t q = 0; q < end - begin; ++q) {
                   best[q].write_ids(truth.ids.data() + (begin + q) * depth);
                 }
               });
  return truth;
}

}  // namespace skerry::experiments
