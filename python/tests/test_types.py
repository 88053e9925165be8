"""What the package says of its types is so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import skerry

pytest.importorskip("mypy")
PACKAGE = Path(skerry.__file__).parent


def check(tmp_path, *command):
    configuration = tmp_path / "mypy.ini"
    configuration.write_text(
        "[mypy]\nstrict = True\n[mypy-scipy.*]\nignore_missing_imports = True\n"
    )
    environment = {**os.environ, "MYPYPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-m", *command, f"--{'mypy-' * (command[0] != 'mypy')}config-file",
         str(configuration)],
        capture_output=True, text=True, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_is_consistent_under_strict_rules(tmp_path):
    check(tmp_path, "mypy", "-p", "skerry")


def test_the_stub_is_what_the_module_has(tmp_path):
    # pybind11's classes have a metaclass and an __init__ of their own.
    allowed = tmp_path / "allowed"
    allowed.write_text("".join(f"skerry._skerry.{name}\n" for name in (
        "Index", "Index.__init__", "Options")))  # fmt: skip
    check(tmp_path, "mypy.stubtest", "skerry._skerry", "--allowlist", str(allowed))


def test_callers_are_checked(tmp_path):
    caller = tmp_path / "caller.py"
    caller.write_text("import skerry\nskerry.Index.open(3)\nskerry.Index.open('a').serch\n")
    with pytest.raises(AssertionError, match='(?s)incompatible type "int".*no attribute "serch"'):
        check(tmp_path, "mypy", str(caller))
