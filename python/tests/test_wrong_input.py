"""What is wrong is named, and changes nothing."""

import os
from pathlib import Path

import numpy as np
import pytest
from conftest import DIMENSION, vectors

import skerry


def refused(call, code, *words):
    with pytest.raises(skerry.Error) as failure:
        call()
    assert failure.value.code == code, failure.value
    for word in words:
        assert word in str(failure.value)
    return failure.value


@pytest.mark.parametrize(
    "change, word",
    [
        ({"metric": "cosin"}, "did you mean `cosine`"),
        ({"dimension": 0}, "dimension"),
        ({"selection": "hsnw"}, "did you mean `hnsw`"),
        ({"selection": "hnsw(keep=true)"}, "keep"),
        ({"codec": "zip"}, "zip"),
        ({"M": 0}, "M is 0"),
        ({"M0": 8}, "M0"),
        ({"forward": "M1"}, "M1"),
        ({"store": "lmbd"}, "did you mean `lmdb`"),
        ({"store": "memory"}, "path is None"),
    ],
)
def test_an_index_of_wrong_options_leaves_nothing_behind(tmp_path, change, word):
    options = {"metric": "cosine", "dimension": 4, **change}
    refused(lambda: skerry.Index.create(tmp_path / "x", **options), "invalid_argument", word)
    assert not (tmp_path / "x").exists()


def test_a_store_on_disk_needs_a_path():
    refused(lambda: skerry.Index.create(None, metric="cosine", dimension=4),
            "invalid_argument", "path")  # fmt: skip


def test_what_is_there_is_not_made_anew(tmp_path):
    with skerry.Index.create(tmp_path, metric="cosine", dimension=4):
        refused(lambda: skerry.Index.create(tmp_path, metric="cosine", dimension=4),
                "invalid_argument", "already")  # fmt: skip
        refused(lambda: skerry.Index.create(tmp_path, "rocksdb", metric="cosine", dimension=4),
                "mismatch", "lmdb", "rocksdb")  # fmt: skip


def test_what_is_not_there_is_not_found(tmp_path):
    error = refused(lambda: skerry.Index.open(tmp_path / "none"), "not_found")
    assert error.context["path"] == os.fspath(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    with skerry.Index.create(tmp_path, metric="cosine", dimension=4) as index:
        refused(lambda: skerry.Index.open(tmp_path, "other"), "not_found", "main")
        refused(lambda: index.vector(3), "not_found", "3")
        refused(lambda: index.vector("three"), "not_found", "three")
        assert "three" not in index


def test_a_store_open_for_reading_is_not_written(tmp_path):
    skerry.Index.create(tmp_path, metric="cosine", dimension=4).close()
    with skerry.Index.open(tmp_path, read_only=True) as index:
        refused(lambda: index.add(1, np.ones(4)), "unsupported", "reading")
        refused(index.build, "unsupported", "reading")
        refused(lambda: skerry.Index.open(tmp_path), "busy", "reading")
        refused(lambda: skerry.Index.open(tmp_path, read_only=True, store="lmdb(readahead=false)"),
                "busy", "readahead")  # fmt: skip


@pytest.mark.parametrize(
    "ids, data, words",
    [
        ([1], np.zeros((1, DIMENSION + 1)), ["(n, 16)", "(1, 17)"]),
        ([1, 2], np.zeros((1, DIMENSION)), ["2 vectors", "1"]),
        ([1], np.zeros((1, 1, DIMENSION)), ["matrix"]),
        ([1], np.zeros((1, DIMENSION), complex), ["complex128"]),
        ([1], [["a"] * DIMENSION], ["real numbers"]),
        ([1.5], np.zeros((1, DIMENSION)), ["whole numbers", "float64"]),
        ([[1]], np.zeros((1, DIMENSION)), ["one dimension"]),
        ([-1], np.zeros((1, DIMENSION)), ["-1"]),
        (np.array([2**64 - 1], np.uint64), np.zeros((1, DIMENSION)), ["18446744073709551615"]),
        ([1], np.full((1, DIMENSION), 1e300), ["item 1", "inf"]),
    ],
)
def test_items_that_mean_nothing_are_not_staged(index, ids, data, words):
    refused(lambda: index.add(ids, data), "invalid_argument", *words)
    assert len(index) == 0 and not index.need_build


def test_one_bad_vector_keeps_its_whole_batch_out(index):
    data = vectors(10)
    data[6, 3] = np.nan
    refused(lambda: index.add(np.arange(10), data), "invalid_argument", "item 6", "3", "nan")
    assert len(index) == 0


def test_queries_that_mean_nothing_are_named(index):
    index.add([1], vectors(1))
    index.build()
    bad = vectors(5)
    bad[3, 0] = np.inf
    refused(lambda: index.search(bad), "invalid_argument", "query 3")
    refused(lambda: index.search(vectors(1), k=0), "invalid_argument", "k is 0")
    refused(lambda: index.search(vectors(1), ef=-1), "invalid_argument", "ef is -1")
    refused(lambda: index.search(vectors(1), threads=0), "invalid_argument", "threads is 0")
    refused(lambda: index.search(vectors(1, dimension=3)), "invalid_argument", "(n, 16)", "(1, 3)")
    refused(lambda: index.graph(level=40), "invalid_argument", "level is 40")
    refused(lambda: index.rebuild(threads=0), "invalid_argument",
            "threads is 0")  # fmt: skip
    for call in (lambda: index.search(vectors(1), k="3"), lambda: index.rebuild(colour="red")):
        with pytest.raises(TypeError):
            call()


def test_a_view_that_the_store_cannot_give_is_refused(tmp_path):
    skerry.Index.create(tmp_path, "rocksdb", metric="cosine", dimension=4).close()
    with skerry.Index.open(tmp_path, view="memo") as index:
        refused(lambda: index.search(np.ones(4)), "unsupported", "memo")
    with skerry.Index.open(tmp_path, view="memo", read_only=True) as index:
        assert index.search(np.ones(4), k=1)[0].tolist() == [-1]
    refused(lambda: skerry.Index.open(tmp_path, view="meno", read_only=True), "invalid_argument",
            "did you mean `memo`")  # fmt: skip


def test_damage_is_an_error_that_names_its_place(tmp_path):
    with skerry.Index.create(tmp_path / "x", metric="cosine", dimension=4) as index:
        index.add(np.arange(100), vectors(100, dimension=4))
        index.build()
    data = Path(tmp_path / "x" / "data.mdb")
    data.write_bytes(data.read_bytes()[:8192])
    error = refused(lambda: skerry.Index.open(tmp_path / "x"), "corrupt")
    assert "path" in error.context
