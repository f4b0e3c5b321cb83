"""The real projects that Django and we read alike, as projects.toml names them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("projects.toml")

_OTHERS: Final = ("django.contrib.contenttypes", "django.contrib.auth")
_LISTS: Final = ("apps", "others", "requires", "stubs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project, how its migrations are made importable, and which apps are compared.

    It is installed alone; ``requires`` are installed with what they require. ``others`` are apps
    that the migrations depend on, ``stubs`` packages that are only imported on the way. ``root``
    is the folder of the project that it puts on the import path. ``settings`` stand in place of
    those of ``settings_module``.
    """

    name: str
    version: str
    apps: tuple[str, ...]
    others: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()
    root: str = ""
    settings_module: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def requirement(self) -> str:
        """How pip is asked for it."""
        return f"{self.name}=={self.version}"

    @property
    def installed_apps(self) -> tuple[str, ...]:
        """All apps, those that nearly every project depends on first."""
        return tuple(dict.fromkeys((*_OTHERS, *self.others, *self.apps)))

    def stamp(self, django: str) -> str:
        """What tells one installation from another."""
        parts = (django, self.requirement, self.requires)
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def read(table: Mapping[str, Mapping[str, Any]]) -> tuple[Project, ...]:
    """The projects of the file, in its order."""
    return tuple(_project(name, row) for name, row in table.items())


def _project(name: str, row: Mapping[str, Any]) -> Project:
    values = {key: tuple(value.split()) if key in _LISTS else value for key, value in row.items()}
    package = values.pop("package", None)
    if package:
        values["apps"] = tuple(_full(package, app) for app in values["apps"])
    return Project(name=name, **values)


def _full(package: str, app: str) -> str:
    """The app's dotted name; ``.`` is the package itself."""
    return package if app == "." else f"{package}.{app}"
