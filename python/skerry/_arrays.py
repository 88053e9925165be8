"""What callers pass, as arrays that the library reads in place.

C-contiguous float32 vectors and uint64 ids are taken as they are; everything else is converted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import Error

Array = npt.NDArray[Any]


def _wrong(what: str, expected: str, array: Array) -> Error:
    found = f"{array.dtype} of shape {array.shape}"
    context = {"expected": expected, "found": found}
    return Error("invalid_argument", f"{what} (expected: {expected}, found: {found})", context)


def ids(values: npt.ArrayLike) -> Array:
    """One id or a sequence of them, as uint64[n]."""
    array = np.atleast_1d(np.asarray(values))
    if array.size == 0:
        return np.empty(0, np.uint64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise _wrong("ids are whole numbers in one dimension", "integers of shape (n,)", array)
    if array.dtype.kind == "i" and array.min() < 0:
        raise Error("invalid_argument", f"{array.min()} is not an id; ids are not negative")
    return np.ascontiguousarray(array, np.uint64)


def vectors(values: npt.ArrayLike, bits: int) -> Array:
    """One vector or a matrix of them, as [n, components].

    bits    how many a vector has: uint8 with eight to a byte, the first in the lowest place, or
            bool; 0 for vectors of real numbers, which are rounded to float32
    """
    array = np.atleast_2d(np.asarray(values))
    if array.ndim != 2:
        raise _wrong("vectors are the rows of a matrix", "two dimensions", array)
    if bits:
        if array.dtype == np.bool_:
            if array.shape[1] != bits:
                raise _wrong("vectors have another number of bits", f"(n, {bits})", array)
            array = np.packbits(array, axis=1, bitorder="little")
        if array.dtype != np.uint8:
            raise _wrong("vectors of bits are packed or boolean", "uint8 or bool", array)
        return np.ascontiguousarray(array)
    if array.dtype.kind not in "fiu":
        raise _wrong("vectors are of real numbers", "a float or integer type", array)
    # What does not fit becomes infinite, and is then refused by the name of its component.
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, np.float32)
