"""Makes a large data set of known intrinsic dimension, for the peers at sizes that no shipped set has.

Gaussian vectors in a random subspace, plus Gaussian noise in all components: the law of
`low_rank(n, d, rank, noise)` in docs/datasets.md, with numpy's random numbers. Queries come from the
same law. Writes the ann-benchmarks HDF5 schema; the same options give the same vectors.

Wants faiss-cpu, numpy and h5py, which the environment of `run` has:
    benchmarks/peers/.venv/bin/python benchmarks/peers/make_low_rank.py million.hdf5
"""

import argparse

import faiss
import h5py
import numpy

DEPTH = 100
SPARE = 28  # looked at beyond DEPTH, since faiss compares by f32


def vectors(count, basis, noise, random):
    rank, dimension = basis.shape
    rows = random.standard_normal((count, rank), dtype=numpy.float32) @ basis
    rows += noise * random.standard_normal((count, dimension), dtype=numpy.float32)
    return rows


def truth(train, test):
    """Ids and distances of the nearest, ties by id, compared by f64."""
    flat = faiss.IndexFlatL2(train.shape[1])
    flat.add(train)
    _, near = flat.search(test, DEPTH + SPARE)
    ids = numpy.empty((len(test), DEPTH), dtype=numpy.int32)
    distances = numpy.empty((len(test), DEPTH), dtype=numpy.float32)
    for i, query in enumerate(test.astype(numpy.float64)):
        squared = ((train[near[i]] - query) ** 2).sum(axis=1)
        order = numpy.lexsort((near[i], squared))[:DEPTH]
        ids[i], distances[i] = near[i][order], numpy.sqrt(squared[order])
    return ids, distances


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--count", type=int, default=1_000_000, help="vectors to index")
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--noise", type=float, default=0.01)
    parser.add_argument("--queries", type=int, default=1000)
    options = parser.parse_args()
    if options.count < DEPTH + SPARE:
        parser.error(f"--count is {options.count}; it must be at least {DEPTH + SPARE}")
    if not 1 <= options.rank <= options.dimension:
        parser.error(f"--rank is {options.rank}; it must be 1 to {options.dimension}")
    random = numpy.random.default_rng(1)
    basis = random.standard_normal((options.rank, options.dimension), dtype=numpy.float32)
    basis /= numpy.sqrt(options.rank)
    train = vectors(options.count, basis, options.noise, random)
    test = vectors(options.queries, basis, options.noise, random)
    ids, distances = truth(train, test)
    with h5py.File(options.output, "w") as file:
        file.attrs.update(type="dense", distance="euclidean", dimension=options.dimension,
                          point_type="float")
        for name, data in (("train", train), ("test", test), ("neighbors", ids),
                           ("distances", distances)):
            file.create_dataset(name, data=data)


if __name__ == "__main__":
    main()
