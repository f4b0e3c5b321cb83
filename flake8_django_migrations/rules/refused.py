"""8xx: operations that Django or the database refuses, whatever rows there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    AddField,
    AddIndex,
    AlterField,
    AlterIndexTogether,
    Construct,
    Field,
    RemoveField,
    RemoveIndex,
    RenameIndex,
    Unknown,
    Value,
    walk,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import has_column
from flake8_django_migrations.rules import evidence, expressions, questions, raw_sql_refused
from flake8_django_migrations.rules.hanging import generated
from flake8_django_migrations.rules.rule import Finding, found
from flake8_django_migrations.rules.views import views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_VALUE_ERROR: Final = "ValueError"
_NO_SECOND_KEY: Final = frozenset({"postgresql", "mysql", "mariadb"})
"""Databases that do not let Django swap the primary key by making the table anew."""


class _Refusal(NamedTuple):
    """What is refused, with which error, and what to do."""

    what: str
    error: str
    remedy: str


def refused_operation(subject: Subject) -> Iterator[Finding]:
    """An operation that fails on every database that it reaches."""
    for step in questions.on_database(subject):
        refusal = _refusal(subject, step)
        if refusal is not None:
            place = step.operation.place
            what, error, remedy = refusal
            yield found(place, what=what, error=error, remedy=remedy)
    for place, what, error, remedy in raw_sql_refused.refusals(subject):
        yield found(place, what=what, error=error, remedy=remedy)


def _refusal(subject: Subject, step: Step) -> _Refusal | None:
    operation = step.operation
    match operation:
        case AlterField(field=Field() as new):
            model = evidence.managed_model(step, operation.model_name)
            old = model.find(operation.name) if model is not None else None
            if model is None or not isinstance(old, Field):
                return None
            return _of_kind(operation, old, new) or (
                _of_generated(model, operation, old, new)
                or _second_key(subject, model, operation, old)
                or _of_source(subject, step, model, operation)
            )
        case AddField(field=Field()):
            model = evidence.managed_model(step, operation.model_name)
            return _second_key(subject, model, operation, None) if model is not None else None
        case RemoveField():
            model = evidence.managed_model(step, operation.model_name)
            return _of_source(subject, step, model, operation) if model is not None else None
        case RenameIndex(old_fields=tuple()):
            model = evidence.managed_model(step, operation.model_name)
            return _rename_index(subject, model, operation) if model is not None else None
        case _:
            return None


# Many-to-many fields ----------------------------------------------------------------------


def _of_kind(operation: AlterField, old: Field, new: Field) -> _Refusal | None:
    """A column turned into a table, or a table of Django's own into a model's."""
    name = f"{operation.model_name.lower()}.{operation.name}"
    sides = tuple(each.is_django and each.is_many_to_many is True for each in (old, new))
    if all(sides):
        had, has = (each.get("through") for each in (old, new))
        if had is None and isinstance(has, str):
            return _Refusal(
                f"giving {name} a through model", _VALUE_ERROR, "use SeparateDatabaseAndState"
            )
        if isinstance(had, str) and has is None:
            return _Refusal(
                f"taking the through model from {name}", _VALUE_ERROR, "remove and add the field"
            )
        return None
    if any(sides) and any(has_column(each) is True for each in (old, new)):
        what = f"turning {name} {'from' if sides[0] else 'into'} a many-to-many field"
        return _Refusal(what, _VALUE_ERROR, "add a new field and remove the old one")
    return None


# Generated columns ------------------------------------------------------------------------


def _of_generated(
    model: ModelState, operation: AlterField, old: Field, new: Field
) -> _Refusal | None:
    """Another expression, another way to keep it, or a column that becomes or stops being one."""
    if not (old.is_generated or new.is_generated) or not (old.is_django and new.is_django):
        return None
    if old.is_generated is new.is_generated and not _is_redefined(model, old, new):
        return None
    name = f"{operation.model_name.lower()}.{operation.name}"
    what = f"changing the generated column {name}"
    if old.is_generated is not new.is_generated:
        what = f"turning {name} {'from' if old.is_generated else 'into'} a generated column"
    return _Refusal(what, _VALUE_ERROR, "remove it and add it again")


_NEW_TYPES: Final = frozenset({Kind.ALTER_TYPE, Kind.WIDEN_TYPE})


def _of_source(
    subject: Subject, step: Step, model: ModelState, operation: AlterField | RemoveField
) -> _Refusal | None:
    """A column that others are worked out from: PostgreSQL keeps its type, and the column."""
    if subject.database.vendor != "postgresql":
        return None
    name = f"{operation.model_name.lower()}.{operation.name}"
    for action in step.forwards:
        is_retyped = action.kind in _NEW_TYPES and action.old_type != action.new_type
        is_refused = action.kind is Kind.DROP_COLUMN and not action.is_cascade
        what = f"a new type for {name}" if is_retyped else f"removing {name}"
        user = _user(subject, step, model, action) if is_retyped or is_refused else ""
        if user:
            return _Refusal(what, f"used by {user}", "drop that first, make it anew after")
    return None


def _user(subject: Subject, step: Step, model: ModelState, action: Action) -> str:
    """The generated column or the view that is made of the column; empty if none surely is."""
    if questions.follows(step, action):
        return ""
    table = str(model.table)
    here = tuple(walk(subject.migration.operations))
    for made in generated(model, action.field):
        if not evidence.may_name(here, table, made.lower()):
            return f"generated column {made}"
    view = next(views(subject, step, table, action.columns[0]), "")
    return f"view {view}" if view else ""


def _is_redefined(model: ModelState, old: Field, new: Field) -> bool:
    persisted = [each.get("db_persist") for each in (old, new)]
    if all(isinstance(each, bool) for each in persisted) and persisted[0] is not persisted[1]:
        return True
    first, second = (each.get("expression") for each in (old, new))
    if first == second or not (expressions.is_known(first) and expressions.is_known(second)):
        return False
    return _names_no_field(model, first) or expressions.terms(first) != expressions.terms(second)


def _names_no_field(model: ModelState, expression: Value) -> bool:
    """Whether a field was renamed from under it: Django cannot write the old SQL any more."""
    known = {*model.fields, *(f"{name}_id" for name in model.fields), "pk"}
    named = set(expressions.names(expression))
    return isinstance(expression, Construct) and not named <= known


# Primary keys -----------------------------------------------------------------------------


def _second_key(
    subject: Subject, model: ModelState, operation: AddField | AlterField, old: Field | None
) -> _Refusal | None:
    """A primary key beside the one that is there."""
    field, key = operation.field, model.primary_key
    if isinstance(field, Unknown) or isinstance(key, Unknown):
        return None
    if field.flag("primary_key") is not True or has_column(field) is not True:
        return None
    name, _ = key
    was_key = old is not None and old.flag("primary_key") is not False
    if name == operation.name or was_key or subject.database.vendor not in _NO_SECOND_KEY:
        return None
    table = str(model.table)
    if any(
        evidence.may_name(evidence.past(subject), table, word) for word in ("constraint", "primary")
    ):
        return None
    return _Refusal(
        f"a second primary key {table}.{operation.name}",
        "multiple primary keys",
        f"remove {name} first",
    )


# RenameIndex ------------------------------------------------------------------------------


def _rename_index(subject: Subject, model: ModelState, operation: RenameIndex) -> _Refusal | None:
    """An index to be found by its fields, where the table has none or several."""
    fields = operation.old_fields or ()
    count = _count(model, fields)
    if count is None or count == 1 or len(fields) < 2:
        return None
    if count == 0 and _may_be_there(subject, str(model.table)):
        return None
    what = f"RenameIndex(old_fields=({', '.join(fields)})) with {count or 'no'} such "
    what += "indexes" if count else "index"
    return _Refusal(what, _VALUE_ERROR, "use old_name or AddIndex")


_NO_INDEX: Final = frozenset({"CheckConstraint", "UniqueConstraint"})
"""Constraints that Django does not take for an index when it looks for one."""


def _count(model: ModelState, fields: tuple[str, ...]) -> int | None:
    """How many indexes on the fields the table has as far as the state tells; None in doubt."""
    groups = model.index_together
    is_vague = any(isinstance(each.fields, Unknown) for each in model.indexes)
    has_others = any(each.class_name not in _NO_INDEX for each in model.constraints)
    if isinstance(groups, Unknown) or is_vague or has_others:
        return None
    listed = [each.fields for each in model.indexes if isinstance(each.fields, tuple)]
    plain = [tuple(name.removeprefix("-") for name in each) for each in listed]
    return [*groups, *plain].count(fields)


def _may_be_there(subject: Subject, table: str) -> bool:
    """Whether SQL may have made the index, or only the state may have forgotten it."""
    past = tuple(evidence.past(subject))
    if evidence.may_name(past, table, "index"):
        return True
    nested = (
        each
        for migration in (*subject.earlier, subject.migration)
        for outer in migration.operations
        for each in tuple(walk((outer,)))[1:]
    )
    return any(
        isinstance(each, AlterIndexTogether | RemoveIndex | AddIndex | RenameIndex)
        for each in nested
    )
