"""One peer in a process of its own, with its index kept in memory between rounds.

A process each keeps thread pools and allocators apart, and a crash takes one peer only.
"""

import importlib.metadata
import multiprocessing
import os
import pathlib
import statistics
import sys
import tempfile
import time

import adapters
import dataset as datasets
import measurement


class PeerFailed(measurement.Failed):
    pass


def version(package):
    """Of an installed package. PeerFailed with what the installer said of one that is not there."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        refused = pathlib.Path(sys.prefix) / "refused" / package
        words = refused.read_text(encoding="utf-8").strip() if refused.exists() else ""
        raise PeerFailed(f"{package} is not installed" + (f": {words}" if words else "")) from None


def _search_all(peer, data, truth, options):
    """Every point: one untimed pass over the queries, then timed ones, each one batch call."""
    points = []
    for ef in options.ef:
        found = peer.search(data.test, options.k, ef)
        seconds = []
        for _ in range(1 if peer.most_rounds == 1 else options.passes):
            start = time.perf_counter()
            peer.search(data.test, options.k, ef)
            seconds.append(time.perf_counter() - start)
        points.append(
            {
                "ef": ef,
                "recall": datasets.strict_recall(found, truth),
                "qps": len(data.test) / statistics.median(seconds),
                "distances": peer.distances_per_query,
            }
        )
    return points


def _serve(connection, kind, options):
    os.environ["RAYON_NUM_THREADS"] = str(options.build_threads)
    with tempfile.TemporaryDirectory(dir=options.output) as folder:
        data = datasets.Dataset(options.dataset)
        truth = data.truth(options.k)
        peer = adapters.PEERS[kind](
            data.metric, options.M, options.ef_construction, options.build_threads, folder
        )
        while (command := connection.recv()) != "stop":
            try:
                if command == "build":
                    start = time.perf_counter()
                    peer.build(data.train)
                    answer = {"seconds": time.perf_counter() - start, "bytes": peer.save()}
                else:
                    answer = _search_all(peer, data, truth, options)
            except Exception as error:  # whatever a peer throws is a result about this peer
                answer = PeerFailed(f"{type(error).__name__}: {error}")
            connection.send(answer)


class Worker:
    """The parent's end, a contender of measurement.py. Making it raises PeerFailed if the peer is
    not installed, every other call if it threw or died."""

    repeats_its_graph = False  # several threads of most peers insert in any order

    def __init__(self, kind, options):
        peer = adapters.PEERS[kind]
        self.name, self.parameters, self.optional = kind, peer.parameters, peer.optional
        self.label = f"{peer.label} {version(peer.package)}"
        self.builds_once, self.most_rounds = peer.builds_once, peer.most_rounds
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, kind, options), daemon=True)
        self._process.start()
        theirs.close()

    def _ask(self, command):
        try:
            self._connection.send(command)
            answer = self._connection.recv()
        except (EOFError, OSError):
            self._process.join()
            raise PeerFailed(f"its process died ({self._process.exitcode})") from None
        if isinstance(answer, PeerFailed):
            raise answer
        return answer

    def build(self):
        return self._ask("build")

    def turn(self, builds):
        build = {"build": self.build()} if builds else {}
        return {**build, "points": self._ask("search")}

    def stop(self):
        try:
            self._connection.send("stop")
        except OSError:
            pass
        self._process.join()
