"""The check of test names in documents, on a tree of a few tests."""

import pathlib
import tempfile
import unittest

from tools import check_test_names


class CheckTestNames(unittest.TestCase):

    FILES = {
        "tests/kv/a_test.cc": "TEST(Plain, IsFound) {}\nTEST_F(\n    Fixture, IsFound) {}\n"
                              "TEST_P(Contract, IsFound) {}\n"
                              "RC_GTEST_PROP(Property, IsFound, ()) {}\n",
        "tests/tools/a_test.py": "class A:\n    def test_in_a_class(self): ...\n",
        "python/tests/test_a.py": "def test_alone(tmp_path): ...\n",
    }

    def mistakes(self, text, other="`Plain.IsFound`\n"):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            files = {**self.FILES, "docs/parity.md": text, "docs/peer-bugs.md": other}
            for name, content in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(content)
            return check_test_names.check_tree(root)

    def test_tests_of_every_kind_are_found(self):
        for name in ["Plain.IsFound", "Fixture.IsFound", "Contract.IsFound", "Property.IsFound",
                     "test_in_a_class", "test_alone"]:
            self.assertEqual(self.mistakes(f"| bug | `{name}` |\n"), [], name)

    def test_a_name_that_is_no_test_is_told_with_its_line(self):
        self.assertEqual(
            self.mistakes("`Plain.IsFound`\n\nand `Plain.IsLost`, `test_lost`\n"),
            ["docs/parity.md:3: there is no test `Plain.IsLost`",
             "docs/parity.md:3: there is no test `test_lost`"],
        )

    def test_every_document_is_read(self):
        self.assertEqual(
            self.mistakes("`test_alone`\n", "`Plain.IsFound` `Other.IsFound`\n"),
            ["docs/peer-bugs.md:1: there is no test `Other.IsFound`"],
        )

    def test_a_family_is_refused(self):
        self.assertEqual(
            self.mistakes("`test_alone` `Plain.*`\n"),
            ["docs/parity.md:1: `Plain.*` is a family; name the test"],
        )

    def test_other_code_is_no_name(self):
        text = "`Writer::create` `Meta.root` `file.h` `a.B` `hnsw` `test` `test_alone`\n"
        self.assertEqual(self.mistakes(text), [])

    def test_a_document_without_names_is_a_mistake(self):
        self.assertEqual(
            self.mistakes("nothing\n"), ["docs/parity.md:0: the document names no test"]
        )


if __name__ == "__main__":
    unittest.main()
