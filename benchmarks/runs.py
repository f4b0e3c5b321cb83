"""One run of flake8 in a process of its own, with the plugin or with a silent one."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import NamedTuple

PROGRAM = """
import sys
from flake8.main.cli import main
if {silent}:
    from flake8_django_migrations.plugin import Plugin
    Plugin.run = lambda self: iter(())
sys.exit(main(sys.argv[1:]))
"""


_COMPILED = tempfile.mkdtemp(prefix="djm-benchmarks-")
atexit.register(shutil.rmtree, _COMPILED, ignore_errors=True)


class Run(NamedTuple):
    """CPU seconds of user and system, and the peak of resident memory in kB."""

    seconds: float
    peak: int


def _environment() -> dict[str, str]:
    """Modules are compiled once, as an installation does it, whatever the caller's settings."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": _COMPILED}


def flake8(arguments: Sequence[str], stdin: bytes, *, silent: bool) -> Run:
    """The cost of ``flake8 --select=DJM,E9`` with these arguments."""
    program = PROGRAM.format(silent=silent)
    process = subprocess.Popen(
        [sys.executable, "-c", program, "--isolated", "--select=DJM,E9", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=_environment(),
    )
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"flake8 ended with {process.returncode}")
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss)
