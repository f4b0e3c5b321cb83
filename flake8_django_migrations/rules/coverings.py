"""Which indexes a model's table has as its state tells, and what each can answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, Constraint, Index, Unknown
from flake8_django_migrations.plan.columns import Column, column_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.history.state import ModelState
    from flake8_django_migrations.migration import Field

_BTREES: Final = frozenset({"django.db.models.Index", "django.contrib.postgres.indexes.BTreeIndex"})
_WITH_PATTERNS: Final = frozenset(
    {"CharField", "FileField", "FilePathField", "SlugField", "TextField"}
)
"""Fields of text: on PostgreSQL they bring a second index, for LIKE, that nothing else repeats."""
_UNIQUE: Final = "UniqueConstraint"
_NOT_PLAIN: Final = frozenset(
    {"condition", "include", "opclasses", "expressions", "deferrable", "nulls_distinct"}
)


@dataclass(frozen=True, slots=True)
class Covering:
    """An index on plain columns: those columns in order, and what makes it, as messages say it.

    ``name`` is empty for one that a field or an option brings.
    """

    columns: tuple[str, ...]
    what: str
    name: str = ""
    is_unique: bool = False
    is_declared: bool = True
    """Whether somebody asked for this index and no more; a foreign key brings one unasked."""


def coverings(model: ModelState) -> tuple[Covering, ...]:
    """The indexes of the model's table that any query on their first columns can use."""
    return tuple(unlike(model, None))


def named(model: ModelState, name: str) -> list[Covering]:
    """The index of that name, if it is one on plain columns."""
    return [each for each in coverings(model) if each.name == name]


def unlike(model: ModelState, before: ModelState | None) -> Iterator[Covering]:
    """The same, without those of fields that a model from before has as they are."""
    old = before.fields if before else {}
    for name, field in model.fields.items():
        if old.get(name) is not field:
            yield from _of_field(name, field)
    for option, groups in (
        ("unique_together", model.unique_together),
        ("index_together", model.index_together),
    ):
        for group in () if isinstance(groups, Unknown) else groups:
            columns = _columns(model, group)
            if columns:
                yield Covering(
                    columns,
                    f"{option} ({', '.join(group)})",
                    is_unique=option == "unique_together",
                )
    listed: tuple[Index | Constraint, ...] = (*model.indexes, *model.constraints)
    for each in listed:
        columns = _columns(model, _plain(each))
        if columns and isinstance(each.name, str):
            kind = "constraint" if isinstance(each, Constraint) else "index"
            yield Covering(columns, f"{kind} {each.name}", each.name, kind == "constraint")


def _of_field(name: str, field: Field) -> Iterator[Covering]:
    """What the field itself brings: a unique one no second index."""
    column = column_name(name, field)
    if isinstance(column, Unknown):
        return
    known = Column(name=name, column=column, field=field, type=UNKNOWN)
    if known.is_unique:
        what = "the primary key" if known.is_primary_key else "the unique field"
        declared = known.field.flag("unique") is True and not known.is_relation
        yield Covering((column,), f"{what} {name}", is_unique=True, is_declared=declared)
    elif known.is_indexed:
        what = "the foreign key" if known.is_relation else "db_index of"
        has_more = known.is_relation or known.internal in _WITH_PATTERNS
        yield Covering((column,), f"{what} {name}", is_declared=not has_more)


def _plain(each: Index | Constraint) -> tuple[str, ...]:
    """The fields of an index without anything but them, in ascending order; none of any other."""
    special = [value for key, value in each.keywords.items() if key in _NOT_PLAIN]
    is_other = any(value is not None and value != () for value in special)
    is_kind = each.path in _BTREES if isinstance(each, Index) else each.class_name == _UNIQUE
    if is_other or not is_kind or isinstance(each.fields, Unknown):
        return ()
    return () if any(name.startswith("-") for name in each.fields) else each.fields


def _columns(model: ModelState, names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of the fields; none where one of them is not known."""
    found = [
        column_name(name, model.fields[name]) if name in model.fields else None for name in names
    ]
    known = tuple(each for each in found if isinstance(each, str))
    return known if len(known) == len(found) else ()
