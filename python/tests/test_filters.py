"""Searches for some of the items, and for what is near an item."""

import numpy as np
import pytest
from conftest import vectors

import skerry


@pytest.fixture
def filled(index):
    index.add(np.arange(0, 2000, 2), vectors(1000))
    index.build()
    return index


@pytest.mark.parametrize("share", [1, 10, 250])
@pytest.mark.parametrize("threads", [1, 2])
def test_only_the_allowed_are_found_and_all_that_are_near(filled, share, threads):
    only = np.arange(0, 2000, 2 * share)
    queries = vectors(30, seed=5)
    ids, distances = filled.search(queries, k=3, ef=100, only=only, threads=threads)
    truth, exact = filled.search(queries, k=3, only=only, exact=True)
    assert np.isin(truth, only).all() and np.isin(ids, only).all()
    assert (np.diff(exact) >= 0).all()
    assert np.mean(distances <= exact + 1e-6) >= 0.95


def test_an_exact_search_for_some_items_is_the_full_one_without_the_rest(filled):
    only = np.arange(0, 2000, 6)
    queries = vectors(10, seed=6)
    full = filled.search(queries, k=1000, exact=True)[0]
    found = filled.search(queries, k=5, only=only, exact=True)[0]
    for row, expected in zip(found, full):
        assert row.tolist() == [id for id in expected.tolist() if id in set(only.tolist())][:5]


@pytest.mark.parametrize("only", [[], np.array([1, 3, 2**63], np.uint64)])
def test_where_nothing_is_allowed_nothing_is_found(filled, only):
    ids, distances = filled.search(vectors(2), k=4, only=only)
    assert (ids == -1).all() and np.isnan(distances).all()


def test_items_are_searched_for_by_their_vectors_without_themselves(filled):
    items = np.array([4, 100, 1998])
    ids, distances = filled.search_items(items, k=5, ef=200, threads=2)
    queries = np.stack([filled.vector(int(item)) for item in items])
    truth = filled.search(queries, k=6, exact=True)[0]
    assert ids.shape == distances.shape == (3, 5)
    for item, row, expected in zip(items, ids, truth):
        assert item not in row
        assert row.tolist() == [id for id in expected.tolist() if id != item][:5]


def test_items_can_be_looked_for_among_some(filled):
    ids, _ = filled.search_items(4, k=3, only=[4, 6, 8])
    assert sorted(ids.tolist()) == [-1, 6, 8]


def test_what_is_near_an_unknown_item_is_nothing(filled):
    ids, distances = filled.search_items([1, 4], k=2)
    assert (ids[0] == -1).all() and np.isnan(distances[0]).all()
    assert (ids[1] >= 0).all()


def test_wrong_filters_are_refused(filled):
    for wrong in ([-1], [0.5], [[1, 2]], "abc"):
        with pytest.raises(skerry.Error):
            filled.search(vectors(1), only=wrong)
    with pytest.raises(skerry.Error, match="k is 0"):
        filled.search_items([4], k=0)
    with pytest.raises(skerry.Error, match="threads is 0"):
        filled.search_items([4], threads=0)
