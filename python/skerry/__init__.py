"""HNSW indexes in LMDB, RocksDB or memory.

    import skerry

    with skerry.Index.create("words.skerry", metric="cosine", dimension=384) as index:
        index.add(ids, vectors)
        index.build(threads=2)
        ids, distances = index.search(queries, k=10, ef=64)
"""

from ._skerry import version as __version__
from .errors import Error
from .index import Index, indexes

__all__ = ["Error", "Index", "__version__", "indexes"]
