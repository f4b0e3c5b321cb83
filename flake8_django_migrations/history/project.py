"""The files of one project, each read once while it stays unchanged, none outside the root."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from flake8_django_migrations.history.app import App, Contents, Fault
from flake8_django_migrations.history.labels import (
    label_in_config,
    label_in_dependencies,
    models_in,
    pairs_in,
)
from flake8_django_migrations.history.places import migration_folders, root_of
from flake8_django_migrations.history.texts import MAX_BYTES, Stamp, Text, decode, stamp_of
from flake8_django_migrations.migration import Migration, MigrationKey, ModelKey
from flake8_django_migrations.paths import is_module
from flake8_django_migrations.reader.imports import parse
from flake8_django_migrations.reader.module import looks_like_migration, read

_MAX_KEPT: Final = 4096
_MAX_SIBLINGS: Final = 12
"""How many neighbours are asked for the label, the newest first."""

_MAX_MODULES: Final = 64
"""How many modules of an app are searched for its AppConfig."""

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file in a migrations folder gave: a migration, a fault, or something else (neither).

    ``digest`` tells its text from another; ``consulted`` are the modules that were read for it.
    """

    digest: int | None
    stamp: Stamp | None
    migration: Migration | None
    fault: Fault | None
    consulted: Mapping[str, Stamp]


class Project:
    """The files below one root, and what has been read of them.

    Nothing outside the root is ever opened, wherever a link leads. What was read is kept while
    the file's stamp stays the same.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._inside: dict[Path, bool] = {}
        self._texts: dict[Path, Text] = {}
        self._readings: dict[tuple[Path, MigrationKey, str], Reading] = {}

    @classmethod
    def at(cls, folder: Path) -> Project:
        """The project that a folder of migrations belongs to."""
        root = root_of(folder)
        return _PROJECTS.get(root) or _keep(_PROJECTS, root, cls(root), 16)

    # Texts -------------------------------------------------------------------------------

    def text(self, path: Path) -> Text | Fault:
        """The text of a file; a fault where it cannot or must not be opened."""
        try:
            kept = self._texts.get(path)
            if kept is None or kept.stamp != stamp_of(path):
                kept = _keep(self._texts, path, self._load(path), 256)
        except OSError as error:
            return Fault(str(path), error.strerror or "it cannot be read")
        return kept

    def _load(self, path: Path) -> Text:
        stamp = stamp_of(path)
        if not self._is_inside(path):
            raise OSError(errno.EACCES, "it lies outside the project")
        with path.open("rb") as file:
            return Text(decode(file.read(MAX_BYTES)), stamp)

    def _is_inside(self, path: Path) -> bool:
        if path.is_symlink():
            return path.resolve().is_relative_to(self.root.resolve())
        if path.parent not in self._inside:
            inside = path.parent.resolve().is_relative_to(self.root.resolve())
            _keep(self._inside, path.parent, inside, _MAX_KEPT)
        return self._inside[path.parent]

    def module(self, dotted: str, importer: str) -> tuple[str, str] | None:
        """The path and text of a module of this project, as the importing file would find it."""
        for path in self._places(dotted, Path(importer)):
            text = self.text(path)
            if isinstance(text, Text):
                return str(path), text.content
        return None

    def file(self, path: str) -> str | None:
        """The text of a file of this project; None where there is none, or it lies outside."""
        text = self.text(Path(path))
        return text.content if isinstance(text, Text) else None

    def _places(self, dotted: str, importer: Path) -> Iterator[Path]:
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        inside = [each for each in importer.parents if each.is_relative_to(self.root)]
        if level:
            folders = inside[level - 1 : level]
        else:
            # Only a folder that is no package can be on the import path.
            folders = [each for each in inside if not (each / "__init__.py").is_file()]
        parts = name.split(".") if name else []
        for folder in folders:
            target = folder.joinpath(*parts)
            yield target / "__init__.py"
            if parts:
                yield target.with_name(f"{target.name}.py")

    # Apps --------------------------------------------------------------------------------

    def names(self, folder: Path) -> frozenset[str] | None:
        """The modules in a folder that Django would load; None where there is no such folder."""
        try:
            with os.scandir(folder) as entries:
                return frozenset(
                    entry.name.removesuffix(".py") for entry in entries if is_module(entry.name)
                )
        except OSError:
            return None

    def is_package(self, folder: Path) -> bool:
        """Whether Python takes the folder for a regular package; in doubt: True.

        Without an ``__init__`` it is a namespace, which Django takes for no migrations; a folder
        of another name than theirs, or outside a package, may be for something else.
        """
        app_folder = folder.parent
        if folder.name != "migrations" or (folder / "__init__.py").is_file():
            return True
        if not (app_folder / "__init__.py").is_file():
            return True
        return not folder.is_dir() or any(folder.glob("__init__.*"))

    def is_used(self, folder: Path, name: str) -> bool:
        """Whether a migration of the folder mentions a module that Django itself skips."""
        return self.writes((name,), (folder,))

    def app(self, folder: Path, vendor: str, name: str = "", text: str = "") -> App:
        """The app whose migrations lie in the folder.

        Where a name is given, the text that an editor has under it counts, not the file's.
        """
        on_disk = self.names(folder)
        names = frozenset({*(on_disk or ()), *([name] if name else ())})
        label = self.label(folder, names, name, text)

        def contents() -> Contents:
            readings = [
                self.read_text(text, folder, MigrationKey(label, each), vendor)
                if each == name
                else self.read(folder, MigrationKey(label, each), vendor)
                for each in sorted(names)
            ]
            return (
                tuple(each.migration for each in readings if each.migration),
                tuple(each.fault for each in readings if each.fault),
            )

        return App(label, names, contents, is_alone=on_disk is None)

    def label(self, folder: Path, names: frozenset[str], name: str = "", text: str = "") -> str:
        """The label of the app whose migrations lie in the folder.

        Its AppConfig says so, or the name under which migrations refer to their neighbours, or
        the name of the folder above. ``name`` and ``text`` are what an editor has.
        """
        app_folder = folder.parent
        for source, suffix in self._configs(app_folder):
            label = label_in_config(source, app_folder.name, suffix)
            if label:
                return label
        sources = itertools.chain([(name, text)], self._newest(folder, names))
        return label_in_dependencies(sources, names, app_folder.name) or app_folder.name

    def _newest(self, folder: Path, names: frozenset[str]) -> Iterator[tuple[str, str]]:
        for name in sorted(names, reverse=True)[:_MAX_SIBLINGS]:
            for source in self._contents([folder / f"{name}.py"]):
                yield name, source

    def _configs(self, app_folder: Path) -> Iterator[tuple[str, str]]:
        """The texts that may hold the AppConfig, the likeliest first, and how its base ends."""
        for source in self._contents([app_folder / "apps.py"]):
            yield source, "Config"
        others = sorted({"__init__", *(self.names(app_folder) or ())} - {"apps"})[:_MAX_MODULES]
        for source in self._contents(app_folder / f"{name}.py" for name in others):
            yield source, "AppConfig"

    def _contents(self, paths: Iterable[Path]) -> Iterator[str]:
        for path in paths:
            text = self.text(path)
            if isinstance(text, Text):
                yield text.content

    def labels(self) -> Mapping[str, Path]:
        """The folders with migrations by their label; one that several claim is left out.

        Of several, the only one that is called ``migrations`` is meant.
        """
        claims: dict[str, list[Path]] = {}
        for folder in migration_folders(self.root):
            names = self.names(folder) or frozenset()
            if self._has_migrations(folder, names):
                claims.setdefault(self.label(folder, names), []).append(folder)
        found: dict[str, Path] = {}
        for label, folders in claims.items():
            plain = [folder for folder in folders if folder.name == "migrations"]
            match plain if len(folders) > 1 else folders:
                case [folder]:
                    found[label] = folder
                case _:
                    pass
        return found

    def _has_migrations(self, folder: Path, names: frozenset[str]) -> bool:
        return any(name[0].isdigit() for name in names) or any(
            looks_like_migration(source) for _, source in self._newest(folder, names)
        )

    def mentions(self, folders: Iterable[Path]) -> frozenset[MigrationKey]:
        """All that the texts in these folders may name as a migration."""
        return frozenset().union(*map(pairs_in, self._sources(folders)))

    def models(self, folder: Path) -> frozenset[ModelKey]:
        """All that the texts in a folder may name as a model of some app."""
        return frozenset().union(*map(models_in, self._sources([folder])))

    def writes(self, words: Iterable[str], folders: Iterable[Path]) -> bool:
        """Whether one of the words stands in any text in these folders."""
        return any(word in source for source in self._sources(folders) for word in words)

    def _sources(self, folders: Iterable[Path]) -> Iterator[str]:
        for folder in folders:
            paths = (folder / f"{name}.py" for name in self.names(folder) or ())
            yield from self._contents(paths)

    # Migrations --------------------------------------------------------------------------

    def read(self, folder: Path, key: MigrationKey, vendor: str) -> Reading:
        """What the file of a migration gives; the same reading while nothing changes."""
        path = folder / f"{key.name}.py"
        place = (path, key, vendor)
        kept = self._readings.get(place)
        if kept is not None and _is_fresh(path, kept):
            return kept
        try:
            text = self._load(path)
        except OSError as error:
            fault = Fault(str(path), error.strerror or "it cannot be read")
            return Reading(None, None, None, fault, {})
        reading = self.read_text(text.content, folder, key, vendor, text.stamp)
        return _keep(self._readings, place, reading, _MAX_KEPT)

    def holds(self, text: str, folder: Path, key: MigrationKey, vendor: str) -> bool:
        """Whether that is what the file of the migration holds."""
        return self.read(folder, key, vendor).digest == hash(text)

    def read_text(
        self,
        text: str,
        folder: Path,
        key: MigrationKey,
        vendor: str,
        stamp: Stamp | None = None,
    ) -> Reading:
        """What a text gives, as if it were the file of the migration."""
        path = folder / f"{key.name}.py"
        sources = _Consulted(self)
        migration = read(text, str(path), key, sources, vendor)
        is_broken = migration is None and looks_like_migration(text) and parse(text) is None
        fault = Fault(str(path), "it cannot be parsed") if is_broken else None
        return Reading(hash(text), stamp, migration, fault, sources.stamps)


class _Consulted:
    """A project that notes which modules it was asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.stamps: dict[str, Stamp] = {}

    def module(self, dotted: str, importer: str) -> tuple[str, str] | None:
        found = self._project.module(dotted, importer)
        if found:
            self.stamps[found[0]] = stamp_of(Path(found[0]))
        return found

    def file(self, path: str) -> str | None:
        found = self._project.file(path)
        if found is not None:
            self.stamps[path] = stamp_of(Path(path))
        return found


def _is_fresh(path: Path, kept: Reading) -> bool:
    try:
        return stamp_of(path) == kept.stamp and all(
            stamp_of(Path(each)) == stamp for each, stamp in kept.consulted.items()
        )
    except OSError:
        return False


_PROJECTS: Final[dict[Path, Project]] = {}


def _keep(cache: dict[_Key, _Kept], key: _Key, value: _Kept, limit: int) -> _Kept:
    """The value, kept in the cache; the oldest make room."""
    cache.pop(key, None)
    while len(cache) >= limit:
        del cache[next(iter(cache))]
    cache[key] = value
    return value
