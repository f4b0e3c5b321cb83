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
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found, spell

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Migration, Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

FieldName: TypeAlias = tuple[str, str]
"""A model's name in lower case and a field's."""

_NOT_NULL: Final = frozenset({Kind.SET_NOT_NULL, Kind.SET_NOT_NULL_PROVEN})

_RELEASES: Final = frozenset({Kind.DROP_COLUMN, Kind.DROP_NOT_NULL, Kind.SET_DEFAULT})

_DEFAULTS: Final = _RELEASES | {Kind.DROP_DEFAULT}


# A column that running code does not fill ------------------------------------------------


def required_column(subject: Subject) -> Iterator[Finding]:
    """A new NOT NULL column that the database itself cannot fill."""
    for step in questions.on_database(subject):
        if not step.forwards or step.is_new(step.forwards[0].table):
            continue
        match step.operation:
            case AddField(model_name=model, name=name, field=Field() as field, place=place):
                if questions.is_required(field):
                    yield found(place, column=f"{spell(step.before.key(model))}.{name}")
            case AlterOrderWithRespectTo(name=model, place=place):
                if any(action.kind in questions.ADDED_COLUMNS for action in step.forwards):
                    yield found(place, column=f"{spell(step.before.key(model))}._order")
            case RunSQL():
                for action in _required_in_sql(subject, step):
                    yield found(action.place, column=questions.label(action))
            case _:
                pass


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
    """A column or table dropped that the running code names."""
    drops = [
        (step, action)
        for step, action in questions.actions(subject)
        if action.kind in {Kind.DROP_TABLE, Kind.DROP_COLUMN} and _is_in_use(subject, step, action)
    ]
    deleted = {action.table for _step, action in drops if action.kind is Kind.DROP_TABLE}
    owners = {action.model for step, action in drops if isinstance(step.operation, DeleteModel)}
    for _step, action in drops:
        if action.kind is Kind.DROP_COLUMN:
            if action.table not in deleted:
                yield found(action.place, what=f"{action.table}.{action.columns[0]}")
        elif not action.field or action.model not in owners:
            yield found(action.place, what=f"table {action.table}")


def _is_in_use(subject: Subject, step: Step, action: Action) -> bool:
    """Whether the models of the running code have what the action takes away.

    What Django takes away is in the state; what SQL takes away may be nobody's.
    """
    column = action.columns[0] if action.columns else ""
    if step.is_new_column(action.table, column):
        return False
    is_sql = isinstance(step.operation, RunSQL)
    running = subject.running
    model = questions.model_of(running, action.table)
    if model is None or not column:
        owner = running.models.get(action.model) if action.model is not None else None
        is_of_model = owner is not None and not owner.is_doubtful
        return model is not None or is_of_model or not is_sql
    is_modelled = questions.has_column(model, column)
    return is_modelled is True if is_sql else is_modelled is not False


def renamed_in_use(subject: Subject) -> Iterator[Finding]:
    """A column or table renamed that the running code names."""
    for step in questions.on_database(subject):
        renames = [
            action
            for action in step.forwards
            if action.kind in {Kind.RENAME_TABLE, Kind.RENAME_COLUMN}
            and _is_in_use(subject, step, action)
            and not _keeps_view(subject, action)
        ]
        # One operation of Django's is one finding, whatever else follows the new name.
        for action in renames if isinstance(step.operation, RunSQL) else renames[:1]:
            column = action.columns[0] if action.columns else ""
            old = f"{action.table}.{column}" if column else f"table {action.table}"
            yield found(action.place, old=old, new=action.name)


def _keeps_view(subject: Subject, action: Action) -> bool:
    """Whether SQL leaves a view under the old name of the table."""
    return action.kind is Kind.RENAME_TABLE and any(
        "view" in words and action.table.lower() in words
        for _step, each in questions.actions(subject)
        for words in (each.sql.lower().replace('"', " ").replace(".", " ").split(),)
    )


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
