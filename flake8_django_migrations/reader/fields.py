"""Fields, indexes and constraints as operations write them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, TypeAlias

from flake8_django_migrations.migration import (
    UNKNOWN,
    Constraint,
    Custom,
    Field,
    Index,
    Reference,
    Unknown,
    Value,
)
from flake8_django_migrations.reader.field_classes import standing
from flake8_django_migrations.reader.names import canonical
from flake8_django_migrations.reader.scope import LocalClass, Made, Maybe
from flake8_django_migrations.reader.values import plain

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_NAMED: Final = ("verbose_name", "name")
_FIELD: Final = (
    *_NAMED, "primary_key", "max_length", "unique", "blank", "null", "db_index", "rel", "default",
    "editable", "serialize", "unique_for_date", "unique_for_month", "unique_for_year", "choices",
    "help_text", "db_column", "db_tablespace", "auto_created", "validators", "error_messages",
    "db_comment", "db_default",
)  # fmt: skip
_DATE: Final = (*_NAMED, "auto_now", "auto_now_add")
_RELATION: Final = ("related_name", "related_query_name", "limit_choices_to")
_GEOMETRY: Final = ("verbose_name", "dim", "geography")

_PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "DateField": _DATE,
    "DateTimeField": _DATE,
    "TimeField": _DATE,
    "DecimalField": (*_NAMED, "max_digits", "decimal_places"),
    "FilePathField": (*_NAMED, "path", "match", "recursive", "allow_files", "allow_folders"),
    "FileField": (*_NAMED, "upload_to", "storage"),
    "ImageField": (*_NAMED, "width_field", "height_field"),
    "GenericIPAddressField": (*_NAMED, "protocol", "unpack_ipv4"),
    "JSONField": (*_NAMED, "encoder", "decoder"),
    "URLField": _NAMED,
    "UUIDField": ("verbose_name",),
    "ForeignKey": ("to", "on_delete", *_RELATION, "parent_link", "to_field", "db_constraint"),
    "OneToOneField": ("to", "on_delete", "to_field"),
    "ManyToManyField": (
        "to", *_RELATION, "symmetrical", "through", "through_fields", "db_constraint",
        "db_table", "swappable",
    ),
    "ForeignObject": ("to", "on_delete", "from_fields", "to_fields", "rel", *_RELATION),
    "ArrayField": ("base_field", "size"),
    "RasterField": ("verbose_name", "srid", "spatial_index"),
    **dict.fromkeys(
        (
            "GeometryField", "PointField", "LineStringField", "PolygonField", "MultiPointField",
            "MultiLineStringField", "MultiPolygonField", "GeometryCollectionField",
        ),
        _GEOMETRY,
    ),
}  # fmt: skip
"""The positional parameters of the classes that have others than Field's."""

_DESCRIPTIVE: Final = frozenset(
    "verbose_name help_text validators error_messages upload_to storage encoder decoder".split()
)
"""Keywords that the database never sees: no module is opened for them."""

Named: TypeAlias = "dict[str, object]"
Definition: TypeAlias = "tuple[str, tuple[object, ...], Named]"
"""A class path, its positional arguments, its keywords."""


def definition(machine: Interpreter, value: object) -> tuple[Made, Definition] | None:
    """The call that builds a field, index or constraint; None where it cannot be told."""
    made = machine.carried_out(value)
    if not isinstance(made, Made) or not made.is_whole:
        return None
    callee = made.callee
    if isinstance(callee, LocalClass):
        own = callee.outer.module.path == machine.home
        path = f".{callee.name}" if own else ""
    else:
        path = canonical(callee.path) if isinstance(callee, Reference) else _own_name(made)
    if not path or any(isinstance(each, Maybe) for each in made.arguments):
        return None
    return made, (path, made.arguments, dict(made.keywords))


def _own_name(made: Made) -> str:
    """The module's own name for a class that only a setting tells."""
    name = made.node.func if made.node else None
    return f".{name.id}" if isinstance(name, ast.Name) else ""


def read_field(machine: Interpreter, value: object) -> Field | Unknown:
    """A field; UNKNOWN where its class or a ``**`` among its keywords cannot be told.

    One of a class that is not Django's is the field of Django's that it stands for, as far as
    that is certain. What is positional in a class that is not Django's stands under ``*``, and
    the names that make up a composite primary key under ``field_names``.
    """
    found = definition(machine, value)
    if found is None:
        return UNKNOWN
    made, (path, arguments, keywords) = found
    told: dict[int, Value] = {}

    def values(path: str, arguments: tuple[object, ...], given: Named) -> dict[str, Value]:
        named = {**_named(path, arguments), **given}
        for name, each in named.items():
            if id(each) not in told:
                told[id(each)] = plain(machine, each, follow=name not in _DESCRIPTIVE)
        return {name: told[id(each)] for name, each in named.items()}

    written = values(path, arguments, keywords)
    stands = None if path.startswith("django.") else standing(machine, made)
    if stands is None:
        return Field(path, written, made.place)
    known = values(stands.path, stands.arguments, stands.keywords)
    return Field(stands.path, known, made.place, Custom(path, written), stands.column_type)


def _named(path: str, arguments: tuple[object, ...]) -> dict[str, object]:
    """Positional arguments under their parameters' names."""
    if not arguments:
        return {}
    if not path.startswith("django."):
        return {"*": arguments}
    class_name = path.rpartition(".")[2]
    if class_name == "CompositePrimaryKey":
        return {"field_names": arguments}
    return dict(zip(_PARAMETERS.get(class_name, _FIELD), arguments, strict=False))


def read_index(machine: Interpreter, value: object) -> Index | None:
    """An index; None where its class or its keywords cannot be told."""
    found = definition(machine, value)
    if found is None:
        return None
    _, (path, arguments, keywords) = found
    values = {name: plain(machine, each) for name, each in keywords.items()}
    if arguments:
        values["expressions"] = plain(machine, arguments)
    name = values.pop("name", None)
    fields = values.pop("fields", ())
    return Index(path, name if isinstance(name, str) else UNKNOWN, _texts(fields), values)


def _texts(value: Value) -> tuple[str, ...] | Unknown:
    """A tuple of names, UNKNOWN where one of them is not known."""
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return tuple(str(each) for each in value)
    return UNKNOWN


def read_constraint(machine: Interpreter, value: object) -> Constraint | None:
    """A constraint; None where its class or its keywords cannot be told."""
    found = definition(machine, value)
    if found is None:
        return None
    _, (path, arguments, keywords) = found
    values = {name: plain(machine, each) for name, each in keywords.items()}
    if arguments:
        values["expressions"] = plain(machine, arguments)
    name = values.pop("name", None)
    return Constraint(path, name if isinstance(name, str) else UNKNOWN, values)
