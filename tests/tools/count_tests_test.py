"""What `N passed, N failed` counts, on hand-written logs of Meson, GoogleTest and pytest."""

import json
import pathlib
import tempfile
import unittest

from tools import count_tests

PASSED = '<testcase name="a" status="run" result="completed"/>'
FAILED = '<testcase name="b" status="run" result="completed"><failure message="1"/></testcase>'
SKIPPED = '<testcase name="c" status="run" result="skipped"><skipped message="m"/></testcase>'
PYTEST_PASSED = '<testcase classname="t" name="e" time="0.1"/>'
PYTEST_SKIPPED = '<testcase name="f"><skipped type="pytest.skip" message="m">t</skipped></testcase>'
PYTEST_ERROR = '<testcase name="g"><error message="fixture failed">t</error></testcase>'
DISABLED = '<testcase name="d" status="notrun" result="suppressed"/>'


class CountTests(unittest.TestCase):

    def count(self, result, cases=None, name="skerry:kv / kv"):
        with tempfile.TemporaryDirectory() as folder:
            build = pathlib.Path(folder)
            (build / "meson-logs").mkdir()
            entry = {"name": name, "result": result}
            (build / "meson-logs" / "testlog.json").write_text(json.dumps(entry) + "\n")
            if cases is not None:
                report = f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"
                (build / "kv.xml").write_text(report)
            return count_tests.count_build(build)

    def test_cases_are_counted_not_programs(self):
        self.assertEqual(self.count("OK", [PASSED, PASSED]), (2, 0))
        self.assertEqual(self.count("FAIL", [PASSED, FAILED, FAILED]), (1, 2))

    def test_cases_of_pytest_are_counted_likewise(self):
        cases = [PYTEST_PASSED, PYTEST_PASSED, PYTEST_SKIPPED, PYTEST_ERROR, FAILED]
        self.assertEqual(self.count("FAIL", cases), (2, 2))

    def test_a_name_without_a_suite_finds_its_report(self):
        self.assertEqual(self.count("OK", [PASSED, PASSED], name="kv"), (2, 0))

    def test_skipped_and_disabled_cases_are_neither(self):
        self.assertEqual(self.count("OK", [PASSED, SKIPPED, DISABLED]), (1, 0))

    def test_a_crash_without_a_report_is_a_failure(self):
        for result in ("FAIL", "TIMEOUT", "ERROR", "INTERRUPT"):
            self.assertEqual(self.count(result), (0, 1), result)

    def test_a_bad_exit_after_a_clean_report_is_a_failure(self):
        self.assertEqual(self.count("FAIL", [PASSED]), (1, 1))

    def test_a_torn_report_of_a_failed_program_is_a_failure(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "kv.xml"
            path.write_text("<testsuites><testsuite>")
            entry = {"name": "kv", "result": "FAIL"}
            self.assertEqual(count_tests.count_test(entry, path.parent), (0, 1))

    def test_a_program_without_cases_counts_once(self):
        for result, counts in [("OK", (1, 0)), ("FAIL", (0, 1)), ("TIMEOUT", (0, 1)),
                               ("SKIP", (0, 0)), ("UNEXPECTEDPASS", (0, 1))]:
            self.assertEqual(self.count(result), counts, result)

    def test_no_run_counts_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(count_tests.count_build(pathlib.Path(folder)), (0, 0))


if __name__ == "__main__":
    unittest.main()
