"""Which migrations have shipped: listed in a plain text file, or present at a git ref."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

FILE_NAME: Final = ".djm-baseline"

_HEADER: Final = """\
# Migrations that have shipped: flake8 stays silent about them. One path a line, relative to this
# file. Written by `python -m flake8_django_migrations baseline`.
"""

_GIT_PLACES: Final = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
"""What a git hook sets; it would hide which checkout the working directory belongs to."""


class Entry(NamedTuple):
    """A line of the baseline file and the migration it names."""

    line: int
    path: Path


def entries(file: Path) -> tuple[Entry, ...]:
    """The lines of the file that name a migration, whether it is there or not."""
    return _entries(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _entries(file: Path, _written: int) -> tuple[Entry, ...]:
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    folder = file.absolute().parent
    return tuple(
        Entry(number, (folder / line.strip()).resolve())
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.lstrip().startswith("#")
    )


def read(file: Path) -> frozenset[Path]:
    """The migrations that the file lists; ValueError where none of them is there.

    A single line whose file is gone is fine: migrations are squashed and deleted.
    """
    listed = entries(file)
    if listed and not any(entry.path.is_file() for entry in listed):
        raise ValueError(f"no file that {file} lists is there: its paths are relative to itself")
    return frozenset(entry.path for entry in listed)


def gone(file: Path, folder: Path) -> tuple[Entry, ...]:
    """The lines that name a file of the folder which is not there any more."""
    here = folder.resolve()
    named = (entry for entry in entries(file) if entry.path.parent == here)
    return tuple(entry for entry in named if not entry.path.is_file())


def write(file: Path, migrations: Iterable[Path]) -> None:
    """List the migrations in the file, sorted, so that a later change is a small diff."""
    folder = file.resolve().parent
    paths = sorted(
        {Path(os.path.relpath(path.resolve(), folder)).as_posix() for path in migrations}
    )
    file.write_text(_HEADER + "".join(f"{path}\n" for path in paths), encoding="utf-8")


@lru_cache(maxsize=8)
def shipped_in(ref: str, folder: Path) -> frozenset[Path]:
    """The Python files at a git ref of the checkout that the folder is in.

    Asked once in a process: a ref moves seldom, and an editor asks at every save. ValueError
    where git cannot answer.
    """
    root = Path(os.fsdecode(_git(folder, "rev-parse", "--show-toplevel")).rstrip("\n")).resolve()
    names = _git(folder, "ls-tree", "-r", "-z", "--name-only", "--full-tree", ref)
    return frozenset(root / os.fsdecode(name) for name in names.split(b"\0") if name[-3:] == b".py")


def _git(folder: Path, *arguments: str) -> bytes:
    """What git prints; only plumbing that reads, which runs no hooks."""
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_PLACES}
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise ValueError("git is not installed here: list the migrations in a file") from error
    except subprocess.CalledProcessError as error:
        said = os.fsdecode(error.stderr).strip().splitlines() or ["no reason given"]
        hint = " (is it fetched?)" if arguments[0] == "ls-tree" else ""
        raise ValueError(f"git {' '.join(arguments)} failed: {said[0]}{hint}") from error
    return done.stdout
