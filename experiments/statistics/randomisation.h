#pragma once
// A test of paired differences that assumes no distribution: under the null hypothesis either
// member of a pair could have been A. Fisher's randomisation test, drawn at random: Smucker, Allan,
// Carterette, "A comparison of statistical significance tests for information retrieval
// evaluation", CIKM 2007.

#include <span>

#include "experiments/statistics/bootstrap.h"

namespace skerry::experiments {

/// Two-sided p of "the mean of `differences` is 0": the share of random signs whose mean is at
/// least as far from 0, the observed signs counted as one of them (Phipson, Smyth 2010), so that p
/// is never 0. 1 when there are no differences or all are 0.
double sign_flip_test(std::span<const double> differences, const Resampling& resampling);

}  // namespace skerry::experiments
