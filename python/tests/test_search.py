"""Searches against brute force."""

import numpy as np
import pytest
from conftest import DIMENSION, nearest, recall, vectors

import skerry


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "inner_product", "manhattan"])
def test_recall_is_high_and_distances_are_right(metric):
    data, queries = vectors(2000), vectors(100, seed=2)
    with skerry.Index.create(None, "memory", metric=metric, dimension=DIMENSION) as index:
        index.add(np.arange(2000), data)
        index.build(threads=2)
        truth, exact = nearest(metric, data, queries, 10)
        ids, distances = index.search(queries, k=10, ef=200)
        assert ids.dtype == np.int64 and distances.dtype == np.float64
        assert recall(ids, truth) >= 0.97
        ids, distances = index.search(queries, k=10, exact=True)
        assert recall(ids, truth) >= 0.999
        assert np.allclose(distances, exact, rtol=1e-5, atol=1e-5)


def test_bits_are_searched_packed_and_as_booleans():
    bits = np.random.default_rng(3).random((1000, 30)) < 0.5
    packed = np.packbits(bits, axis=1, bitorder="little")
    with skerry.Index.create(None, "memory", metric="hamming", dimension=30) as index:
        index.add(np.arange(500), bits[:500])
        index.add(np.arange(500, 1000), packed[500:])
        index.build()
        _, exact = nearest("hamming", bits, bits[:50], 5)
        for queries in (bits[:50], packed[:50]):
            assert np.array_equal(index.search(queries, k=5, exact=True)[1], exact)
        assert np.array_equal(index.vector(3), packed[3])
        with pytest.raises(skerry.Error, match="number of bits"):
            index.search(bits[:, :29])
        with pytest.raises(skerry.Error, match="uint8 or bool"):
            index.search(bits.astype(np.float32))


@pytest.mark.parametrize("view", ["direct", "memo", "frozen"])
def test_every_view_finds_the_same(tmp_path, view):
    data = vectors(500)
    with skerry.Index.create(tmp_path, metric="cosine", dimension=DIMENSION, view=view) as index:
        index.add(np.arange(500), data)
        index.build()
        assert index.stats()["view"] == view
        found = index.search(data, k=10, ef=50)
        with skerry.Index.open(tmp_path) as other:
            assert np.array_equal(other.search(data, k=10, ef=50)[0], found[0])


def test_missing_hits_are_minus_one_and_nan(index):
    index.add([10, 20], vectors(2))
    index.build()
    ids, distances = index.search(vectors(3), k=4)
    assert ids.shape == distances.shape == (3, 4)
    assert (ids[:, 2:] == -1).all() and np.isnan(distances[:, 2:]).all()
    assert (ids[:, :2] > 0).all() and not np.isnan(distances[:, :2]).any()


def test_one_query_gives_rows_without_a_first_dimension(index):
    index.add([1, 2, 3], vectors(3))
    index.build()
    ids, distances = index.search(vectors(3)[1], k=2)
    assert ids.shape == distances.shape == (2,) and ids[0] == 2


def test_no_queries_give_no_rows(index):
    ids, distances = index.search(np.empty((0, DIMENSION), np.float32), k=3)
    assert ids.shape == distances.shape == (0, 3)


def test_ties_are_ordered_by_id(index):
    index.add([30, 10, 20], np.ones((3, DIMENSION), np.float32))
    index.build()
    assert index.search(np.ones(DIMENSION), k=3)[0].tolist() == [10, 20, 30]


def test_ids_beyond_a_signed_number_come_back_whole(index):
    big = np.array([2**64 - 2, 2**63], np.uint64)
    index.add(big, vectors(2))
    index.build()
    ids, _ = index.search(vectors(2), k=1)
    assert ids[:, 0].view(np.uint64).tolist() == big.tolist()
    assert 2**63 in index and 2**64 - 1 not in index and -2 not in index
    assert index.graph()[1].view(np.uint64).tolist() == sorted(big.tolist())


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int32, ">f4", np.uint8])
def test_other_numbers_are_rounded_to_float32(index, dtype):
    data = np.round(vectors(50) * 4 + 20).astype(dtype)
    index.add(range(50), data)
    index.build()
    assert np.array_equal(index.vector(7), data[7].astype(np.float32))
    assert index.search(data[7], k=1)[1][0] == 0


def test_strides_do_not_matter(index):
    wide = vectors(100, dimension=2 * DIMENSION)
    index.add(np.arange(200)[::2], wide[:, ::2])
    index.build()
    assert np.array_equal(index.vector(20), wide[10, ::2])
    assert index.search(np.asfortranarray(wide[:, ::2]), k=1, ef=100)[0][:, 0].tolist() == list(
        range(0, 200, 2)
    )
