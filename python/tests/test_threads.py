"""Several threads, several readers, and the interpreter's lock."""

import _thread
import subprocess
import sys
import threading

import numpy as np
import pytest
from conftest import DIMENSION, vectors

import skerry


def test_threads_change_neither_graph_nor_results(store, tmp_path):
    data, queries = vectors(3000), vectors(300, seed=2)
    found = []
    for threads in (1, 2, 5):
        path = None if store == "memory" else tmp_path / str(threads)
        with skerry.Index.create(path, store, metric="euclidean", dimension=DIMENSION) as index:
            index.add(np.arange(3000), data)
            index.build(threads=threads)
            index.add(np.arange(2900, 3100), vectors(200, seed=3))
            index.build(threads=threads)
            found.append((index.digest, *index.search(queries, threads=threads)))
    for digest, ids, distances in found[1:]:
        assert digest == found[0][0]
        assert np.array_equal(ids, found[0][1]) and np.array_equal(distances, found[0][2])


def runs_meanwhile(call, action=lambda: None):
    """Whether another Python thread does its action during call().

    No thread is made to hand the interpreter's lock over within the switch interval, so that the
    other one, waiting for it, gets it only if the call gives it up.
    """
    ready, go, ran = threading.Event(), threading.Lock(), []
    go.acquire()

    def other():
        ready.set()
        with go:
            ran.append(True)
            action()

    interval = sys.getswitchinterval()
    thread = threading.Thread(target=other)
    thread.start()
    ready.wait()
    try:
        sys.setswitchinterval(1000)
        go.release()
        call()
        return bool(ran)
    finally:
        sys.setswitchinterval(interval)
        thread.join()


def test_other_python_threads_run_during_builds_and_searches():
    data = vectors(6000)
    with skerry.Index.create(None, "memory", metric="euclidean", dimension=DIMENSION) as index:
        index.add(np.arange(6000), data)
        assert runs_meanwhile(index.build)
        assert runs_meanwhile(lambda: index.search(data, ef=100))
        assert not runs_meanwhile(lambda: sum(range(100000)))


def test_readers_keep_their_state_while_a_writer_works(store, tmp_path):
    if store == "memory":
        pytest.skip("an index in memory is one object")
    data, queries = vectors(1000), vectors(50, seed=2)
    with skerry.Index.create(tmp_path, store, metric="euclidean", dimension=DIMENSION) as writer:
        writer.add(np.arange(1000), data)
        writer.build()
        readers = [skerry.Index.open(tmp_path, read_only=True) for _ in range(2)]
        expected = writer.search(queries, exact=True)[0]
        done, failures = threading.Event(), []

        def read(reader):
            while not done.is_set():
                if not np.array_equal(reader.search(queries, exact=True)[0], expected):
                    failures.append("a reader saw another state")
                    return

        threads = [threading.Thread(target=read, args=(reader,)) for reader in readers]
        for thread in threads:
            thread.start()
        for round in range(5):
            writer.delete(np.arange(round * 100, round * 100 + 100))
            writer.add(np.arange(2000 + round * 100, 2100 + round * 100), vectors(100, seed=round))
            writer.build()
        done.set()
        for thread in threads:
            thread.join()
        assert not failures
        now = writer.search(queries, exact=True)[0]
        assert not np.array_equal(now, expected)
        for reader in readers:
            assert len(reader) == 1000 and 0 in reader
            reader.refresh()
            assert len(reader) == 1000 and 0 not in reader
            assert np.array_equal(reader.search(queries, exact=True)[0], now)
            reader.close()


def test_a_reader_in_another_process_sees_each_commit(tmp_path):
    program = """
import sys, skerry
with skerry.Index.open(sys.argv[1], read_only=True) as index:
    for line in sys.stdin:
        index.refresh()
        print(len(index), index.digest, flush=True)
"""
    with skerry.Index.create(tmp_path, metric="euclidean", dimension=DIMENSION) as writer:
        reader = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        for count in (100, 300):
            writer.add(np.arange(count), vectors(count))
            writer.build()
            reader.stdin.write("\n")
            reader.stdin.flush()
            assert reader.stdout.readline().split() == [str(count), writer.digest]
        reader.communicate()
        assert reader.returncode == 0


def test_threads_that_write_take_turns():
    with skerry.Index.create(None, "memory", metric="euclidean", dimension=DIMENSION) as index:

        def write(first):
            index.add(np.arange(first, first + 50), vectors(50, seed=first))
            index.build()

        threads = [threading.Thread(target=write, args=(i * 50,)) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(index) == 300 and not index.need_build
        assert index.stats()["items"] == 300


def test_progress_is_reported_and_what_it_raises_stops_the_build():
    with skerry.Index.create(None, "memory", metric="euclidean", dimension=DIMENSION) as index:
        index.add(np.arange(5000), vectors(5000))

        def stop(stage, done, total):
            if done > 100:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            index.build(report=stop)
        assert index.stats()["items"] == 0 and index.need_build

        reports, refusals = [], []

        def note(stage, done, total):
            reports.append((stage, done, total))
            try:
                index.add(1, vectors(1)[0])
            except skerry.Error as error:
                refusals.append(error.code)

        index.build(report=note)
        assert len(index) == 5000
        assert reports[0][0] == "build" and all(done <= total for _, done, total in reports)
        assert set(refusals) == {"busy"} and len(refusals) == len(reports)


def test_ctrl_c_stops_builds_and_searches():
    data = vectors(20000)
    with skerry.Index.create(None, "memory", metric="euclidean", dimension=DIMENSION) as index:
        index.add(np.arange(20000), data)
        with pytest.raises(KeyboardInterrupt):
            runs_meanwhile(index.build, _thread.interrupt_main)
        assert index.stats()["items"] == 0 and index.need_build
        index.build(threads=2)
        with pytest.raises(KeyboardInterrupt):
            runs_meanwhile(lambda: index.search(data, exact=True), _thread.interrupt_main)
