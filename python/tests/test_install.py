"""`pip install .` gives a package that works by itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mesonpy", reason="meson-python is not installed")
pytest.importorskip("pip", reason="pip is not installed")
SOURCE = os.environ.get("SKERRY_SOURCE_DIR")

PROGRAM = """
import numpy as np, skerry
with skerry.Index.create("index", metric="euclidean", dimension=4) as index:
    index.add([7, 8], np.eye(2, 4))
    index.build()
with skerry.Index.open("index", read_only=True) as index:
    print(skerry.__version__, skerry.__file__, index.search(np.eye(4)[1], k=1)[0])
"""


@pytest.mark.skipif(not SOURCE, reason="SKERRY_SOURCE_DIR names no clone")
def test_what_pip_installs_from_a_clone_works(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment |= {"TMPDIR": str(tmp_path), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    target, clone = tmp_path / "site", tmp_path / "clone"
    # meson-python writes beside the sources. From a folder of this name the compiler is called as
    # for the tests themselves, so that ccache, where it is used, has it all.
    shutil.copytree(SOURCE, clone, ignore=shutil.ignore_patterns(".*", "build", "build-*", "results"))
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--no-index",
         "--no-cache-dir", "--target", str(target),
         "--config-settings", f"builddir={clone / 'build'}", str(clone)],
        capture_output=True, text=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    package = target / "skerry"
    names = {path.name for path in package.iterdir()}
    assert {"__init__.py", "_skerry.pyi", "errors.py", "index.py", "py.typed"} <= names
    # Headers may come along: meson-python 0.12 knows no tags and takes all that is installed.
    assert not list(target.rglob("*.a"))
    environment["PYTHONPATH"] = str(target)
    version, file, found = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True,
        env=environment, cwd=tmp_path,
    ).stdout.split()  # fmt: skip
    assert Path(file).parent == package
    assert (version[0].isdigit(), found) == (True, "[8]")
