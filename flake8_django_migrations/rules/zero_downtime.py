"""9xx: whether the code that is running now keeps working, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Final, TypeAlias

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddField,
    AlterField,
    AlterOrderWithRespectTo,
    Code,
    DeleteModel,
    Field,
    RemoveField,
    RunPython,
    RunSQL,
    Unknown,
    walk,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import column_name
from flake8_django_migrations.plan.steps import Side
from flake8_django_migrations.rules import evidence, questions, running
from flake8_django_migrations.rules.replacements import replacements
from flake8_django_migrations.rules.rule import Finding, found, spell

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Migration, Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

FieldName: TypeAlias = tuple[str, str]
"""A model's name in lower case and a field's."""

_CONSTANTS: Final = (str, int, float)
"""Values that the database can be given as a default of its own."""

_HAS_DB_DEFAULT: Final = (5, 0)
"""The Django that has ``db_default``."""

_NOT_NULL: Final = frozenset({Kind.SET_NOT_NULL, Kind.SET_NOT_NULL_PROVEN})

_RELEASES: Final = frozenset({Kind.DROP_COLUMN, Kind.DROP_NOT_NULL, Kind.SET_DEFAULT})

_DEFAULTS: Final = _RELEASES | {Kind.DROP_DEFAULT}


# A column that running code does not fill ------------------------------------------------


def required_column(subject: Subject) -> Iterator[Finding]:
    """A new NOT NULL column that the database itself cannot fill.

    Where rows that are there refuse it, nobody gets so far as to insert more.
    """
    for step in questions.on_database(subject):
        if not step.forwards or step.is_new(step.forwards[0].table):
            continue
        refused = [each for each in step.forwards if evidence.column_refusal(subject, step, each)]
        match step.operation:
            case AddField() if refused:
                pass
            case AddField(model_name=model, name=name, field=Field() as field, place=place):
                if questions.is_required(field):
                    column = f"{spell(step.before.key(model))}.{name}"
                    yield found(place, column=column, remedy=_remedy(subject, step.operation))
            case AlterOrderWithRespectTo(name=model, place=place):
                if any(action.kind in questions.ADDED_COLUMNS for action in step.forwards):
                    column = f"{spell(step.before.key(model))}._order"
                    yield found(place, column=column, remedy="let a DEFAULT stay on it")
            case RunSQL():
                required = _required_in_sql(subject, step)
                for action in (each for each in required if each not in refused):
                    column = questions.label(action)
                    yield found(action.place, column=column, remedy="let a DEFAULT stay on it")
            case _:
                pass


def _remedy(subject: Subject, operation: AddField) -> str:
    """What lets the running code go on: the default that new rows get anyway, else NULL."""
    is_kept = operation.preserve_default and subject.options.django >= _HAS_DB_DEFAULT
    if is_kept and isinstance(operation.field, Field) and _is_same_for_all(operation.field):
        return "give it a db_default"
    return "add it with null=True first"


def _is_same_for_all(field: Field) -> bool:
    """Whether its default is a value of its own, and not the key of a row that is looked up."""
    return field.is_foreign_key is False and isinstance(field.get("default"), _CONSTANTS)


def _required_in_sql(subject: Subject, step: Step) -> Iterator[Action]:
    """The columns that SQL adds NOT NULL, unless the table is new or a default stays."""
    dropped = {
        (action.table, *action.columns)
        for _step, action in questions.actions(subject)
        if action.kind is Kind.DROP_DEFAULT
    }
    for action in step.forwards:
        if action.kind not in questions.ADDED_COLUMNS or step.is_new(action.table):
            continue
        has_value = action.kind is not Kind.ADD_COLUMN
        if action.is_not_null and (not has_value or (action.table, *action.columns) in dropped):
            yield action


def three_steps_at_once(subject: Subject) -> Iterator[Finding]:
    """A column made NOT NULL in the deploy that adds it."""
    pending = [each for each in subject.earlier if each.key in (subject.pending or ())]
    for step in questions.on_database(subject):
        for action in step.forwards:
            if action.kind not in _NOT_NULL or step.is_new(action.table):
                continue
            name = _made_required(step, action)
            if name is None or _is_released(subject, action.table, action.columns[0]):
                continue
            added = _adder(subject, step, pending, name)
            if added is not None:
                column = f"{spell(step.before.key(name[0]))}.{name[1]}"
                name_of = "above" if added is subject.migration else added.name
                yield found(action.place, column=column, added=name_of)


def _made_required(step: Step, action: Action) -> FieldName | None:
    """The field that becomes NOT NULL without a value of the database's own."""
    match step.operation:
        case AlterField(model_name=model, name=name, field=Field() as field):
            return (model.lower(), name) if questions.is_required(field) else None
        case _:
            owner = questions.model_of(step.before, action.table)
            return _field_of_column(owner, action.columns[0]) if owner is not None else None


def _field_of_column(model: ModelState, column: str) -> FieldName | None:
    for name, field in model.fields.items():
        if column_name(name, field) == column and field.has_db_default is False:
            return model.name.lower(), name
    return None


def _adder(
    subject: Subject, step: Step, pending: Sequence[Migration], name: FieldName
) -> Migration | None:
    """The migration of this deploy that adds the column which the step makes NOT NULL."""
    for migration in pending:
        if any(_adds(each, name) for each in walk(migration.operations)):
            return migration
    here = takewhile(lambda each: each is not step, subject.steps)
    return subject.migration if any(_adds(each.operation, name) for each in here) else None


def _adds(operation: Operation, name: FieldName) -> bool:
    return isinstance(operation, AddField) and name == (
        operation.model_name.lower(),
        operation.name,
    )


# What running code names -----------------------------------------------------------------


def dropped_in_use(subject: Subject) -> Iterator[Finding]:
    """A column or table dropped that the running code names, unless a move in one tells of it."""
    told = {id(each.step) for each in replacements(subject)}
    drops = [
        (step, action)
        for step, action in questions.actions(subject)
        if action.kind in {Kind.DROP_TABLE, Kind.DROP_COLUMN}
        and id(step) not in told
        and running.is_in_use(subject, step, action)
    ]
    deleted = {action.table for _step, action in drops if action.kind is Kind.DROP_TABLE}
    owners = {action.model for step, action in drops if isinstance(step.operation, DeleteModel)}
    for _step, action in drops:
        if action.kind is Kind.DROP_COLUMN:
            if action.table not in deleted:
                yield found(action.place, what=f"{action.table}.{action.columns[0]}")
        elif not action.field or action.model not in owners:
            yield found(action.place, what=f"table {action.table}")


def renamed_in_use(subject: Subject) -> Iterator[Finding]:
    """A column or table renamed that the running code names."""
    for step in questions.on_database(subject):
        renames = running.renames(subject, step)
        # One operation of Django's is one finding, whatever else follows the new name.
        for action in renames if isinstance(step.operation, RunSQL) else renames[:1]:
            column = action.columns[0] if action.columns else ""
            old = f"{action.table}.{column}" if column else f"table {action.table}"
            yield found(action.place, old=old, new=action.name)


# What new code no longer names -----------------------------------------------------------


def forgotten_required_column(subject: Subject) -> Iterator[Finding]:
    """A required column that the state forgets and the database keeps.

    What Python does to the schema cannot be seen, so nothing is said beside it.
    """
    if any(any(questions.codes(step.operation)) for step in subject.steps):
        return
    for step in subject.steps:
        operation = step.operation
        if step.side is not Side.STATE or not isinstance(operation, RemoveField):
            continue
        field = questions.field_of(step, operation.model_name, operation.name)
        model = step.before.model(operation.model_name)
        if field is None or not isinstance(model, ModelState) or isinstance(model.table, Unknown):
            continue
        column = column_name(operation.name, field)
        if isinstance(column, Unknown) or step.is_new_column(model.table, column):
            continue
        owner = questions.model_of(subject.steps[-1].after, model.table)
        if owner is None or questions.has_column(owner, column) is not False:
            continue
        if questions.is_required(field) and not _is_released(subject, model.table, column):
            yield found(operation.place, column=f"{spell(model.key)}.{operation.name}")


def _is_released(subject: Subject, table: str, column: str) -> bool:
    """Whether inserts may leave the column out from now on; in doubt: True.

    Django sets a default for the time of a change, and drops it again.
    """
    last = None
    for _step, action in questions.actions(subject):
        if action.kind is Kind.UNREADABLE:
            return True
        if action.kind in _DEFAULTS and action.table == table and column in action.columns:
            last = action.kind
    if last in _RELEASES:
        return True
    earlier = (each for migration in subject.earlier for each in walk(migration.operations))
    here = (step.operation for step in subject.steps if isinstance(step.operation, RunPython))
    return any(_may_release(each, table, column) for each in (*earlier, *here))


def _may_release(operation: Operation, table: str, column: str) -> bool:
    """Whether SQL that is no action of this migration may give the column a default, or free it."""
    match operation:
        case RunPython(code=Code(is_noop=True)):
            return False
        case RunPython(code=code):
            body = questions.body_of(code)
            texts = body.sql if body is not None else UNKNOWN
        case RunSQL(sql=texts):
            pass
        case _:
            return False
    if isinstance(texts, Unknown):
        return True
    return any(
        isinstance(each.text, Unknown)
        or (table in each.text.lower() and column in each.text.lower())
        for each in texts
    )
