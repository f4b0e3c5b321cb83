"""Wheels and source archives unpacked, as if whoever packed them wished us ill."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE: Final = 1024 * 1024


class ArchiveError(Exception):
    """An archive that is broken, or that wants more room than a project's sources need."""


class Bounds(NamedTuple):
    """How much an archive may unpack to."""

    files: int = 50_000
    file_bytes: int = 16 * MEGABYTE
    total_bytes: int = 512 * MEGABYTE


BOUNDS: Final = Bounds()


class _Member(NamedTuple):
    name: str
    stream: IO[bytes]


def unpack(archive: Path, folder: Path, bounds: Bounds = BOUNDS) -> None:
    """Put the archive's Python files into the folder; it is there completely or not at all.

    Links, devices and names that lead out of the folder are left out: nothing needs them.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        target = Path(scratch, "unpacked")
        target.mkdir()
        try:
            _write(archive, target, bounds)
        except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
            raise ArchiveError(f"{archive.name}: {error}") from error
        shutil.rmtree(folder, ignore_errors=True)
        target.rename(folder)


def _write(archive: Path, folder: Path, bounds: Bounds) -> None:
    left = bounds.total_bytes
    for count, member in enumerate(_members(archive), start=1):
        if count > bounds.files:
            raise ArchiveError(f"{archive.name} holds more than {bounds.files} files")
        room = min(left, bounds.file_bytes)
        content = member.stream.read(room + 1)
        if len(content) > room:
            raise ArchiveError(f"{archive.name}: {member.name} is larger than {room} bytes")
        left -= len(content)
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _members(archive: Path) -> Iterator[_Member]:
    """The plain Python files; what an archive claims about their size is not believed."""
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                if is_wanted(entry.filename) and not _is_link(entry):
                    with opened.open(entry) as stream:
                        yield _Member(entry.filename, stream)
    else:
        with tarfile.open(archive) as opened_tar:
            for info in opened_tar:
                plain = opened_tar.extractfile(info) if info.isreg() else None
                if plain is not None and is_wanted(info.name):
                    yield _Member(info.name, plain)


def _is_link(entry: zipfile.ZipInfo) -> bool:
    """Whether the upper half of the attributes, where Unix keeps the mode, says symlink."""
    return (entry.external_attr >> 16) & 0o170000 == 0o120000


def is_wanted(name: str) -> bool:
    """Whether the name is that of a Python file inside the folder, the same on every system.

    A folder may not be called like a file: one of them would be in the other's way.
    """
    path = PurePosixPath(name)
    *folders, file = path.parts or ("",)
    is_plain = not any(odd in name for odd in ("\\", ":", "\0"))
    is_inside = not path.is_absolute() and ".." not in folders
    return (
        is_plain
        and is_inside
        and file.endswith(".py")
        and not any(folder.endswith(".py") for folder in folders)
    )
