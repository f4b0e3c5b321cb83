"""The line of classes from a field class at hand down to the one that is not, and its faults."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import Reference
from flake8_django_migrations.reader.classes import bases_of, body_of
from flake8_django_migrations.reader.known_fields import KNOWN
from flake8_django_migrations.reader.names import FIELDS, canonical
from flake8_django_migrations.reader.scope import MAX_CALLS, LocalClass

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_HOMES: Final = ("django.contrib.postgres.fields.", "django.contrib.gis.db.models.")
_HARMLESS: Final = frozenset(
    {
        "abc.ABC",
        "builtins.object",
        "django.db.models.fields.mixins.CheckFieldDefaultMixin",
        "django.contrib.postgres.fields.mixins.CheckFieldDefaultMixin",
        "django.db.models.fields.mixins.FieldCacheMixin",
    }
)
"""Bases that have no say about the column."""

_DECORATORS: Final = frozenset({"deconstructible", "final"})

_DECISIVE: Final = frozenset(
    """
    __new__ __getattr__ __getattribute__ __setattr__ rel_db_type db_parameters db_type_parameters
    db_type_suffix cast_db_type db_check db_default_expression get_attname get_attname_column
    column attname concrete many_to_many many_to_one one_to_one one_to_many is_relation
    remote_field target_field related_fields foreign_related_fields resolve_related_fields
    has_default has_db_default _get_default null unique _unique primary_key db_index default
    max_length max_digits decimal_places db_column db_default db_collation db_comment
    db_constraint db_tablespace db_returning generated geom_type spatial_index srid dim geography
    size output_field expression db_persist
    """.split()
)
"""What decides about the column, beside the methods that are followed."""

_PARTS: Final = _DECISIVE | {"through", "from_fields", "to_fields", "base_field"}
_NOT_COLUMN: Final = frozenset(
    """
    choices editable error_messages help_text limit_choices_to on_delete related_name
    related_query_name validators verbose_name
    """.split()
)
"""Keywords that no column depends on."""

_COLUMN: Final = frozenset(
    """
    null blank default db_default max_length unique db_index primary_key db_column db_collation
    db_comment max_digits decimal_places to to_field db_constraint base_field size srid
    """.split()
)
"""Keywords of Django's that columns depend on."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """The classes at hand in the order in which Python asks them, and the path of the last.

    ``dropped`` are the keywords that a ``deconstruct`` takes away or rewrites, ``filled`` those
    that it puts there itself.
    """

    classes: tuple[LocalClass, ...]
    root: str
    dropped: frozenset[str]
    filled: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Rewritten:
    dropped: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    put: set[str] = field(default_factory=set)


def is_field(path: str) -> bool:
    """Whether the path is that of a field class of Django's that may be derived from."""
    home, _, name = path.rpartition(".")
    if home == "django.db.models":
        return name in FIELDS - {"ForeignObject"}
    return path.startswith(_HOMES) and name.endswith("Field")


def lineage_of(machine: Interpreter, kind: LocalClass) -> Lineage | None:
    """The line of a class; None where it, or a class above it, may do what cannot be told."""
    found = list(_line(machine, kind, 0))
    classes = [each for each in found if isinstance(each, LocalClass)]
    roots = list(dict.fromkeys(each for each in found if isinstance(each, str)))
    if len(roots) != 1 or not (is_field(roots[0]) or roots[0] in KNOWN):
        return None
    # Python asks a class that is reached twice after all that derive from it.
    line = tuple(dict.fromkeys(reversed(classes)))[::-1]
    dropped: set[str] = set()
    filled: set[str] = set()
    for each in line:
        rewritten = _rewritten(each.node)
        if rewritten is None or body_of(machine, each).names.keys() & _DECISIVE:
            return None
        dropped |= rewritten.dropped
        filled |= rewritten.filled
    return Lineage(line, roots[0], frozenset(dropped - _NOT_COLUMN), frozenset(filled))


def _line(machine: Interpreter, kind: LocalClass, depth: int) -> Iterator[LocalClass | str]:
    yield kind
    for base in bases_of(machine, kind):
        if isinstance(base, LocalClass) and depth < MAX_CALLS:
            yield from _line(machine, base, depth + 1)
        elif not isinstance(base, Reference):
            yield ""
        elif base.path not in _HARMLESS and not base.path.startswith("typing."):
            yield canonical(base.path)


@lru_cache(maxsize=256)
def _rewritten(node: ast.ClassDef) -> _Rewritten | None:
    """What a class does to the keywords of its clones; None where it decides by itself."""
    decorators = [getattr(each, "attr", getattr(each, "id", "")) for each in node.decorator_list]
    if node.keywords or not _DECORATORS.issuperset(decorators):
        return None
    found: _Rewritten | None = _Rewritten()
    for method in (each for each in node.body if isinstance(each, ast.FunctionDef)):
        if _sets_parts(method) or (method.name in _CALLED_ON and not _calls_on(method)):
            return None
        if method.name == "deconstruct":
            found = _keywords_of(method)
    return found


_CALLED_ON: Final = frozenset({"contribute_to_class", "set_attributes_from_name", "deconstruct"})
"""Methods that do the work of the class above: they must call on it."""


def _calls_on(method: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == method.name
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
        for node in ast.walk(method)
    )


def _sets_parts(method: ast.FunctionDef) -> bool:
    """Whether a method sets by itself what decides about the column."""
    for node in ast.walk(method):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()) if name in _PARTS:
                # A part of another field, or one that only relations have, is another's affair.
                if name not in {"target_field", "base_field", "size", "expression"}:
                    return True
            case ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id="self"), name, *_]):
                if not isinstance(name, ast.Constant) or name.value in _PARTS:
                    return True
            case _:
                pass
    return False


def _keywords_of(method: ast.FunctionDef) -> _Rewritten | None:
    """What ``deconstruct`` does to keywords; None where it may do anything to any."""
    found = _Rewritten()
    for node in ast.walk(method):
        names = found.dropped
        match node:
            case ast.DictComp():
                return None
            case ast.Subscript(slice=key, ctx=ast.Del()):
                keys: list[ast.expr | None] = [key]
            case ast.Call(func=ast.Attribute(attr="pop"), args=[key, *_]):
                keys = [key]
            case ast.Call(func=ast.Attribute(attr="update"), args=[ast.Dict(keys=each)]):
                keys, names = each, found.put
            case ast.Call(func=ast.Attribute(attr="pop" | "popitem" | "clear" | "update")):
                return None
            case ast.Call(func=ast.Attribute(attr="setdefault"), args=[key, *_]):
                keys, names = [key], found.filled
            case ast.Assign(targets=[ast.Subscript(slice=key)], value=value):
                keys, names = [key], found.filled if _is_own(value, key) else found.put
            case _:
                continue
        if not _take(keys, names):
            return None
    found.dropped.update(found.put & _COLUMN)
    return found


def _take(keys: list[ast.expr | None], names: set[str]) -> bool:
    """Keep the names of the keywords; False where one is not written out."""
    for key in keys:
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return False
        names.add(key.value)
    return True


def _is_own(value: ast.expr, key: ast.expr) -> bool:
    """Whether a value is the field's attribute of the keyword's name."""
    match value, key:
        case ast.Attribute(value=ast.Name(id="self"), attr=name), ast.Constant(value=wanted):
            return name.removeprefix("_") == wanted
        case _:
            return False
