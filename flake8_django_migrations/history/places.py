"""Where a project begins, and which of its folders hold migrations."""

from __future__ import annotations

import itertools
import os
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flake8_django_migrations.paths import is_module

_MARKERS: Final = (".git", "manage.py", "setup.cfg", "pyproject.toml", "tox.ini", ".flake8")
_SKIPPED: Final = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages"})
_NUMBERED: Final = re.compile(r"\d{4}_")
_MAX_FOLDERS: Final = 20_000


def root_of(folder: Path) -> Path:
    """The root of the project that a folder of migrations belongs to.

    The nearest folder with a mark of a project, outside any package, up to the home folder;
    without a mark, the folder that holds the outermost package.
    """
    top = folder.parent
    while (top / "__init__.py").is_file():
        top = top.parent
    too_high = {*_above_home(), Path(top.anchor)}
    for place in itertools.takewhile(lambda each: each not in too_high, (top, *top.parents)):
        if any((place / mark).exists() for mark in _MARKERS):
            return place
    fallbacks = (top if top != folder.parent else top.parent, folder.parent)
    return next((place for place in fallbacks if place.parent != place), folder)


def _above_home() -> frozenset[Path]:
    try:
        return frozenset(Path.home().parents)
    except RuntimeError:
        return frozenset()


def migration_folders(root: Path) -> Iterator[Path]:
    """The folders below the root whose modules look like migrations, nearest first.

    Hidden folders, virtual environments and what was built are left out; of a tree too large to
    look through, the deepest part is.
    """
    todo = deque([root])
    for _ in range(_MAX_FOLDERS):
        if not todo:
            break
        folder = todo.popleft()
        folders, files = _entries(folder)
        if "pyvenv.cfg" in files:
            continue
        modules = [name for name in files if is_module(name)]
        if modules and _holds_migrations(folder.name, modules):
            yield folder
        todo.extend(folder / name for name in sorted(folders))


def _holds_migrations(name: str, modules: list[str]) -> bool:
    return name.endswith("migrations") or any(map(_NUMBERED.match, modules))


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    folders: list[str] = []
    files: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith(".") and entry.name not in _SKIPPED:
                        folders.append(entry.name)
                else:
                    files.append(entry.name)
    except OSError:
        return [], []
    return folders, files
