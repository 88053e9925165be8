"""What a disk takes for a plain file: the yardstick of a load."""

import os
import time


def write_seconds(folder, size):
    """How long a file of this size takes to be written and synced; its bytes do not repeat, so that
    no file system makes less of them."""
    block = os.urandom(1 << 20)
    path = folder / "plain"
    try:
        start = time.perf_counter()
        with open(path, "wb", buffering=0) as file:
            for written in range(0, size, len(block)):
                file.write(block[: size - written])
            os.fsync(file.fileno())
        return time.perf_counter() - start
    finally:
        path.unlink(missing_ok=True)
