"""How the bytes of a file become the text that flake8 sees, and how a change is noticed."""

from __future__ import annotations

import errno
import io
import stat
import tokenize
from pathlib import Path
from typing import Final, NamedTuple

MAX_BYTES: Final = 2 * 1024 * 1024
"""A longer file is no migration that anyone wrote."""


class Stamp(NamedTuple):
    """When a file was last written, and how long it is: the same stamp is the same text."""

    mtime_ns: int
    size: int


class Text(NamedTuple):
    """What a file holds, at the time of its stamp."""

    content: str
    stamp: Stamp


def decode(content: bytes) -> str:
    """The text of a module as flake8 reads it: in the encoding it declares, else in latin-1."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        text = content.decode("latin-1")
    return normal(text)


def normal(text: str) -> str:
    """The text without a byte order mark, its lines ended in one way."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def stamp_of(path: Path) -> Stamp:
    """The stamp of a file; OSError where it is none that may be read."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    if found.st_size > MAX_BYTES:
        raise OSError(errno.EFBIG, "it is larger than 2 MB")
    return Stamp(found.st_mtime_ns, found.st_size)
