"""Adding, replacing, deleting, and what is kept where."""

import pickle

import numpy as np
import pytest
from conftest import DIMENSION, nearest, recall, vectors

import skerry


def test_what_is_built_is_found_again(index):
    data = vectors(500)
    index.add(np.arange(500), data)
    report = index.build()
    assert (report["added"], report["deleted"], report["from_scratch"]) == (500, 0, True)
    ids, distances = index.search(data, k=1, ef=100)
    assert ids[:, 0].tolist() == list(range(500))
    assert not distances.any()


def test_an_index_outlives_its_process_on_disk(tmp_path, store):
    if store == "memory":
        pytest.skip("memory ends with its last index")
    data = vectors(300)
    with skerry.Index.create(tmp_path / "index", store, metric="cosine", dimension=16) as made:
        made.add(np.arange(300) * 7, data)
        made.build()
        found, digest = made.search(data), made.digest
    for read_only in (False, True):
        with skerry.Index.open(tmp_path / "index", read_only=read_only) as index:
            again = index.search(data)
            assert np.array_equal(found[0], again[0]) and np.array_equal(found[1], again[1])
            assert (len(index), index.digest, index.read_only) == (300, digest, read_only)
            assert 7 in index and 8 not in index
            assert np.array_equal(index.vector(14), data[2])


def test_staged_items_count_but_are_not_searched(index):
    index.add([3, 4], vectors(2))
    assert len(index) == 2 and 3 in index and index.need_build
    assert index.search(vectors(1), k=2)[0].tolist() == [[-1, -1]]
    index.build()
    assert not index.need_build
    assert sorted(index.search(vectors(1), k=2)[0][0]) == [3, 4]


def test_an_added_id_takes_the_place_of_the_old_one(index):
    data = vectors(200)
    index.add(np.arange(200), data)
    index.build()
    index.add(5, data[0] + 1)
    index.build()
    assert len(index) == 200
    assert np.array_equal(index.vector(5), data[0] + 1)
    ids, distances = index.search(data[0] + 1, k=1)
    assert ids[0] == 5 and distances[0] == 0
    assert index.search(data[5], k=1, ef=200)[0][0] != 5


def test_of_an_id_given_twice_the_last_vector_stays(index):
    data = vectors(2)
    index.add([9, 9], data)
    assert len(index) == 1 and np.array_equal(index.vector(9), data[1])


def test_deleted_items_are_not_found_any_more(index):
    data = vectors(400)
    index.add(np.arange(400), data)
    index.build()
    assert index.delete(np.arange(100)) == 100
    assert index.delete([5, 1000]) == 0
    report = index.build()
    assert (report["added"], report["deleted"], report["from_scratch"]) == (0, 100, False)
    assert len(index) == 300 and 99 not in index
    truth, _ = nearest("euclidean", data[100:], data, 10)
    found, _ = index.search(data, k=10, ef=200)
    assert found.min() >= 100
    assert recall(found, truth + 100) > 0.99


def test_deleting_all_leaves_an_index_that_can_be_filled_again(index):
    index.add([1, 2], vectors(2))
    index.build()
    index.clear()
    index.build()
    assert len(index) == 0 and index.search(vectors(1), k=1)[0].tolist() == [[-1]]
    index.add(1, vectors(1)[0])
    index.build()
    assert index.search(vectors(1), k=1)[0].tolist() == [[1]]


def test_rebuild_changes_what_is_named_and_nothing_else(index):
    data = vectors(300)
    index.add(np.arange(300), data)
    index.build()
    before = index.options
    index.rebuild(M=8, selection="robust_prune(alpha=1.2)")
    assert index.options == {**before, "M": 8, "M0": 16, "selection": "robust_prune(alpha=1.2)"}
    assert index.graph()[0].getnnz(axis=1).max() <= 16
    index.rebuild(metric="cosine")
    assert index.options["metric"] == "cosine" and index.options["M"] == 8
    truth, exact = nearest("cosine", data, data[:20], 5)
    ids, distances = index.search(data[:20], k=5, ef=300)
    assert recall(ids, truth) > 0.99
    assert np.allclose(distances, exact, atol=1e-6)


def test_consolidate_frees_what_deletes_left(tmp_path):
    data = vectors(300)
    with skerry.Index.create(
        tmp_path / "index", metric="euclidean", dimension=DIMENSION, repair="tombstone"
    ) as index:
        index.add(np.arange(300), data)
        index.build()
        index.delete(np.arange(50))
        index.build()
        assert index.stats()["tombstones"] == 50
        matrix, ids = index.graph()
        assert matrix.shape == (300, 300) and ids.tolist() == [*range(50, 300), *[-1] * 50]
        assert index.consolidate()["lists"] > 0
        assert index.stats()["tombstones"] == 0 and len(index) == 250
        assert index.graph()[1].tolist() == list(range(50, 300))


def test_leaving_a_with_block_keeps_what_was_staged(tmp_path, store):
    if store == "memory":
        pytest.skip("memory ends with its last index")
    with skerry.Index.create(tmp_path / "index", store, metric="euclidean", dimension=16) as index:
        index.add([1, 2, 3], vectors(3))
    with skerry.Index.open(tmp_path / "index") as index:
        assert index.need_build and len(index) == 3
        index.build()
        index.delete(1)
        index.save()
        index.discard()
        assert len(index) == 2
    with skerry.Index.open(tmp_path / "index") as index:
        assert len(index) == 2 and index.search(vectors(1), k=3)[0].min() == 1


def test_an_exception_in_a_with_block_keeps_nothing(tmp_path):
    with skerry.Index.create(tmp_path / "index", metric="euclidean", dimension=16) as index:
        pass
    with pytest.raises(ZeroDivisionError), skerry.Index.open(tmp_path / "index") as index:
        index.add(1, vectors(1)[0])
        raise ZeroDivisionError
    with skerry.Index.open(tmp_path / "index") as index:
        assert len(index) == 0 and not index.need_build


def test_a_closed_index_says_so(index):
    index.close()
    index.close()
    assert index.closed and "closed" in repr(index)
    for call in (index.build, index.stats, index.save, lambda: index.search(vectors(1)),
                 lambda: index.add(1, vectors(1)[0]), lambda: len(index)):  # fmt: skip
        with pytest.raises(skerry.Error) as failure:
            call()
        assert failure.value.code == "closed"


def test_one_store_holds_several_indexes(tmp_path, store):
    if store == "memory":
        pytest.skip("an index in memory has its own store")
    with skerry.Index.create(tmp_path, store, metric="euclidean", dimension=16) as a:
        with skerry.Index.create(tmp_path, store, metric="cosine", dimension=8, name="b") as b:
            a.add(1, vectors(1)[0])
            b.add([1, 2], vectors(2, dimension=8))
            a.build()
            b.build()
            assert (len(a), len(b)) == (1, 2)
            assert set(a.stats()["tables"]) >= {"meta", "links", "vectors"}
            assert a.stats()["tables"]["vectors"]["entries"] == 1
    assert skerry.indexes(tmp_path) == ["b", "main"]


def test_the_same_items_have_the_same_graph_on_every_store(tmp_path):
    digests = set()
    for store, view in [("memory", "direct"), ("lmdb", "frozen"), ("rocksdb", "auto")]:
        place = None if store == "memory" else tmp_path / store
        with skerry.Index.create(
            place, store, metric="euclidean", dimension=16, codec="roaring", view=view
        ) as index:
            index.add(np.arange(500), vectors(500))
            index.build(threads=2)
            index.delete([3, 4, 5])
            index.add([3, 900], vectors(2, seed=7))
            index.build(threads=2)
            digests.add(index.digest)
    assert len(digests) == 1


def test_options_and_stats_tell_what_the_index_is(index):
    index.add(np.arange(200), vectors(200))
    index.build()
    options, stats = index.options, index.stats()
    assert (options["metric"], options["M"], options["M0"], options["forward"]) == (
        "euclidean", 16, 32, "M0")  # fmt: skip
    assert stats["items"] == 200 and stats["links"] == sum(
        index.graph(level)[0].nnz for level in range(stats["top_level"] + 1)
    )
    assert stats["tables"]["vectors"]["value_bytes"] == 200 * 64
    assert len(stats["graph_digest"]) == 32 and all(id in index for id in stats["entry_points"])


def test_errors_survive_pickling():
    error = pickle.loads(pickle.dumps(skerry.Error("busy", "wait", {"path": "here"})))
    assert (error.code, str(error), error.context) == ("busy", "wait", {"path": "here"})
