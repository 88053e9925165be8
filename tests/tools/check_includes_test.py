"""The include rules, on trees of one or two files."""

import pathlib
import tempfile
import unittest

from tools import check_includes


class CheckIncludes(unittest.TestCase):

    def breaches(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return check_includes.check_tree(root)

    def test_an_include_may_point_down(self):
        for path, header in [
            ("src/kv/a.cc", "base/b.h"),
            ("src/graph/a.cc", "kv/b.h"),
            ("src/graph/codec/a.cc", "heuristics/selection/b.h"),
            ("experiments/a.cc", "graph/b.h"),
            ("experiments/formats/a.cc", "experiments/b.h"),
            ("tests/kv/a.cc", "graph/b.h"),
        ]:
            self.assertEqual(self.breaches({path: f'#include "{header}"\n'}), [], path)

    def test_an_include_may_not_point_up_or_sideways(self):
        for path, header in [
            ("src/base/a.cc", "kv/b.h"),
            ("src/kv/a.cc", "distance/b.h"),
            ("src/distance/a.cc", "kv/b.h"),
            ("src/heuristics/levels/a.cc", "distance/b.h"),
            ("src/heuristics/a.cc", "graph/b.h"),
            ("src/graph/codec/a.cc", "experiments/b.h"),
        ]:
            self.assertEqual(len(self.breaches({path: f'#include "{header}"\n'})), 1, path)

    def test_a_breach_names_file_and_line(self):
        self.assertEqual(
            self.breaches({"src/kv/a.cc": '#include <vector>\n\n#  include "graph/b.h"\n'}),
            ['src/kv/a.cc:3: kv may not include graph ("graph/b.h")'],
        )

    def test_engine_headers_stay_in_cc_files(self):
        for header in ["lmdb.h", "rocksdb/db.h", "hwy/highway.h", "roaring/roaring.h", "hdf5.h",
                       "hdf5/serial/hdf5.h", "toml++/toml.h", "boost/program_options.hpp"]:
            self.assertEqual(self.breaches({"src/kv/a.cc": f"#include <{header}>\n"}), [], header)
            for line in [f"#include <{header}>", f'#include "{header}"']:
                for path in ["src/kv/a.h", "experiments/a.h", "tests/kv/a.h"]:
                    found = self.breaches({path: f"#pragma once\n{line}\n"})
                    self.assertEqual(len(found), 1, (path, line))

    def test_a_header_needs_pragma_once(self):
        self.assertEqual(
            self.breaches({"src/base/a.h": "int x;\n"}),
            ["src/base/a.h:1: a header needs #pragma once"],
        )

    def test_a_bare_name_of_a_header_beside_the_file_is_refused(self):
        files = {"src/kv/a.cc": '#include "b.h"\n', "src/kv/b.h": "#pragma once\n"}
        self.assertEqual(
            self.breaches(files), ['src/kv/a.cc:1: write "kv/b.h" instead of "b.h"']
        )

    def test_a_library_may_have_a_header_of_the_same_name(self):
        files = {"src/kv/a.cc": "#include <hdf5.h>\n", "src/kv/hdf5.h": "#pragma once\n"}
        self.assertEqual(self.breaches(files), [])

    def test_hidden_folders_are_not_looked_into(self):
        self.assertEqual(self.breaches({"benchmarks/.venv/include/a.h": "int x;\n"}), [])


if __name__ == "__main__":
    unittest.main()
