"""An app's migrations as they lie on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from flake8_django_migrations.migration import Migration

CONTRIB: Final[Mapping[str, frozenset[str]]] = {
    "admin": frozenset({"contenttypes"}),
    "auth": frozenset({"contenttypes"}),
    "contenttypes": frozenset(),
    "flatpages": frozenset({"sites"}),
    "redirects": frozenset({"sites"}),
    "sessions": frozenset(),
    "sites": frozenset(),
}
"""Django's own apps with migrations, and the apps these lead to."""


class Fault(NamedTuple):
    """A file that should hold a migration and could not be read, and why."""

    path: str
    why: str

    @property
    def name(self) -> str:
        """The migration's name, which others may depend on."""
        return self.path.replace("\\", "/").rpartition("/")[2].removesuffix(".py")


Contents: TypeAlias = tuple[tuple[Migration, ...], tuple[Fault, ...]]
"""What the reading of a folder gives."""


class App:
    """A folder of migrations under its app's label; the files are read when first asked for.

    ``names`` are the modules in the folder. An app that is alone has no folder: its text came
    without a file, so nothing is known of its neighbours.
    """

    def __init__(
        self,
        label: str,
        names: frozenset[str],
        read: Callable[[], Contents],
        *,
        is_alone: bool = False,
    ) -> None:
        self.label = label
        self.names = names
        self.is_alone = is_alone
        self._read = read

    @cached_property
    def _contents(self) -> Contents:
        return self._read()

    @property
    def migrations(self) -> tuple[Migration, ...]:
        """The migrations in order of their names."""
        return self._contents[0]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The files that could not be read: nobody knows what they do or depend on."""
        return self._contents[1]

    @classmethod
    def of(
        cls,
        label: str,
        *migrations: Migration,
        faults: tuple[Fault, ...] = (),
        is_alone: bool = False,
    ) -> App:
        """An app whose migrations are at hand."""
        names = {migration.name for migration in migrations} | {fault.name for fault in faults}
        return cls(label, frozenset(names), lambda: (migrations, faults), is_alone=is_alone)
