"""Makes a data set of SIFT descriptors from a folder of images.

Lowe's SIFT (IJCV 2004) as OpenCV computes it: 128 components, integers 0..255. Descriptors are
taken image by image, repeats dropped, shuffled by a fixed seed, and the last ones held out as
queries. Writes the ann-benchmarks HDF5 schema; the same images give the same file.

Wants opencv-python-headless, numpy and h5py. The pictures of Debian's wallpaper packages will do:
    apt-get download gnome-backgrounds mate-backgrounds plasma-workspace-wallpapers
    for file in *.deb; do dpkg -x "$file" images; done
"""

import argparse
import pathlib

import cv2
import h5py
import numpy

PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


def descriptors(folder, side, most):
    """Unique descriptors of all pictures below `folder`, at most `most` of each."""
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_symlink() or path.suffix.lower() not in PICTURES:
            continue
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if image is None or min(image.shape) < 64:
            continue
        scale = side / max(image.shape)
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        rows = cv2.SIFT_create(nfeatures=most).detectAndCompute(image, None)[1]
        if rows is not None:
            found.append(rows.astype(numpy.uint8))
    return numpy.unique(numpy.concatenate(found), axis=0)


def truth(train, test, depth):
    """Ids and distances of the nearest, ties by id; integers make the distances exact."""
    train = train.astype(numpy.float64)
    norms = (train**2).sum(axis=1)
    ids = numpy.empty((len(test), depth), dtype=numpy.int32)
    distances = numpy.empty((len(test), depth), dtype=numpy.float32)
    for i, query in enumerate(test.astype(numpy.float64)):
        squared = norms - 2 * (train @ query) + query @ query
        near = numpy.argpartition(squared, depth + 32)[: depth + 32]
        order = near[numpy.lexsort((near, squared[near]))][:depth]
        ids[i], distances[i] = order, numpy.sqrt(squared[order])
    return ids, distances


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images")
    parser.add_argument("output")
    parser.add_argument("--count", type=int, default=226784, help="vectors to index")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--side", type=int, default=3840, help="pixels of the longer side")
    parser.add_argument("--most", type=int, default=16000, help="descriptors of one picture")
    options = parser.parse_args()
    rows = descriptors(options.images, options.side, options.most)
    wanted = options.count + options.queries
    if len(rows) < wanted:
        raise SystemExit(f"the pictures give {len(rows)} distinct descriptors; {wanted} are wanted")
    rows = rows[numpy.random.default_rng(1).permutation(len(rows))][:wanted]
    train, test = rows[: options.count], rows[options.count :]
    ids, distances = truth(train, test, 100)
    with h5py.File(options.output, "w") as file:
        file.attrs.update(
            type="dense", distance="euclidean", dimension=128, point_type="float"
        )
        for name, data in (("train", train), ("test", test)):
            file.create_dataset(name, data=data.astype(numpy.float32), compression="gzip")
        file.create_dataset("neighbors", data=ids)
        file.create_dataset("distances", data=distances)


if __name__ == "__main__":
    main()
