"""Whether two definitions of a field differ in a way that the database sees."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.migration import (
    Construct,
    Field,
    Pairs,
    Reference,
    Unknown,
    Value,
)
from flake8_django_migrations.plan.columns import Column

_NON_DB: Final = frozenset(
    {"blank", "choices", "db_column", "editable", "error_messages", "help_text"}
    | {"limit_choices_to", "on_delete", "related_name", "related_query_name", "validators"}
    | {"verbose_name"}
)
"""Django's ``Field.non_db_attrs``."""

_DEFAULTS: Final[dict[str, Value]] = {
    "null": False,
    "unique": False,
    "db_index": False,
    "primary_key": False,
    "db_constraint": True,
    "swappable": True,
    "auto_now": False,
    "auto_now_add": False,
    "db_collation": None,
    "db_comment": None,
    "db_tablespace": None,
    "db_table": None,
    "to_field": None,
    "max_length": None,
    "size": None,
    "encoder": None,
    "decoder": None,
    "storage": None,
    "upload_to": "",
    "allow_unicode": False,
    "symmetrical": None,
    "through": None,
    "through_fields": None,
    "parent_link": False,
    "protocol": "both",
    "unpack_ipv4": False,
    "unique_for_date": None,
    "unique_for_month": None,
    "unique_for_year": None,
}
"""What a keyword is when it is not written; Django leaves it out when comparing."""

_BY_CLASS: Final[dict[tuple[str, str], Value]] = {
    ("ForeignKey", "db_index"): True,
    ("OneToOneField", "db_index"): True,
    ("OneToOneField", "unique"): True,
    ("SlugField", "db_index"): True,
    ("SlugField", "max_length"): 50,
    ("EmailField", "max_length"): 254,
    ("URLField", "max_length"): 200,
    ("FileField", "max_length"): 100,
    ("ImageField", "max_length"): 100,
    ("FilePathField", "max_length"): 100,
}

_DATABASE_CASCADES: Final = frozenset({"DB_CASCADE", "DB_SET_NULL", "DB_SET_DEFAULT"})

_DEPTH: Final = 20


_MISSING: Final = Construct("")
"""No value that can be written is equal to it."""


def should_be_altered(
    old: Column, new: Column, django: tuple[int, int], ignore: frozenset[str] = frozenset()
) -> bool:
    """Django's ``_field_should_be_altered``; in doubt about a value: no."""
    if old.field.is_generated and new.field.is_generated:
        return True  # its output_field is another object each time, and equal to no other
    if old.column != new.column or old.field.written.path != new.field.written.path:
        return True
    skipped = _NON_DB | {"to"} | ignore
    if not _points_at_another_field(old, new):
        skipped |= {"to_field"}
    if _is_cascade(old.field) or _is_cascade(new.field):
        skipped -= {"on_delete"}
    return _leads_elsewhere(old, new, django) or _differ(old.field, new.field, skipped)


def m2m_should_be_altered(old_name: str, old: Field, new_name: str, new: Field) -> bool:
    """The same question for a many-to-many field, whose name is its column."""
    return old_name != new_name or _differ(old, new, _NON_DB)


def _is_cascade(field: Field) -> bool:
    match field.keywords.get("on_delete"):
        case Reference(path=path):
            return path.rpartition(".")[2] in _DATABASE_CASCADES
        case _:
            return False


def _points_at_another_field(old: Column, new: Column) -> bool:
    """Whether ``to_field`` makes a difference: the name of the primary key is its default."""
    first, second = old.target.field_name, new.target.field_name
    return bool(first and second) and first != second


def _leads_elsewhere(old: Column, new: Column, django: tuple[int, int]) -> bool:
    """Whether ``to`` makes a difference: since Django 5.0 only another table does."""
    first, second = old.target, new.target
    if not (old.is_relation and new.is_relation) or first.key is None or second.key is None:
        return False
    is_same_table = bool(first.table) and first.table == second.table
    return first.key != second.key and not (django >= (5, 0) and is_same_table)


def _differ(old: Field, new: Field, skipped: frozenset[str]) -> bool:
    names = (set(old.keywords) | set(new.keywords)) - skipped
    return any(not same(_written(old, name), _written(new, name)) for name in names)


def _written(field: Field, name: str) -> Value:
    default = _BY_CLASS.get((field.class_name, name), _DEFAULTS.get(name, _MISSING))
    value = field.keywords.get(name, default)
    if name == "db_default":
        return plain(value)
    return value.lower() if name == "to" and isinstance(value, str) else value


def plain(value: Value) -> Value:
    """``Value(1)`` as ``1``: both are the same default in SQL."""
    match value:
        case Construct(arguments=(single,), keywords=()) if value.class_name == "Value":
            return single
        case _:
            return value


def same(old: Value, new: Value) -> bool:
    """Whether two values are equal as far as they are known."""
    if _has_unknown(old, _DEPTH) or _has_unknown(new, _DEPTH):
        return True
    return type(old) is type(new) and old == new


def _has_unknown(value: Value, depth: int) -> bool:
    match value:
        case Unknown():
            return True
        case Construct() if depth:
            inner = (*value.arguments, *(each for _, each in value.keywords))
            return any(_has_unknown(each, depth - 1) for each in inner)
        case Pairs() if depth:
            return any(_has_unknown(each, depth - 1) for item in value.items for each in item)
        case tuple() if depth:
            return any(_has_unknown(each, depth - 1) for each in value)
        case _:
            return False
