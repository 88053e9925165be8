"""How large hannoy's links are: builds an index with it and reads the LMDB file page by page.

hannoy keeps all records in one database under keys of eight bytes (index u16, kind u8, item u32,
layer u8, big-endian); the value of a list (kind 2) is a tag byte and a
serialised roaring bitmap. So LMDB's own figures do not tell links from vectors. This walks the B-tree
(LMDB 0.9, data version 1) and gives every leaf page to links in proportion to the bytes of its
records, and the branch pages in proportion to the leaf pages.
"""

import argparse
import json
import pathlib
import struct
import tempfile
import time

import numpy

import store_peers

PAGE = 4096
HEADER = 16
BRANCH, LEAF, META = 0x01, 0x02, 0x08
BIG_DATA, SUB_DATABASE = 0x01, 0x02
LINKS = 2  # kind of a record
NO_PAGE = 0xFFFF_FFFF_FFFF_FFFF


class LmdbFile:
    """The pages of an LMDB file, read only."""

    def __init__(self, path):
        self.data = numpy.memmap(path, dtype=numpy.uint8, mode="r")
        metas = [self._meta(page) for page in (0, 1)]
        self.main = max(metas, key=lambda meta: meta["transaction"])["main"]

    def _meta(self, page):
        at = page * PAGE + HEADER
        magic, version = struct.unpack_from("<II", self.data, at)
        if magic != 0xBEEFC0DE or version != 1:
            raise ValueError(f"not an LMDB file of data version 1 (version {version})")
        database = at + 24 + 48  # after the free-page database
        root = struct.unpack_from("<Q", self.data, database + 40)[0]
        transaction = struct.unpack_from("<Q", self.data, at + 24 + 96 + 8)[0]
        return {"transaction": transaction, "main": root}

    def leaves(self, root):
        """Yields ("branch" or "leaf", nodes) of a tree; a node is (key, value size, flags, at)."""
        pages = [root] if root != NO_PAGE else []
        while pages:
            page = pages.pop()
            start = page * PAGE
            flags, lower = struct.unpack_from("<HH", self.data, start + 10)
            nodes = []
            for i in range((lower - HEADER) // 2):
                (offset,) = struct.unpack_from("<H", self.data, start + HEADER + 2 * i)
                at = start + offset
                low, high, node_flags, key_size = struct.unpack_from("<HHHH", self.data, at)
                if flags & BRANCH:
                    pages.append(low | high << 16 | node_flags << 32)
                else:
                    key = bytes(self.data[at + 8 : at + 8 + key_size])
                    nodes.append((key, low | high << 16, node_flags, at + 8 + key_size))
            yield ("branch" if flags & BRANCH else "leaf"), nodes

    def sub_database(self):
        """Root of the one named database of the file, or of the main one if there is none."""
        for kind, nodes in self.leaves(self.main):
            for _, _, flags, at in nodes if kind == "leaf" else []:
                if flags & SUB_DATABASE:
                    return struct.unpack_from("<Q", self.data, at + 40)[0]
        return self.main


def roaring_count(data, at):
    """Number of values in a serialised roaring bitmap of array and bitmap containers."""
    cookie = struct.unpack_from("<I", data, at)[0]
    if cookie == 12346:
        containers = struct.unpack_from("<I", data, at + 4)[0]
        first = at + 8
    elif cookie & 0xFFFF == 12347:
        containers = (cookie >> 16) + 1
        first = at + 4 + (containers + 7) // 8
    else:
        raise ValueError("not a roaring bitmap")
    counts = numpy.frombuffer(data, dtype="<u2", count=2 * containers, offset=first)
    return int(counts[1::2].astype(numpy.int64).sum()) + containers


def measure(path):
    """Sums over the records of each kind."""
    file = LmdbFile(path)
    raw = file.data.tobytes() if file.data.size < 1 << 31 else file.data
    kinds = {}
    link_leaf_pages = leaf_pages = branch_pages = 0.0
    for page_kind, nodes in file.leaves(file.sub_database()):
        if page_kind == "branch":
            branch_pages += 1
            continue
        leaf_pages += 1
        page_bytes = links_bytes = 0
        for key, size, flags, at in nodes:
            kind = key[2]
            sums = kinds.setdefault(
                kind, {"records": 0, "key_bytes": 0, "value_bytes": 0, "overflow_pages": 0}
            )
            sums["records"] += 1
            sums["key_bytes"] += len(key)
            sums["value_bytes"] += size
            stored = 8 + 2 + len(key) + (8 if flags & BIG_DATA else size)
            page_bytes += stored
            if flags & BIG_DATA:
                sums["overflow_pages"] += -(-(size + HEADER) // PAGE)
            if kind == LINKS:
                sums["edges"] = sums.get("edges", 0) + roaring_count(raw, at + 1)
                links_bytes += stored
        link_leaf_pages += links_bytes / page_bytes if page_bytes else 0
    links = kinds[LINKS]
    if links["overflow_pages"]:
        raise ValueError("lists of links lie on overflow pages, which this does not read")
    pages = link_leaf_pages * (1 + branch_pages / leaf_pages)
    logical = links["value_bytes"] + links["key_bytes"]
    return {
        "edges": links["edges"],
        "records": links["records"],
        "value_bytes": links["value_bytes"],
        "key_bytes": links["key_bytes"],
        "bits_per_edge": 8 * logical / links["edges"],
        "value_bits_per_edge": 8 * links["value_bytes"] / links["edges"],
        "disk_bytes": int(pages * PAGE),
        "file_bytes": pathlib.Path(path).stat().st_size,
    }


def read_train(path, limit):
    if path.endswith(".npy"):
        train, metric = numpy.load(path), "euclidean"
    else:
        import dataset

        data = dataset.Dataset(path)
        train, metric = data.train, data.metric
    return numpy.ascontiguousarray(train[:limit], dtype=numpy.float32), metric


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="an ann-benchmarks HDF5 file, a .npy matrix, or a data.mdb")
    parser.add_argument("--m", type=int, default=16)
    parser.add_argument("--ef-construction", type=int, default=100)
    parser.add_argument("--limit", type=int, default=None)
    options = parser.parse_args()
    if options.data.endswith(".mdb"):
        print(json.dumps(measure(options.data)))
        return
    train, metric = read_train(options.data, options.limit)
    with tempfile.TemporaryDirectory() as folder:
        peer = store_peers.Hannoy(metric, options.m, options.ef_construction, 0, folder)
        start = time.monotonic()
        peer.build(train)
        seconds = time.monotonic() - start
        result = measure(pathlib.Path(folder) / "hannoy" / "data.mdb")
    shape = {"n": len(train), "dimension": train.shape[1], "metric": metric}
    print(json.dumps({**shape, "build_seconds": round(seconds, 1), **result}))


if __name__ == "__main__":
    main()
