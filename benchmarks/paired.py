"""Paired comparisons of costs: is there a difference, how large, and between which bounds.

One round measures both sides. What is looked at is d = log(after / before) of each round. If the
two sides were the same, the sign of every d would be as likely one as the other (rounds draw which
side goes first). So the share of all choices of signs whose |mean d| is at least the measured one
is the p-value of a two-sided randomisation test (Fisher 1935): exact, and free of any law of the
noise. The interval holds all shifts of d that the same test would not reject.
"""

import math

import numpy

EXACT = 14  # rounds up to which all 2^n choices of signs are tried, else so many are drawn:
DRAWN = 20_000


def least_rounds(level):
    """With fewer rounds not even differences that all agree would count: 2 / 2^n > level."""
    return math.ceil(math.log2(2 / level))


def _signs(count):
    if count <= EXACT:
        numbers = numpy.arange(2**count)
        return 1.0 - 2.0 * ((numbers[:, None] >> numpy.arange(count)) & 1)
    drawn = numpy.random.default_rng(1).integers(0, 2, (DRAWN, count)) * 2.0 - 1
    drawn[0] = 1  # what was measured is one of the choices, so that no p-value is zero
    return drawn


def p_value(differences, signs=None):
    """Of the hypothesis that the differences lie around zero."""
    differences = numpy.asarray(differences, dtype=float)
    signs = _signs(len(differences)) if signs is None else signs
    means = numpy.abs(signs @ differences) / len(differences)
    # The rounding of sums must not tell a choice of signs from its own mirror image.
    return float(numpy.mean(means >= abs(differences.mean()) * (1 - 1e-9) - 1e-15))


def interval(differences, level):
    """(low, high): the shifts that the test does not reject at this level."""
    differences = numpy.asarray(differences, dtype=float)
    signs, middle = _signs(len(differences)), float(differences.mean())
    reach = float(numpy.ptp(differences)) + 1e-12

    def bound(direction):
        inside, outside = middle, middle + direction * reach
        if p_value(differences - outside, signs) > level:
            return direction * math.inf  # too few rounds to reject anything
        for _ in range(50):
            between = (inside + outside) / 2
            if p_value(differences - between, signs) > level:
                inside = between
            else:
                outside = between
        return inside

    return bound(-1), bound(1)


def holm(p_values):
    """Adjusted so that of all of them together one is wrongly below the level with its chance."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = largest
    return adjusted


def verdict(ratio, p, level):
    """Of costs, where less is better."""
    if p > level:
        return "no difference"
    return "faster" if ratio < 1 else "slower"
