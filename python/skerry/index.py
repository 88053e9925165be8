"""An index, for writing and for searching."""

from __future__ import annotations

import operator
import os
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple, Type, Union

import numpy as np
import numpy.typing as npt

from . import _arrays, _skerry
from .errors import Error

if TYPE_CHECKING:
    import scipy.sparse

PathLike = Union[str, "os.PathLike[str]"]
Report = Callable[[str, int, int], object]


def indexes(path: PathLike) -> List[str]:
    """The names of the indexes in the store at `path`, ascending."""
    return _skerry.indexes(path)


def _options(M: int, M0: Optional[int], forward: Union[str, int], **rest: Any) -> _skerry.Options:
    links = {"M0": 0, "M": M}.get(forward, forward) if isinstance(forward, str) else forward
    if isinstance(links, str):
        raise Error("invalid_argument", f"forward is `{forward}`; it must be M0, M or a number")
    return _skerry.Options(M=M, M0=2 * M if M0 is None else M0, forward=links, **rest)


def _item_id(item: object) -> Optional[int]:
    """`item` as an id, or None where it is no number that an id can be."""
    try:
        number = operator.index(item)  # type: ignore[arg-type]
    except TypeError:
        return None
    return number if 0 <= number < 2**64 - 1 else None


def _check_beam(k: int, ef: int) -> None:
    for name, value in (("k", k), ("ef", ef)):
        if value < 1:
            raise Error("invalid_argument", f"{name} is {value}; it must be at least 1")


def _only(ids: Optional[npt.ArrayLike]) -> Optional[npt.NDArray[Any]]:
    return None if ids is None else _arrays.ids(ids)


class Index:
    """One HNSW index in a store, opened by `Index.create` or `Index.open`.

    `add` and `delete` stage; `build` links what is staged and makes it visible by one commit.
    `len()`, `in` and `vector` tell of the items as they will be after the next build, and of those
    that searches see where the index is opened for reading. Searches see the last build.

    Safe from many threads: calls that write wait for each other, searches wait for nobody, and the
    interpreter's lock is released. Everything raises `skerry.Error`.
    """

    def __init__(self, core: _skerry.Index):
        self._core = core
        self._note_vectors()

    def _note_vectors(self) -> None:
        options = self._core.options().as_dict()
        self._bits = options["dimension"] if options["metric"] == "hamming" else 0

    @classmethod
    def create(
        cls,
        path: Optional[PathLike],
        store: str = "lmdb",
        *,
        metric: str,
        dimension: int,
        M: int = 16,
        M0: Optional[int] = None,
        forward: Union[str, int] = "M0",
        ef_construction: int = 100,
        selection: str = "hnsw",
        overflow: str = "union",
        levels: str = "hashed",
        schedule: str = "prefix_doubling",
        repair: str = "fresh_diskann",
        in_links: str = "symmetric",
        connectivity: str = "none",
        construction: str = "f32",
        codec: str = "delta",
        layout: str = "apart",
        order: str = "insertion",
        seed: int = 1,
        name: str = "main",
        view: str = "auto",
    ) -> Index:
        """Makes an empty index.

        path    a directory, made if it is missing, with room for several indexes; None for
                store="memory"
        store   "lmdb", "rocksdb" or "memory", with arguments like "rocksdb(cache=1GiB)"
        M0      2 * M when None
        view    as in `open`

        The other arguments are the keys of a config (docs/configs.md), with the same names,
        defaults and spec strings. Raises "invalid_argument" where the index is there already.
        """
        options = _options(
            M=M, M0=M0, forward=forward, metric=metric, dimension=dimension,
            ef_construction=ef_construction, selection=selection, overflow=overflow, levels=levels,
            schedule=schedule, repair=repair, in_links=in_links, connectivity=connectivity,
            construction=construction,
            codec=codec, layout=layout, order=order, seed=seed,
        )  # fmt: skip
        return cls(_skerry.Index.create(path, store, name, options, view))

    @classmethod
    def open(
        cls,
        path: PathLike,
        name: str = "main",
        *,
        read_only: bool = False,
        view: str = "auto",
        store: Optional[str] = None,
    ) -> Index:
        """Opens an index that is there.

        view    "direct" asks the store on each access, "memo" remembers places in the store's
                pages, "frozen" copies the index into memory at the first search after each build.
                "auto" is "memo" where the store can give it (LMDB, memory, RocksDB opened
                read_only), else "frozen"
        store   as in `create`, for its arguments; None is what lies at `path`

        One process shares one open store for each directory; the first to open it decides its
        arguments and whether it can write.
        """
        return cls(_skerry.Index.open(path, store or "", name, view, read_only))

    def add(self, ids: npt.ArrayLike, vectors: npt.ArrayLike) -> None:
        """Stages items: id ids[i] gets the vector vectors[i], in place of the one it had.

        ids      integers from 0 to 2**64 - 2, shape (n,), or one
        vectors  shape (n, dimension), or one; float32 is taken as it is, other real numbers are
                 rounded to it. For "hamming", bool of shape (n, dimension) or uint8 of shape
                 (n, ceil(dimension / 8)), as numpy.packbits(..., bitorder="little") gives them

        Where anything is wrong, nothing is staged.
        """
        self._core.add(_arrays.ids(ids), _arrays.vectors(vectors, self._bits))

    def delete(self, ids: npt.ArrayLike) -> int:
        """Stages the deletion of items; the number of those that were there."""
        return self._core.delete(_arrays.ids(ids))

    def clear(self) -> None:
        """Stages the deletion of all items."""
        self._core.clear()

    def save(self) -> None:
        """Keeps what is staged in the store, for a later `build`. Searches do not see it."""
        self._core.save()

    def discard(self) -> None:
        """Forgets what was staged here since the last `save`."""
        self._core.discard()

    @property
    def need_build(self) -> bool:
        """Whether anything is staged."""
        return self._core.need_build()

    def build(self, threads: int = 1, report: Optional[Report] = None) -> Dict[str, int]:
        """Links what is staged and commits it: all of it or, when it fails, nothing.

        report(stage, done, total) is called at most a few hundred times. What it raises, and
        Ctrl-C, stop the build.

        Returns "added", "deleted", "from_scratch" (whether the graph was made anew) and what an
        update wrote: "records", "bytes", "lists".
        """
        return self._core.build(threads, report)

    def rebuild(
        self, threads: int = 1, report: Optional[Report] = None, **changes: Any
    ) -> Dict[str, int]:
        """Makes the graph anew from all items, with other options where they are given by name."""
        options = self.options
        if "M" in changes and "M0" not in changes:
            changes["M0"] = None
        options.update(changes)
        done = self._core.rebuild(_options(**options), threads, report)
        self._note_vectors()
        return done

    def consolidate(
        self, repair: str = "", threads: int = 1, report: Optional[Report] = None
    ) -> Dict[str, int]:
        """Takes deleted items out of the graph for good and frees their places.

        `repair` mends the links that led to them; "" is the index's own.
        """
        return self._core.consolidate(repair, threads, report)

    def search(
        self,
        queries: npt.ArrayLike,
        k: int = 10,
        ef: int = 64,
        *,
        only: Optional[npt.ArrayLike] = None,
        exact: bool = False,
        threads: int = 1,
    ) -> Tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """The k nearest items of each query, nearest first, ties by id.

        queries  shape (n, dimension), or one of shape (dimension,); types as in `add`
        ef       width of the beam, at least k
        only     ids of the items that may be found, in any order; those that the index does not
                 hold are passed over. However few they are, they are found: where a walk would
                 cost more than comparing with each, that is done
        exact    compare with every item instead of walking the graph

        Returns ids and distances of shape (n, k), or (k,) for one query. A row with fewer than k
        hits is filled up with -1 and NaN. Distances are L2 ("euclidean"), 1 - cos ("cosine"),
        the negative dot product, L1, or differing bits. Ids from 2**63 on appear as negative
        numbers; `ids.view(numpy.uint64)` has them right.
        """
        array = _arrays.vectors(queries, self._bits)
        _check_beam(k, ef)
        ids, distances = self._core.search(array, k, ef, _only(only), exact, threads)
        return (ids[0], distances[0]) if np.ndim(queries) == 1 else (ids, distances)

    def search_items(
        self,
        items: npt.ArrayLike,
        k: int = 10,
        ef: int = 64,
        *,
        only: Optional[npt.ArrayLike] = None,
        exact: bool = False,
        threads: int = 1,
    ) -> Tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """What is near items of the index: `search` for their vectors, from where they stand.

        items  ids of shape (n,), or one. An item is never among its own neighbours; the row of an
               id that the index does not hold is -1 and NaN throughout

        All else is as in `search`; what is returned has shape (n, k), or (k,) for one item.
        """
        array = _arrays.ids(items)
        _check_beam(k, ef)
        ids, distances = self._core.search_items(array, k, ef, _only(only), exact, threads)
        return (ids[0], distances[0]) if np.ndim(items) == 0 else (ids, distances)

    def vector(self, id: int) -> npt.NDArray[Any]:
        """The vector of an item, exactly as it was added (of bits: packed). "not_found" if none."""
        number = _item_id(id)
        vector = None if number is None else self._core.vector(number)
        if vector is None:
            raise Error("not_found", f"index `{self.name}` has no item {id}")
        return vector

    def __contains__(self, id: object) -> bool:
        number = _item_id(id)
        return number is not None and self._core.contains(number)

    def __len__(self) -> int:
        return self._core.size()

    def graph(
        self, level: int = 0
    ) -> Tuple[scipy.sparse.csr_matrix, npt.NDArray[np.int64]]:
        """The links of one level that searches walk, and the ids of the rows.

        Row and column i stand for item ids[i], on every level: ascending ids, then, with id -1,
        items that are deleted but still walked through. An entry (i, j) is a link from i to j.
        Needs SciPy.
        """
        import scipy.sparse

        starts, targets, ids = self._core.links(level)
        ones = np.ones(len(targets), np.uint8)
        matrix = scipy.sparse.csr_matrix((ones, targets, starts), shape=(len(ids), len(ids)))
        return matrix, ids

    @property
    def options(self) -> Dict[str, Any]:
        """What the index was made with, by the names of `create`."""
        options = self._core.options().as_dict()
        names = {0: "M0", options["M0"]: "M0", options["M"]: "M"}
        options["forward"] = names.get(options["forward"], options["forward"])
        return options

    def stats(self) -> Dict[str, Any]:
        """Counts, the graph's digest, bytes in memory, bytes on disk, and each table's size."""
        return self._core.stats()

    @property
    def digest(self) -> str:
        """The digest of the graph that searches see: equal for equal graphs, on every store."""
        return str(self.stats()["graph_digest"])

    @property
    def name(self) -> str:
        """The index's name in its store."""
        return self._core.name()

    @property
    def read_only(self) -> bool:
        """Whether it was opened for reading."""
        return self._core.read_only()

    def refresh(self) -> None:
        """From now on searches see what others have committed meanwhile.

        A RocksDB store that is open for reading only shows the state in which it was opened.
        """
        self._core.refresh()
        self._note_vectors()

    def close(self) -> None:
        """Keeps what is staged in the store, as `save` does, and ends the use of the index."""
        self._core.close()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._core.closed()

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        """Closes; an exception first discards what was staged and not saved."""
        if error is not None and not self.closed and not self.read_only:
            self.discard()
        self.close()

    def __repr__(self) -> str:
        if self.closed:
            return f"<skerry.Index {self.name!r}, closed>"
        options = self.options
        return (
            f"<skerry.Index {self.name!r}: {len(self)} items, {options['metric']}, "
            f"dimension {options['dimension']}>"
        )
