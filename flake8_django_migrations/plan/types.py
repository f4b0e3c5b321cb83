"""The types a column can have, and what changing one into another does to table and values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from flake8_django_migrations.plan.actions import Kind, Loss
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.features import has_uuids


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type as the database spells it; ``element`` makes it an array of that type.

    ``is_positive`` says that Django writes no negative number into it.
    """

    name: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    element: ColumnType | None = None
    size: int | None = None
    is_positive: bool = field(default=False, compare=False)

    @property
    def sql(self) -> str:
        """The type's text: ``varchar(50)``, ``numeric(10, 2)``, ``integer[]``."""
        if self.element is not None:
            return f"{self.element.sql}[{self.size or ''}]"
        if self.length is not None:
            return f"{self.name}({self.length})"
        if self.precision is not None:
            return f"{self.name}({self.precision}, {self.scale})"
        return self.name


_COMMON: Final = {
    "AutoField": "integer",
    "BigAutoField": "bigint",
    "SmallAutoField": "smallint",
    "IntegerField": "integer",
    "BigIntegerField": "bigint",
    "SmallIntegerField": "smallint",
    "DateField": "date",
}

_NAMES: Final[dict[str, dict[str, str]]] = {
    "postgresql": {
        **_COMMON,
        "PositiveBigIntegerField": "bigint",
        "PositiveIntegerField": "integer",
        "PositiveSmallIntegerField": "smallint",
        "BinaryField": "bytea",
        "BooleanField": "boolean",
        "DateTimeField": "timestamp with time zone",
        "DurationField": "interval",
        "FloatField": "double precision",
        "IPAddressField": "inet",
        "GenericIPAddressField": "inet",
        "JSONField": "jsonb",
        "TextField": "text",
        "TimeField": "time",
        "UUIDField": "uuid",
        "HStoreField": "hstore",
        "CITextField": "citext",
        "IntegerRangeField": "int4range",
        "BigIntegerRangeField": "int8range",
        "DecimalRangeField": "numrange",
        "DateTimeRangeField": "tstzrange",
        "DateRangeField": "daterange",
        "SearchVectorField": "tsvector",
    },
    "mysql": {
        **_COMMON,
        "PositiveBigIntegerField": "bigint UNSIGNED",
        "PositiveIntegerField": "integer UNSIGNED",
        "PositiveSmallIntegerField": "smallint UNSIGNED",
        "BinaryField": "longblob",
        "BooleanField": "bool",
        "DateTimeField": "datetime(6)",
        "DurationField": "bigint",
        "FloatField": "double precision",
        "IPAddressField": "char(15)",
        "GenericIPAddressField": "char(39)",
        "JSONField": "json",
        "TextField": "longtext",
        "TimeField": "time(6)",
        "UUIDField": "char(32)",
    },
    "sqlite": {
        **_COMMON,
        "BigAutoField": "integer",
        "SmallAutoField": "integer",
        "PositiveBigIntegerField": "bigint unsigned",
        "PositiveIntegerField": "integer unsigned",
        "PositiveSmallIntegerField": "smallint unsigned",
        "BinaryField": "BLOB",
        "BooleanField": "bool",
        "DateTimeField": "datetime",
        "DurationField": "bigint",
        "FloatField": "real",
        "IPAddressField": "char(15)",
        "GenericIPAddressField": "char(39)",
        "JSONField": "text",
        "TextField": "text",
        "TimeField": "time",
        "UUIDField": "char(32)",
    },
}


def type_name(internal: str, database: Database) -> str | None:
    """The type of Django's class of field, None where it takes arguments or is not known."""
    if internal == "UUIDField" and has_uuids(database):
        return "uuid"
    vendor = "mysql" if database.vendor == "mariadb" else database.vendor
    return _NAMES.get(vendor, {}).get(internal)


def is_positive(internal: str) -> bool:
    """Whether the numbers of Django's class of field have no sign: keys and counts."""
    return internal.startswith("Positive") or internal.endswith("AutoField")


Change = tuple[Kind | None, Loss]

_INTEGERS: Final = {"smallint": 5, "integer": 10, "bigint": 19}
"""Whole number types to the digits they are sure to hold."""

_INEXACT: Final = frozenset({"real", "double precision", "numeric"})
_TEXTS: Final = frozenset({"varchar", "text", "citext", "char", "longtext"})

_TEXT_WIDTHS: Final = {
    "boolean": 5,
    "uuid": 36,
    "date": 10,
    "time": 15,
    "timestamp with time zone": 35,
    "interval": 32,
    "real": 15,
    "double precision": 24,
    "inet": 43,
    "cidr": 43,
}
"""The longest text PostgreSQL writes for a value of the type that Python can hold."""

_CASTS: Final[dict[tuple[str, str], tuple[Loss, bool]]] = {
    ("integer", "boolean"): (Loss.DROPS_PART, True),
    ("boolean", "integer"): (Loss.NONE, True),
    ("timestamp with time zone", "date"): (Loss.DROPS_PART, False),
    ("timestamp with time zone", "time"): (Loss.DROPS_PART, False),
    ("date", "timestamp with time zone"): (Loss.NONE, False),
    ("time", "interval"): (Loss.NONE, False),
    ("interval", "time"): (Loss.DROPS_PART, False),
    ("jsonb", "boolean"): (Loss.REFUSES, True),
    ("jsonb", "smallint"): (Loss.REFUSES, True),
    ("jsonb", "integer"): (Loss.REFUSES, True),
    ("jsonb", "bigint"): (Loss.REFUSES, True),
    ("jsonb", "numeric"): (Loss.REFUSES, True),
    ("jsonb", "double precision"): (Loss.REFUSES, True),
    ("hstore", "jsonb"): (Loss.NONE, True),
    ("cidr", "inet"): (Loss.NONE, False),
    ("inet", "cidr"): (Loss.DROPS_PART, False),
}
"""PostgreSQL's other casts (``\\dC``): what they do to values, and whether they need USING."""

_MYSQL_LENGTH_BYTE: Final = 63
"""The longest utf8mb4 VARCHAR whose length fits one byte; crossing it copies the table."""

_MARIADB_SHORT: Final = 31
"""The longest utf8mb4 VARCHAR whose values MariaDB stores as those of a longer one."""


def change(old: ColumnType, new: ColumnType, database: Database, using: bool) -> Change:
    """What ALTER TYPE does: a kind, None where nothing is to be done, and the fate of values.

    ``using`` says that the statement casts explicitly, as Django does between different
    classes of field: PostgreSQL then cuts text silently instead of refusing it. A pair of types
    that is not known counts as a rewrite that keeps every value.
    """
    if old.sql == new.sql:
        return None, Loss.NONE
    match database.vendor:
        case "postgresql":
            kind = Kind.WIDEN_TYPE if _is_in_place(old, new) else Kind.ALTER_TYPE
            return kind, _loss(old, new, using=using)
        case "mysql" | "mariadb":
            kind = Kind.WIDEN_TYPE if _is_in_place_on_mysql(old, new, database) else Kind.ALTER_TYPE
            return kind, _loss_on_mysql(old, new)
        case _:
            return Kind.ALTER_TYPE, Loss.NONE


def _is_in_place(old: ColumnType, new: ColumnType) -> bool:
    if old.element is not None and new.element is not None:
        return old.element == new.element
    if old.name in {"varchar", "text", "citext"} and new.name in {"varchar", "text", "citext"}:
        return _holds(new.length, old.length)
    if old.name == new.name == "numeric":
        return new.precision is None or (
            new.scale == old.scale and _holds(new.precision, old.precision)
        )
    return (old.name, new.name) == ("cidr", "inet")


def _is_in_place_on_mysql(old: ColumnType, new: ColumnType, database: Database) -> bool:
    if not (old.name == new.name == "varchar") or old.length is None or new.length is None:
        return False
    same_side = (old.length <= _MYSQL_LENGTH_BYTE) == (new.length <= _MYSQL_LENGTH_BYTE)
    is_short = database.vendor == "mariadb" and old.length <= _MARIADB_SHORT
    return (same_side or is_short) and new.length >= old.length


def _holds(new: int | None, old: int | None) -> bool:
    return new is None or (old is not None and new >= old)


def _loss(old: ColumnType, new: ColumnType, *, using: bool) -> Loss:
    if old.element is not None and new.element is not None:
        return _loss(old.element, new.element, using=using)
    if new.name in _TEXTS:
        return _loss_to_text(old, new, using=using)
    if old.name in _TEXTS:
        return Loss.REFUSES if using else Loss.NEVER_CASTS
    if _is_number(old) and _is_number(new):
        return _loss_of_number(old, new)
    if old.name == new.name:
        return Loss.NONE
    loss, needs_using = _CASTS.get((old.name, new.name), (Loss.NEVER_CASTS, False))
    if _is_foreign(old) or _is_foreign(new):
        return Loss.NONE
    return loss if using or not needs_using else Loss.NEVER_CASTS


def _loss_to_text(old: ColumnType, new: ColumnType, *, using: bool) -> Loss:
    if _holds(new.length, _text_width(old)):
        return Loss.NONE
    return Loss.CUTS if using else Loss.REFUSES


def _text_width(old: ColumnType) -> int | None:
    """How long a value of the type can be as text, None where nothing limits it."""
    sign = 0 if old.is_positive else 1
    if old.name in _TEXTS:
        return old.length
    if old.name in _INTEGERS:
        return _INTEGERS[old.name] + sign
    if old.precision is not None and old.scale is not None:
        whole = max(old.precision - old.scale, 1)
        return whole + (old.scale + 1 if old.scale else 0) + sign
    return _TEXT_WIDTHS.get(old.name)


def _is_number(column_type: ColumnType) -> bool:
    return column_type.name in _INTEGERS or column_type.name in _INEXACT


def _loss_of_number(old: ColumnType, new: ColumnType) -> Loss:
    if new.name in _INTEGERS:
        if old.name not in _INTEGERS:
            return Loss.ROUNDS
        return Loss.REFUSES if _INTEGERS[new.name] < _INTEGERS[old.name] else Loss.NONE
    if new.precision is None or new.scale is None:
        return Loss.NONE
    if old.name in _INTEGERS:
        return Loss.NONE if new.precision - new.scale >= _INTEGERS[old.name] else Loss.REFUSES
    if old.precision is None or old.scale is None or new.scale < old.scale:
        return Loss.ROUNDS
    fits = new.precision - new.scale >= old.precision - old.scale
    return Loss.NONE if fits else Loss.REFUSES


_KNOWN: Final = frozenset(
    {"boolean", "bytea", "date", "interval", "inet", "cidr", "jsonb", "time", "uuid", "hstore"}
    | {"timestamp with time zone", "tsvector", *_INTEGERS, *_INEXACT, *_TEXTS}
)


def _is_foreign(column_type: ColumnType) -> bool:
    """Whether the casts of the type are not all known, as those of an extension."""
    return column_type.element is None and column_type.name not in _KNOWN


def _loss_on_mysql(old: ColumnType, new: ColumnType) -> Loss:
    if new.name in _TEXTS:
        return Loss.NONE if _holds(new.length, old.length) else Loss.REFUSES
    if old.name in _TEXTS:
        return Loss.REFUSES
    if _is_number(old) and _is_number(new):
        return _loss_of_number(old, new)
    if (old.name, new.name) in {("datetime(6)", "date"), ("datetime(6)", "time(6)")}:
        return Loss.DROPS_PART
    return Loss.NONE


_ALIASES: Final = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "serial": "integer",
    "bigserial": "bigint",
    "bool": "boolean",
    "decimal": "numeric",
    "character varying": "varchar",
    "timestamptz": "timestamp with time zone",
    "float8": "double precision",
    "float": "double precision",
    "float4": "real",
}

_TEXT: Final = re.compile(r"([a-z][a-z0-9_ ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?")


def parse_type(text: str) -> ColumnType | None:
    """The type as SQL writes it in lower case; None for a type that is not known."""
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        return None
    name = _ALIASES.get(found[1], found[1])
    if name not in _KNOWN:
        return None
    first, second = (int(part) if part else None for part in found.group(2, 3))
    if name == "numeric" and first is not None:
        return ColumnType(name, precision=first, scale=second or 0)
    return ColumnType(name, first) if second is None else None
