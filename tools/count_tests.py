#!/usr/bin/env python3
"""Counts the test cases of the last `meson test` in a build directory: `N passed, N failed`.

Meson counts programs; this counts the cases of GoogleTest and pytest, and other tests as one case
each. Meson's own verdict on a program stays in force: one that crashed, timed out or failed outside
its cases (and so wrote no report, or a clean one) adds a failure. Skipped and disabled cases are
neither.
Exit status: 0 if something passed and nothing failed, else 1.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def report_of(entry, build):
    """Where Meson tells a test of protocol gtest (without a workdir) to write its report; pytest is
    told the same name by python/tests/meson.build."""
    # The name reads "project:suite / name", or "name" when there is neither.
    return build / (entry["name"].split(" / ", 1)[-1] + ".xml")


def count_report(path):
    """(passed, failed) cases of a JUnit report, or None if there is none to read."""
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return None

    def has(case, *tags):
        return any(case.find(tag) is not None for tag in tags)

    failed = sum(1 for case in cases if has(case, "failure", "error"))
    # GoogleTest says "completed" of what ran; pytest says nothing.
    completed = sum(
        1
        for case in cases
        if case.get("result", "completed") == "completed" and not has(case, "skipped")
    )
    return completed - failed, failed


def count_test(entry, build):
    """(passed, failed) of one line of Meson's testlog.json."""
    if entry["result"] == "SKIP":
        return 0, 0
    good = entry["result"] in ("OK", "EXPECTEDFAIL")
    counts = count_report(report_of(entry, build))
    if counts is None:
        return (1, 0) if good else (0, 1)
    passed, failed = counts
    return passed, failed if good else max(failed, 1)


def count_build(build):
    """(passed, failed) of the last run in `build`."""
    try:
        lines = (build / "meson-logs" / "testlog.json").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        lines = []  # no test had the name or suite that was asked for
    counts = [count_test(json.loads(line), build) for line in lines]
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: count_tests.py BUILD_DIR")
    passed, failed = count_build(pathlib.Path(sys.argv[1]))
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
