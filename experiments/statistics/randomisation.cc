#include "experiments/statistics/randomisation.h"

#include <atomic>
#include <cmath>
#include <vector>

#include "base/parallel.h"
#include "base/random.h"

namespace skerry::experiments {

namespace {

constexpr std::size_t grain = 32;

double flipped_sum(std::span<const double> differences, Random& random) {
  double sum = 0;
  for (std::size_t at = 0; at < differences.size(); at += 64) {
    std::uint64_t signs = random.bits();
    for (const double difference :
         differences.subspan(at, std::min<std::size_t>(64, differences.size() - at))) {
      sum += (signs & 1) != 0 ? difference : -difference;
      signs >>= 1;
    }
  }
  return sum;
}

}  // namespace

double sign_flip_test(std::span<const double> differences, const Resampling& resampling) {
  // Zeros have no sign to flip.
  std::vector<double> nonzero(differences.begin(), differences.end());
  std::erase(nonzero, 0.0);
  double sum = 0;
  double magnitude = 0;
  for (const double difference : nonzero) {
    sum += difference;
    magnitude += std::abs(difference);
  }
  // The same sum in another order may round differently; it must count as a tie.
  const double reached = std::abs(sum) - 1e-12 * magnitude;
  std::atomic<std::size_t> as_far{0};
  parallel_for(resampling.count, resampling.threads, grain,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 std::size_t here = 0;
                 for (std::size_t i = begin; i < end; ++i) {
                   Random random(hash64(resampling.seed, i));
                   here += std::abs(flipped_sum(nonzero, random)) >= reached ? 1 : 0;
                 }
                 as_far += here;
               });
  return static_cast<double>(as_far + 1) / static_cast<double>(resampling.count + 1);
}

}  // namespace skerry::experiments
