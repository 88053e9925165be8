"""What `meson install` puts in place is enough to build and run examples/embed.cc through pkg-config."""

import os
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(os.environ["SKERRY_SOURCE_DIR"])
BUILD = Path(os.environ["SKERRY_BUILD_DIR"])


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


class Consumer(unittest.TestCase):
    def test_the_installed_library_builds_and_runs_the_example(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "root"
            run(os.environ.get("MESON", "meson"), "install", "-C", str(BUILD), "--no-rebuild", "--quiet",
                "--destdir", str(root))
            (description,) = root.rglob("skerry.pc")
            environment = os.environ | {"PKG_CONFIG_PATH": str(description.parent)}
            prefix = run("pkg-config", "--variable=prefix", "skerry", env=environment).strip()
            flags = run("pkg-config", f"--define-variable=prefix={root}{prefix}", "--cflags", "--libs",
                        "skerry", env=environment)
            program = Path(folder) / "embed"
            run(os.environ.get("CXX", "c++"), "-std=c++20", str(SOURCE / "examples/embed.cc"), "-o",
                str(program), *shlex.split(flags))
            printed = run(str(program), str(Path(folder) / "index")).splitlines()
            self.assertEqual(len(printed), 4, printed)
            self.assertTrue(printed[0].startswith("10000 items, digest "), printed)
            self.assertTrue(printed[1].startswith("id 0 at 0.0000"), printed)
            version = run(str(root) + prefix + "/bin/skerry", "--version")
            self.assertIn("kernels", version)


if __name__ == "__main__":
    unittest.main()
