"""What every peer answers, so that one loop measures all of them.

build(train)              returns nothing; everything that the library needs to be ready to search
search(queries, k, ef)    ids [q x k] on one thread, in one batch call where the library has one
save(folder)              the bytes of the index on disk
distances_per_query       of the last search, where the library counts them

`package` is the name that the package registry knows, `parameters` what a reader must know beyond
M, ef_construction, k and ef. An optional peer that cannot be installed or that refuses the machine
or the data is named in the report, and the measurement is whole without it.
"""

import pathlib

OVERSAMPLE = 3  # candidates per result that walks by codes compare once more by exact vectors


def bytes_below(path):
    """Of a file, or of all files of a folder."""
    path = pathlib.Path(path)
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


class Peer:
    distances_per_query = None
    optional = False
    # For those that take several times as long as the others: one build, before the first round, and
    # turns in so many of the first rounds; where that is one, with one timed pass.
    builds_once, most_rounds = False, None
    parameters = "f32"

    def __init__(self, metric, m, ef_construction, threads, folder):
        self.metric, self.m, self.ef_construction = metric, m, ef_construction
        self.threads, self.folder = threads, pathlib.Path(folder)

    def refuse_unless(self, *metrics):
        if self.metric not in metrics:
            raise ValueError(f"it has no {self.metric}")
