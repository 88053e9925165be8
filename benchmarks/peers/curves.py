"""Comparing search curves: what lies between measured points, and nothing beyond them.

A curve is a list of (recall, value) in the order of ef, from cheap to thorough.
"""

import math
import statistics


def value_at(curve, recall):
    """The value at this recall, log-linear between the two points around it.

    QPS falls about as a power of what recall demands, so that its logarithm is the quantity to
    interpolate. None when the curve does not reach from below to above: no extrapolation. Where a
    curve crosses more than once (recall may dip by noise), the cheapest crossing counts.
    """
    for (low_recall, low), (high_recall, high) in zip(curve, curve[1:]):
        if low_recall <= recall <= high_recall:
            if high_recall == low_recall:
                return max(low, high)
            share = (recall - low_recall) / (high_recall - low_recall)
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    return None


def recall_at(curve, value):
    """The recall at this value (distances per query), linear in its logarithm; None outside."""
    for (low_recall, low), (high_recall, high) in zip(curve, curve[1:]):
        if low <= value <= high and low < high:
            share = math.log(value / low) / math.log(high / low)
            return low_recall + share * (high_recall - low_recall)
    return None


def spread(values):
    """{median, min, max} of the values that are there, or None."""
    values = [value for value in values if value is not None]
    if not values:
        return None
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def paired_ratio(values, baseline):
    """The spread of values[i] / baseline[i]: each round is compared with itself."""
    return spread(
        [a / b if a is not None and b is not None else None for a, b in zip(values, baseline)]
    )
