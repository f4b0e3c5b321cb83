"""In what two states of a model differ, as the database sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from flake8_django_migrations.migration import Unknown
from flake8_django_migrations.plan.columns import Column, ColumnType, column_of

if TYPE_CHECKING:
    from flake8_django_migrations.history.state import ModelState, ProjectState
    from flake8_django_migrations.migration import ModelKey
    from flake8_django_migrations.plan.databases import Database

Groups: TypeAlias = tuple[tuple[str, ...], ...] | Unknown
"""What ``unique_together`` lists."""


def model_difference(
    database: Database, first: ProjectState, second: ProjectState, key: ModelKey
) -> str:
    """What of the model is another to the database; empty if nothing, and in doubt."""
    one, other = first.models.get(key), second.models.get(key)
    if one is None or other is None:
        return "is missing" if other is None else "is not in them"
    if one.is_doubtful or other.is_doubtful:
        return ""
    if one.table != other.table:
        return f"has table {other.table}, not {one.table}"
    odd = sorted(one.fields.keys() ^ other.fields.keys())
    if odd:
        return f"differs in field {odd[0]}"
    for name in one.fields:
        how = field_difference(database, name, (first, one), (second, other))
        if how:
            return f"differs in field {name}: {how}"
    return _index_difference(one, other)


def field_difference(
    database: Database,
    name: str,
    one: tuple[ProjectState, ModelState],
    other: tuple[ProjectState, ModelState],
) -> str:
    """What of the field is another to the database; empty if nothing, and in doubt."""
    fields = [model.fields[name] for _state, model in (one, other)]
    columns = [
        column_of(name, field, state, model, database)
        for field, (state, model) in zip(fields, (one, other), strict=True)
    ]
    match columns:
        case [Column(type=ColumnType()) as left, Column(type=ColumnType()) as right]:
            if left.type != right.type:
                return f"{right.type_sql}, not {left.type_sql}"
            one_shape, other_shape = _shape(left), _shape(right)
            return next((each for each in one_shape if one_shape[each] != other_shape[each]), "")
        case _:
            kinds = {each.is_many_to_many for each in fields}
            return "a column, or a table of its own" if kinds == {True, False} else ""


def _shape(column: Column) -> dict[str, object]:
    """What the database knows of the field beside its type, in words and as it is."""
    return {
        "its column": column.column,
        "its NULLs": column.field.null,
        "its db_default": column.field.get("db_default"),
        "its primary key": column.is_primary_key,
        "its unique constraint": column.has_unique,
        "its index": column.is_indexed,
        "its foreign key": (column.is_constrained, column.target.table),
        "its collation": column.collation,
    }


def _index_difference(one: ModelState, other: ModelState) -> str:
    if {each.name for each in one.indexes} != {each.name for each in other.indexes}:
        return "differs in its indexes"
    if {each.name for each in one.constraints} != {each.name for each in other.constraints}:
        return "differs in its constraints"
    if _are_other(one.unique_together, other.unique_together):
        return "differs in unique_together"
    if _are_other(one.index_together, other.index_together):
        return "differs in index_together"
    return ""


def _are_other(one: Groups, other: Groups) -> bool:
    return not isinstance(one, Unknown) and not isinstance(other, Unknown) and {*one} != {*other}
