"""./run and ./test before and after their set-up, with stand-ins for apt-get, dpkg-query and Meson.

Each test gets a copy of the scripts and a PATH of its own: a few commands of the system, and
stand-ins that write what they were asked to a journal.
"""

import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEM_COMMANDS = ["awk", "bash", "cat", "dirname", "env", "mkdir", "python3", "rm", "tail"]

# Says that every package it is asked for is installed, but for those in $ABSENT.
DPKG_QUERY = """
status=0
for word in "$@"; do
  case " -W $ABSENT " in *" $word "*) [ "$word" = -W ] || status=1; continue ;; esac
  case $word in -f=*) ;; *) echo "installed $word" ;; esac
done
exit $status
"""
MESON = """
case $1 in
  --version) echo "${MESON_VERSION-1.0.1}" ;;
  setup) : >"$2/build.ninja" ;;
  test) mkdir -p "$3/meson-logs"; echo "$TESTLOG" | awk NF >"$3/meson-logs/testlog.json" ;;
esac
"""
NINJA = """
case $* in *" -n"*) echo "ninja: no work to do." ;; esac
[ -z "$NINJA_FAILS" ] || { echo "error: x was not declared"; exit 1; }
"""
SKERRY = 'echo "in $PWD: $*"\n'


class Scripts(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name).resolve()
        self.root = self.top / "repo"
        self.bin = self.top / "bin"
        self.journal = self.top / "journal"
        (self.root / "tools").mkdir(parents=True)
        (self.root / "build").mkdir()
        self.bin.mkdir()
        for name in ["run", "test", "tools/setup.sh", "tools/packages.txt", "tools/count_tests.py"]:
            shutil.copy(ROOT / name, self.root / name)
        for name in SYSTEM_COMMANDS:
            (self.bin / name).symlink_to(shutil.which(name))
        self.stand_in("dpkg-query", DPKG_QUERY)
        self.stand_in("apt-get", "")
        self.stand_in("meson", MESON)
        self.stand_in("ninja", NINJA)
        self.stand_in("skerry", SKERRY, folder=self.root / "build")

    def stand_in(self, name, text, folder=None):
        path = (folder or self.bin) / name
        note = f'echo "{name} $*" >>"{self.journal}"\n'
        path.write_text(f"#!{shutil.which('sh')}\n{note}{text}")
        path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

    def call(self, script, *arguments, cwd=None, user=None, **environment):
        return subprocess.run(
            [str(self.root / script), *arguments],
            cwd=cwd or self.root,
            env={"PATH": str(self.bin), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=user,
        )

    def journalled(self, name):
        lines = self.journal.read_text().splitlines() if self.journal.exists() else []
        return [line for line in lines if line.split()[0] == name]

    def test_the_second_call_is_silent_and_asks_no_package_manager(self):
        self.call("run")
        second = self.call("run")
        self.assertEqual((second.returncode, second.stderr), (0, ""))
        self.assertEqual(self.journalled("apt-get"), [])
        self.assertEqual(len(self.journalled("meson")), 3)  # --version, setup, --version

    def test_run_without_a_config_runs_the_quickstart_from_the_root(self):
        done = self.call("run", "--set", "build.M=8", cwd=self.top)
        self.assertEqual(
            done.stdout,
            f"in {self.root}: run experiments/configs/quickstart.toml --set build.M=8\n",
        )

    def test_run_with_a_config_stays_where_the_caller_stands(self):
        done = self.call("run", "mine.toml", "-o", "out dir", cwd=self.top)
        self.assertEqual(done.stdout, f"in {self.top}: run mine.toml -o out dir\n")

    def test_run_gives_back_the_status_of_the_experiment(self):
        self.stand_in("skerry", "exit 3", folder=self.root / "build")
        self.assertEqual(self.call("run").returncode, 3)

    def test_only_missing_packages_are_installed(self):
        if os.geteuid() != 0:
            self.skipTest("installs as root only")
        done = self.call("run", ABSENT="liblmdb-dev meson")
        self.assertEqual(done.returncode, 0, done.stderr)
        installs = [line for line in self.journalled("apt-get") if "install" in line]
        # Meson is on PATH all the same, so that only LMDB is really missing.
        self.assertEqual(
            installs, ["apt-get install -y --no-install-recommends liblmdb-dev"]
        )

    def test_a_failed_installation_names_the_packages(self):
        if os.geteuid() != 0:
            self.skipTest("installs as root only")
        self.stand_in("apt-get", 'echo "E: Unable to locate package" >&2; exit 100')
        done = self.call("run", ABSENT="liblmdb-dev librocksdb-dev")
        self.assertEqual(done.returncode, 3)
        self.assertIn("could not install: liblmdb-dev librocksdb-dev", done.stderr)
        self.assertIn("E: Unable to locate package", done.stderr)

    def test_a_user_who_may_not_install_is_told_the_command(self):
        nobody = None
        if os.geteuid() == 0:
            nobody = 65534
            self.top.chmod(0o755)
            (self.root / "build").chmod(0o777)
        done = self.call("run", user=nobody, ABSENT="liblmdb-dev libhwy-dev")
        self.assertEqual(done.returncode, 3)
        self.assertIn("apt-get update && apt-get install -y liblmdb-dev libhwy-dev\n", done.stderr)
        self.assertEqual(self.journalled("apt-get"), [])

    def test_a_meson_that_is_new_enough_is_taken_behind_an_old_one(self):
        first = self.top / "first"
        first.mkdir()
        self.stand_in("meson", "echo 0.56.2", folder=first)
        done = self.call("run", PATH=f"{first}:{self.bin}")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_optional_package_is_installed_where_that_can_be_done(self):
        if os.geteuid() != 0:
            self.skipTest("installs as root only")
        self.assertEqual(self.call("run", ABSENT="python3-scipy").returncode, 0)
        installs = [line for line in self.journalled("apt-get") if "install" in line]
        self.assertEqual(installs, ["apt-get install -y --no-install-recommends python3-scipy"])

    def test_an_optional_package_is_not_missed_elsewhere(self):
        (self.bin / "apt-get").unlink()
        done = self.call("run", ABSENT="python3-scipy mypy")
        self.assertEqual((done.returncode, done.stderr.count("scipy")), (0, 0), done.stderr)

    def test_a_system_without_apt_is_told_everything_that_is_missing_at_once(self):
        (self.bin / "apt-get").unlink()
        (self.bin / "dpkg-query").unlink()
        done = self.call("run")
        self.assertEqual(done.returncode, 3)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        for package in ["g++", "cmake", "liblmdb-dev", "librocksdb-dev", "libhwy-dev"]:
            self.assertIn(f" {package} ", done.stderr)
        self.assertNotIn(" meson ", done.stderr)  # found on PATH

    def test_a_system_without_apt_that_has_everything_goes_on(self):
        (self.bin / "apt-get").unlink()
        (self.bin / "dpkg-query").unlink()
        for name in ["c++", "cmake", "pkg-config"]:
            self.stand_in(name, "")
        self.assertEqual(self.call("run").returncode, 0)

    def test_a_meson_that_is_too_old_is_named_with_its_version(self):
        done = self.call("run", MESON_VERSION="0.56.2")
        self.assertEqual(done.returncode, 3)
        self.assertIn("0.56.2", done.stderr)

    def test_a_failed_build_shows_its_log(self):
        done = self.call("test", NINJA_FAILS="1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("error: x was not declared", done.stderr)

    def test_the_last_line_of_test_counts(self):
        log = '{"name": "a", "result": "OK"}'
        done = self.call("test", TESTLOG=log)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "1 passed, 0 failed"))

    def test_a_failed_test_fails_the_script(self):
        log = '{"name": "a", "result": "FAIL"}'
        done = self.call("test", TESTLOG=log)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (1, "0 passed, 1 failed"))

    def test_running_no_test_is_not_a_success(self):
        done = self.call("test", "--suite", "nosuch", TESTLOG="")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (1, "0 passed, 0 failed"))

    def test_reports_of_an_earlier_run_are_not_counted(self):
        stale = '<testsuites><testcase name="x" result="completed"/></testsuites>'
        (self.root / "build" / "kv.xml").write_text(stale)
        log = '{"name": "kv", "result": "FAIL"}'
        done = self.call("test", TESTLOG=log)
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 1 failed")


if __name__ == "__main__":
    unittest.main()
