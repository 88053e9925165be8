"""What `meson install` puts in place is enough to build and run the examples through pkg-config."""

import os
import re
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

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        root = cls.folder / "root"
        run(os.environ.get("MESON", "meson"), "install", "-C", str(BUILD), "--no-rebuild", "--quiet",
            "--destdir", str(root))
        (description,) = root.rglob("skerry.pc")
        environment = os.environ | {"PKG_CONFIG_PATH": str(description.parent)}
        prefix = run("pkg-config", "--variable=prefix", "skerry", env=environment).strip()
        cls.prefix = Path(str(root) + prefix)
        flags = run("pkg-config", f"--define-variable=prefix={cls.prefix}", "--cflags", "--libs",
                    "skerry", env=environment)
        cls.flags = shlex.split(flags)

    def printed_by(self, example, *arguments):
        program = self.folder / example
        run(os.environ.get("CXX", "c++"), "-std=c++20", "-Wall", "-Wextra",
            str(SOURCE / f"examples/{example}.cc"), "-o", str(program), *self.flags)
        return run(str(program), *map(str, arguments)).splitlines()

    def test_an_index_is_embedded_searched_and_changed(self):
        first, change, second = self.printed_by("embed", self.folder / "index")
        self.assertTrue(first.startswith("5000 items: 17 at 0.0000 "), first)
        self.assertRegex(change, r"^2 added, 100 deleted, [1-9]\d* records written$")
        self.assertTrue(second.startswith("4901 items: 5000 at 0.0000 "), second)

    def test_policies_fixed_by_type_make_the_graph_of_their_names(self):
        by_type, by_name, nearest, *_ = self.printed_by("static_policies")
        self.assertRegex(by_type, r"^by type [0-9a-f]{32}$")
        self.assertEqual(by_type.split()[-1], by_name.split()[-1])
        self.assertEqual(nearest, "id 0 at 0.0000")

    def test_a_rule_of_ones_own_builds_a_graph_that_is_searched(self):
        pattern = re.compile(r"(\w+) +([\d.]+) links +(\d+) distances +recall ([\d.]+)")
        rows = [pattern.fullmatch(line).groups() for line in self.printed_by("own_policy")]
        (_, links, _, recall), (name, more_links, _, more_recall) = rows
        self.assertEqual(name, "detours")
        self.assertGreater(float(more_links), float(links))
        self.assertGreater(float(more_recall), float(recall))

    def test_every_header_that_an_installed_one_includes_is_installed(self):
        headers = self.prefix / "include" / "skerry"
        for header in headers.rglob("*.h"):
            for name in re.findall(r'^#include "([^"]+)"', header.read_text(), re.MULTILINE):
                self.assertTrue((headers / name).is_file(), f"{header} includes {name}")

    def test_the_program_runs_where_it_is_installed(self):
        self.assertIn("kernels", run(str(self.prefix / "bin" / "skerry"), "--version"))


if __name__ == "__main__":
    unittest.main()
