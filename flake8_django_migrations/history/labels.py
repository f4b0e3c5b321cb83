"""The label of an app, as its AppConfig or its migrations' dependencies tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from flake8_django_migrations.history.app import CONTRIB
from flake8_django_migrations.migration import MigrationKey, ModelKey

_CLASS: Final = re.compile(
    r"^class[ \t]+\w+[ \t]*\(([^()]*)\)[ \t]*:[^\n]*((?:\n(?:[ \t][^\n]*|\#[^\n]*|(?=\n|\Z)))*)",
    re.MULTILINE,
)
_ASSIGNMENT: Final = re.compile(
    r"^([ \t]+)(name|label|default)[ \t]*(?::[^=\n]*)?=[ \t]*([^\n]*)$", re.MULTILINE
)
_BODY_INDENT: Final = re.compile(r"^([ \t]+)[^\s#]", re.MULTILINE)
_LITERAL: Final = re.compile(r"""(["'])([A-Za-z_][\w.]*)\1[ \t]*(?:\#.*)?$""")
_PAIR: Final = re.compile(r"""\(\s*(["'])([A-Za-z_]\w*)\1\s*,\s*(["'])([^"'\n]+)\3\s*,?\s*\)""")
_MODEL: Final = re.compile(r"""(["'])([A-Za-z_]\w*)\.([A-Za-z_]\w*)\1""")


class _Config(NamedTuple):
    """An AppConfig that names its app with literals."""

    label: str
    package: str
    is_default: bool


def label_in_config(source: str, app_folder: str, suffix: str = "AppConfig") -> str | None:
    """The label that the AppConfig in this text gives; None where none does, or several differ.

    As Django chooses: the one marked ``default``, else the only one; of several, the one whose
    ``name`` is the folder it lies in. ``suffix`` is how its base class must end.
    """
    configs = tuple(_configs(source, suffix)) if suffix in source else ()
    for chosen in (
        [config for config in configs if config.is_default],
        [config for config in configs if config.package.rpartition(".")[2] == app_folder],
        list(configs),
    ):
        if len({config.label for config in chosen}) == 1:
            return chosen[0].label
    return None


def _configs(source: str, suffix: str) -> Iterable[_Config]:
    for found in _CLASS.finditer(source):
        bases, body = found.groups()
        if not any(base.strip().endswith(suffix) for base in bases.split(",")):
            continue
        said = _assignments(body)
        package, label = _literal(said.get("name")), _literal(said.get("label"))
        if "label" not in said:
            label = package.rpartition(".")[2] if package else None
        if label:
            yield _Config(label, package or "", said.get("default", "").startswith("True"))


def _assignments(body: str) -> dict[str, str]:
    """The class body's own assignments: those of nested classes and methods lie deeper."""
    indent = _BODY_INDENT.search(body)
    return {
        name: value
        for margin, name, value in _ASSIGNMENT.findall(body)
        if indent is not None and margin == indent[1]
    }


def _literal(value: str | None) -> str | None:
    found = _LITERAL.match(value) if value else None
    return found[2] if found else None


def label_in_dependencies(
    sources: Iterable[tuple[str, str]], names: frozenset[str], folder: str
) -> str | None:
    """The label under which migrations refer to their neighbours; None where they do not tell.

    ``sources`` are names and texts, ``names`` all migrations in the folder, ``folder`` the label
    that its parent's name suggests. Another app may have a migration of the same name, so the
    first text that leaves one label decides.
    """
    for own_name, source in sources:
        neighbours = names - {own_name}
        seen = {app_label for app_label, name in pairs_in(source) if name in neighbours}
        if folder in seen:
            return folder
        foreign = seen - CONTRIB.keys()
        if len(foreign) == 1:
            return foreign.pop()
    return None


def pairs_in(source: str) -> frozenset[MigrationKey]:
    """All in a text that looks like a migration's name: what it depends on is among them."""
    return frozenset(MigrationKey(pair[2], pair[4]) for pair in _PAIR.finditer(source))


def models_in(source: str) -> frozenset[ModelKey]:
    """All in a text that looks like a model's name with its app: what it points at is among them."""
    return frozenset(ModelKey(found[2], found[3].lower()) for found in _MODEL.finditer(source))
