"""Which files may hold a migration, and under which name: by path, and one look at the text."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_STANDARD_INPUT: Final = frozenset({"stdin", "-"})
_MARK: Final = "class Migration"


def is_module(file_name: str) -> bool:
    """Whether Django would load a file of that name from a migrations folder.

    It sees no dotted stems, and skips ``_private`` and ``~backup`` names.
    """
    stem = file_name.removesuffix(".py")
    return stem not in {file_name, ""} and stem[0] not in "_~" and "." not in stem


def is_skipped(path: str) -> bool:
    """Whether Django skips the file for its name, which else is that of a numbered migration.

    ``_helpers.py`` is skipped on purpose; ``_0003_order_total.py`` was a migration once.
    """
    stem = _last_part(path).removesuffix(".py")
    is_numbered = stem.lstrip("_~")[:1].isdigit()
    return path.endswith(".py") and is_numbered and stem[0] in "_~" and "." not in stem


def name_of(path: str) -> str:
    """The migration's name, as the file's stem gives it."""
    return _last_part(path).removesuffix(".py")


def folder_of(path: str) -> Path | None:
    """The absolute folder of the file; None for a text that came without a file's name."""
    if path in _STANDARD_INPUT:
        return None
    return Path(os.path.normpath(Path(path).absolute())).parent


def could_be_migration(path: str, lines: Iterable[str]) -> bool:
    """Whether a file is worth reading as a migration: a name like one's, and the class in it.

    The content decides, wherever the file lies: projects move their migrations, and editors
    send text without a name. In doubt True: the reader knows better.
    """
    is_named = is_module(_last_part(path)) or is_skipped(path)
    if path not in _STANDARD_INPUT and not is_named:
        return False
    return _MARK in "".join(lines)


def _last_part(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
