#include "experiments/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/parallel.h"
#include "base/random.h"

namespace skerry::experiments {

namespace {

constexpr std::size_t grain = 32;       // resamples that a thread takes at a time
constexpr std::size_t tolerated = 100;  // one resample in so many may lack the statistic

}  // namespace

std::optional<Interval> bootstrap_interval(std::size_t units, const Statistic& statistic,
                                           const Resampling& resampling) {
  if (units < 2) return std::nullopt;
  std::vector<double> values(resampling.count);
  parallel_for(values.size(), resampling.threads, grain,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 std::vector<std::uint32_t> places(units);
                 for (std::size_t i = begin; i < end; ++i) {
                   // Each resample has a sequence of its own, whichever thread draws it.
                   Random random(hash64(resampling.seed, i));
                   for (std::uint32_t& place : places) {
                     place = static_cast<std::uint32_t>(random.below(units));
                   }
                   values[i] = statistic(places);
                 }
               });
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty() || resampling.count - values.size() > resampling.count / tolerated) {
    return std::nullopt;
  }
  std::sort(values.begin(), values.end());
  const auto cut =
      static_cast<std::size_t>((1 - confidence) / 2 * static_cast<double>(values.size()));
  return Interval{values[cut], values[values.size() - 1 - cut]};
}

}  // namespace skerry::experiments
