"""What fills a new column: a constant, a value per row, or nothing."""

from __future__ import annotations

import re
from typing import Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    Construct,
    Field,
    Pairs,
    Reference,
    Value,
)
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.plan.columns import Column, internal_type
from flake8_django_migrations.plan.editor import Editor, literal
from flake8_django_migrations.plan.features import (
    LIMITED_TYPES,
    has_text_defaults,
)

_NO_EMPTY_STRINGS: Final = frozenset(
    {"BooleanField", "DateField", "DateTimeField", "TimeField", "DecimalField", "DurationField"}
    | {"FloatField", "IntegerField", "BigIntegerField", "SmallIntegerField", "AutoField"}
    | {"PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField"}
    | {"BigAutoField", "SmallAutoField", "IPAddressField", "GenericIPAddressField", "UUIDField"}
    | {"JSONField", "ForeignKey", "OneToOneField", "ArrayField", "HStoreField"}
    | {"IntegerRangeField", "BigIntegerRangeField", "DecimalRangeField", "DateRangeField"}
    | {"DateTimeRangeField"}
)
"""The classes with ``empty_strings_allowed = False``, by internal type."""

_VOLATILE_CLASSES: Final = frozenset({"Random", "RandomUUID", "UUID4", "UUID7"})
_VOLATILE_FUNCTIONS: Final = frozenset(
    {
        "random",
        "rand",
        "clock_timestamp",
        "timeofday",
        "nextval",
        "gen_random_uuid",
        "uuidv4",
        "uuidv7",
    }
    | {"uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "random_normal"}
)

_CALLS: Final = re.compile(r"(\w+)\s*\(")

_DEPTH: Final = 20


def is_volatile_function(name: str) -> bool:
    """Whether PostgreSQL must call the function anew for every row."""
    return name.lower() in _VOLATILE_FUNCTIONS


def is_volatile(value: Value, depth: int = _DEPTH) -> bool:
    """Whether a ``db_default`` gives every row its own value; in doubt: False."""
    match value:
        case Construct() if depth:
            function = value.get("function")
            inner = (*value.arguments, *(each for _, each in value.keywords))
            return (
                value.class_name in _VOLATILE_CLASSES
                or (value.class_name == "RawSQL" and _calls_volatile(value))
                or (isinstance(function, str) and is_volatile_function(function))
                or any(is_volatile(each, depth - 1) for each in inner)
            )
        case tuple() if depth:
            return any(is_volatile(each, depth - 1) for each in value)
        case _:
            return False


def _calls_volatile(raw: Construct) -> bool:
    """Whether SQL written out calls such a function, wherever its text stands."""
    texts = (each for each in (*raw.arguments, raw.get("sql")) if isinstance(each, str))
    return any(is_volatile_function(name) for text in texts for name in _CALLS.findall(text))


def effective_default(field: Field) -> Value:
    """What Django fills a new or newly NOT NULL column with; None where it fills nothing.

    UNKNOWN stands for a value that is there but is not known: a callable's, the time of day.
    """
    if field.has_default is True:
        default = field.get("default")
        if default == "" and field.is_foreign_key is True:
            return None  # to a key, the empty string is no value
        return UNKNOWN if isinstance(default, Reference | Construct | Pairs) else default
    if field.is_generated:
        return None
    internal = internal_type(field)
    if field.null is False and field.flag("blank") is True and internal not in _NO_EMPTY_STRINGS:
        return ""
    if field.flag("auto_now") is True or field.flag("auto_now_add") is True:
        return UNKNOWN
    return None


def skips_default(editor: Editor, column: Column) -> bool:
    """Whether Django adds the column without its default: MySQL takes none for such a type."""
    if not editor.is_mysql or effective_default(column.field) is None:
        return False
    if _is_empty_text(editor, column):
        return True
    return not has_text_defaults(editor.database) and column.type_sql in LIMITED_TYPES


def leaves_default_out(editor: Editor, column: Column) -> bool:
    """Whether ADD COLUMN has no default: MySQL takes none, or could not let it go again."""
    if column.field.has_db_default is True:
        return False
    stays = column.field.null is True and skips_default_on_alter(editor, column)
    return skips_default(editor, column) or stays


def skips_default_on_alter(editor: Editor, column: Column) -> bool:
    """The same question where the column is there already: MySQL's ALTER COLUMN takes less."""
    if not editor.is_mysql:
        return False
    is_limited = editor.database.vendor == "mysql" and column.type_sql in LIMITED_TYPES
    return is_limited or _is_empty_text(editor, column)


def _is_empty_text(editor: Editor, column: Column) -> bool:
    """Whether it is text that is empty by default, which Django leaves to the server since 5.1."""
    if editor.django < (5, 1):
        return False
    is_text = column.type_sql in LIMITED_TYPES - {"json"}
    return is_text and effective_default(column.field) in {"", b""}


def added_kind(column: Column) -> Kind:
    """What ADD COLUMN does to the rows that are there."""
    field = column.field
    if field.is_generated:
        is_virtual = field.get("db_persist") is False
        return Kind.ADD_COLUMN_VIRTUAL if is_virtual else Kind.ADD_COLUMN_STORED
    if column.is_identity:
        return Kind.ADD_COLUMN_IDENTITY
    if field.has_db_default is True:
        is_new = is_volatile(field.get("db_default"))
        return Kind.ADD_COLUMN_VOLATILE if is_new else Kind.ADD_COLUMN_DEFAULT
    if effective_default(field) is not None:
        return Kind.ADD_COLUMN_DEFAULT
    return Kind.ADD_COLUMN


def binds_value(field: Field) -> bool:
    """Whether the column's definition holds a value that Django hands over beside the statement."""
    if field.is_generated:
        return _holds_value(field.get("expression"))
    default = field.get("db_default")
    is_literal = not isinstance(default, Construct)
    return field.has_db_default is True and (is_literal or _holds_value(default))


def _holds_value(value: Value, depth: int = _DEPTH) -> bool:
    match value:
        case Construct() if depth:
            inner = (*value.arguments, *(each for _, each in value.keywords))
            return value.class_name == "Value" or any(
                _holds_value(each, depth - 1) for each in inner
            )
        case bool() | int() | float():
            return True
        case _:
            return False


def default_sql(field: Field) -> str:
    """The DEFAULT of a new column as text, empty without one."""
    if field.has_db_default is True:
        return f"DEFAULT {expression(field.get('db_default'))}"
    value = effective_default(field)
    return "" if value is None else f"DEFAULT {literal(value)}"


def expression(value: Value) -> str:
    """An expression in short: ``Now()`` for a call, a literal for a plain value."""
    match value:
        case Construct(arguments=(single,)) if value.class_name == "Value":
            return literal(single)
        case Construct():
            return f"{value.class_name}({'...' if value.arguments or value.keywords else ''})"
        case _:
            return literal(value)
