"""The migrations below folders, found and read with flake8's own walk, whatever it excludes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flake8.defaults import EXCLUDE
from flake8.discover_files import expand_paths
from flake8.processor import FileProcessor

from flake8_django_migrations.paths import could_be_migration, is_skipped

if TYPE_CHECKING:
    from argparse import Namespace

_NOT_THE_PROJECT: Final = (*EXCLUDE, "site-packages", "node_modules")


def migrations_below(folders: Sequence[str], namespace: Namespace) -> Iterator[Path]:
    """Every migration below the folders; installed packages are not the project's own."""
    files = expand_paths(
        paths=folders,
        stdin_display_name="stdin",
        filename_patterns=["*.py"],
        exclude=_NOT_THE_PROJECT,
    )
    for file in sorted(files):
        if not is_skipped(file) and could_be_migration(file, lines_of(file, namespace)):
            yield Path(file)


def lines_of(file: str, namespace: Namespace) -> list[str]:
    """The lines as flake8 reads them: from its copy of stdin for ``-``; none if it cannot."""
    try:
        lines: list[str] = FileProcessor(file, namespace).lines
    except OSError:
        return []
    return lines
