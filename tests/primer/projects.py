"""The real projects, as projects.txt names them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

FILE: Final = Path(__file__).with_name("projects.txt")

_LINE: Final = re.compile(r"(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*)==(?P<version>[0-9][0-9a-z.]*)")


class Project(NamedTuple):
    """A project and the version of it that is read, so that two runs can be compared."""

    name: str
    version: str

    @property
    def requirement(self) -> str:
        """How pip is asked for it."""
        return f"{self.name}=={self.version}"

    def owns(self, archive: Path) -> bool:
        """Whether the file is an archive of this very version, wheel or source."""
        stem, dash, rest = archive.name.partition(f"-{self.version}")
        return (
            bool(dash)
            and re.sub(r"[-_.]+", "-", stem).lower() == self.name
            and (rest in {".tar.gz", ".tar.bz2", ".zip"} or bool(re.fullmatch(r"-.+\.whl", rest)))
        )


def read(text: str) -> tuple[Project, ...]:
    """The projects of the file's text; ValueError names the first line that is none."""
    return tuple(
        _project(number, line.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    )


def _project(number: int, line: str) -> Project:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"line {number}: expected name==version but got {line!r}")
    return Project(match["name"], match["version"])
