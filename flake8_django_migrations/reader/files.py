"""Files beside the migration that it reads its SQL from, by paths that begin at ``__file__``."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN
from flake8_django_migrations.reader.scope import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_django_migrations.reader.imports import Loader


@dataclass(frozen=True, slots=True)
class FilePath:
    """A path that is known, as text or as a ``pathlib.Path``: both are read alike."""

    path: str


@dataclass(frozen=True, slots=True)
class OpenFile:
    """What ``open`` gives for a path."""

    path: str


_SAME: Final = frozenset(
    {"os.path.abspath", "os.path.realpath", "os.path.normpath", "os.fspath", "builtins.str"}
    | {"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"}
)
_OPENS: Final = frozenset({"builtins.open", "io.open", "codecs.open"})
_SAME_METHODS: Final = frozenset({"resolve", "absolute", "as_posix", "expanduser", "__str__"})


def is_file(value: object) -> bool:
    """Whether the value is a path that is known, or the file that was opened at one."""
    return isinstance(value, (FilePath, OpenFile))


def called(path: str, arguments: Sequence[object]) -> object:
    """What a function of Python gives for a path; MISSING where it is none that is known."""
    match path, arguments:
        case _, [FilePath() as first] if path in _SAME:
            return first
        case (("os.path.join" | "pathlib.Path"), [FilePath(first), *rest]):
            return _joined(first, rest)
        case "os.path.dirname", [FilePath(first)]:
            return FilePath(posixpath.dirname(first))
        case _, [FilePath(first), *_] if path in _OPENS:
            return OpenFile(first)
        case _:
            return MISSING


def joined(left: object, right: object) -> object:
    """``path / "name"``."""
    return _joined(left.path, [right]) if isinstance(left, FilePath) else UNKNOWN


def _joined(first: str, rest: Sequence[object]) -> object:
    if not all(isinstance(each, str) for each in rest):
        return UNKNOWN
    return FilePath(posixpath.normpath(posixpath.join(first, *map(str, rest))))


def attribute(value: object, name: str) -> object:
    """An attribute of a path; MISSING where it is a method."""
    if isinstance(value, FilePath) and name == "parent":
        return FilePath(posixpath.dirname(value.path))
    return MISSING


def method(loader: Loader, value: object, name: str, arguments: Sequence[object]) -> object:
    """What a method of a path or of an opened file gives."""
    match value, name, arguments:
        case FilePath(), _, _ if name in _SAME_METHODS:
            return value
        case FilePath(path), "joinpath", _:
            return _joined(path, arguments)
        case FilePath(path), ("with_name" | "with_suffix"), [str(new)]:
            stem = posixpath.splitext(path)[0]
            other = stem + new if name == "with_suffix" else f"{posixpath.dirname(path)}/{new}"
            return FilePath(other)
        case FilePath(path), "open", _:
            return OpenFile(path)
        case (FilePath(path), "read_text", _) | (OpenFile(path), "read", []):
            text = loader.text(path)
            return UNKNOWN if text is None else text
        case _:
            return UNKNOWN
