"""Modules of the project that a migration leads to, read through ``Sources`` and kept."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, Protocol

from flake8_django_migrations.migration import Reference
from flake8_django_migrations.reader.names import is_elsewhere
from flake8_django_migrations.reader.scope import MISSING, Module
from flake8_django_migrations.reader.statements import execute

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_MAX_SOURCE: Final = 2_000_000
_MAX_MODULES: Final = 40
_MAX_HOPS: Final = 6


class Sources(Protocol):
    """Where the source of first-party modules comes from."""

    def module(self, dotted: str, importer: str) -> tuple[str, str] | None:
        """Path and source of a first-party module; None for any other.

        ``dotted`` is absolute, or relative with leading dots, seen from the file ``importer``.
        """

    def file(self, path: str) -> str | None:
        """The text of a file of the project that is no module; None where it is none."""


def parse(source: str) -> ast.Module | None:
    """The syntax tree; None where the text is no Python or nests too deep to be read."""
    if len(source) > _MAX_SOURCE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=32)
def _kept(source: str) -> ast.Module | None:
    """The tree of a module that many migrations lead to; nothing changes a tree."""
    return parse(source)


@lru_cache(maxsize=64)
def folders(path: str) -> tuple[str, ...]:
    """The names of the folders a file lies in."""
    return PurePath(path.replace("\\", "/")).parts[:-1]


class Loader:
    """The modules read so far, and what names in them lead to."""

    def __init__(self, sources: Sources | None, home: str) -> None:
        self._sources = sources
        self._home = home
        self._modules: dict[str, Module | None] = {}
        self._texts: dict[str, tuple[str, str] | None] = {}
        self._found: dict[str, object] = {}
        self._relative: dict[str, tuple[str, str]] = {}
        self._hops = 0

    def absolute(self, level: int, module: str, importer: Module) -> str:
        """The module of an import, in full as far as the file's folders tell."""
        if level == 0:
            return module
        above = importer.package[: len(importer.package) - level + 1]
        inside = level == 1 and above[-1:] == ("migrations",)
        base = ".".join(above[-2 if inside else -1 :]).lstrip("/") or "project"
        self._relative.setdefault(base, ("." * level, importer.path))
        return f"{base}.{module}" if module else base

    def module(self, machine: Interpreter, dotted: str) -> Module | None:
        """A first-party module by the name that ``absolute`` gives it."""
        if dotted not in self._modules:
            self._modules[dotted] = None
            if len(self._modules) <= _MAX_MODULES:
                self._modules[dotted] = self._read(machine, dotted)
        return self._modules[dotted]

    def _read(self, machine: Interpreter, dotted: str) -> Module | None:
        if dotted not in self._texts:
            self._texts[dotted] = self._source(dotted)
        found = self._texts[dotted]
        tree = _kept(found[1]) if found else None
        if found is None or tree is None:
            return None
        module = Module(found[0], tree, folders(found[0]))
        self._modules[dotted] = module
        tracker, machine.tracker = machine.tracker, None
        execute(machine, tree.body, module.frame)
        machine.tracker = tracker
        return module

    def _source(self, dotted: str) -> tuple[str, str] | None:
        if self._sources is None or is_elsewhere(dotted):
            return None
        for base in sorted(self._relative, key=len, reverse=True):
            if dotted == base or dotted.startswith(base + "."):
                dots, importer = self._relative[base]
                found = self._sources.module(dots + dotted[len(base) + 1 :], importer)
                if found is not None:
                    return found
        return self._sources.module(dotted, self._home)

    def text(self, path: str) -> str | None:
        """The text of a file of the project; None where there is none to be read."""
        return None if self._sources is None else self._sources.file(path)

    def resolve(self, machine: Interpreter, path: str) -> object:
        """What a dotted path into the project stands for; MISSING where that cannot be told."""
        if path in self._found or self._sources is None or self._hops >= _MAX_HOPS:
            return self._found.get(path, MISSING)
        self._found[path] = MISSING
        self._hops += 1
        self._found[path] = found = self._resolve(machine, path.split("."))
        self._hops -= 1
        return found

    def _resolve(self, machine: Interpreter, parts: list[str]) -> object:
        for cut in range(len(parts) - 1, max(len(parts) - 5, 0), -1):
            module = self.module(machine, ".".join(parts[:cut]))
            if module is not None:
                return self._within(machine, module, parts[cut:])
        return MISSING

    def _within(self, machine: Interpreter, module: Module, names: list[str]) -> object:
        first, *rest = names
        value = machine.look_up(first, module.frame)
        if type(value) is Reference and value.path.startswith("builtins."):
            return MISSING
        if type(value) is Reference:
            value = machine.resolved(value)
        for name in rest:
            if value is MISSING:
                return MISSING
            value = machine.attribute(
                value, name, ast.Name(name, lineno=1, col_offset=0), module.frame
            )
        return value

    def exports(self, machine: Interpreter, module: str, name: str) -> bool:
        """Whether ``from module import *`` binds the name."""
        if module not in self._texts:
            self._texts[module] = self._source(module)
        source = self._texts[module]
        if source is None or name not in source[1]:
            return False
        found = self.module(machine, module)
        return found is not None and (
            name in found.frame.names
            or any(self.exports(machine, star, name) for star in found.stars if star != module)
        )
