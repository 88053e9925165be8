"""The lines above a measured table: what ran, on which machine, when."""

import datetime
import os
import platform
import shlex
import subprocess
import sys


def cpu():
    """The processor's name as Linux tells it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def commit():
    """The commit of the tree that this script lies in, `-dirty` where it was changed."""
    done = subprocess.run(
        ["git", "-C", os.path.dirname(os.path.abspath(__file__)), "describe", "--always", "--dirty"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return done.stdout.strip() or "unknown"


def heading():
    """Two lines of Markdown."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    command = shlex.join([os.path.relpath(sys.argv[0]), *sys.argv[1:]])
    return f"    {command}\n\n{cpu()}, {os.cpu_count()} cores, commit {commit()}, {today}."
