"""The questions that several families ask about a subject, each in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    UNKNOWN,
    USERS,
    AlterField,
    AlterModelTable,
    Body,
    Code,
    Field,
    ModelKey,
    RenameField,
    RenameModel,
    RunPython,
    RunSQL,
    SqlText,
    Unknown,
    walk,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import column_name
from flake8_django_migrations.plan.steps import Side
from flake8_django_migrations.rules.rule import once

if TYPE_CHECKING:
    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.migration import Migration, Operation, Place
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

ROW_WRITES: Final = frozenset({Kind.INSERT, Kind.UPDATE, Kind.DELETE})

ADDED_COLUMNS: Final = frozenset(
    {Kind.ADD_COLUMN, Kind.ADD_COLUMN_DEFAULT, Kind.ADD_COLUMN_VOLATILE}
    | {Kind.ADD_COLUMN_STORED, Kind.ADD_COLUMN_VIRTUAL, Kind.ADD_COLUMN_IDENTITY}
)

_UNIQUE: Final = frozenset({Kind.ADD_UNIQUE, Kind.ADD_PRIMARY_KEY})
_FILLS_ANY_COLUMN: Final = frozenset({"mysql", "mariadb"})
"""Where ADD COLUMN ... NOT NULL gives the rows that are there 0 or the empty string."""

_MOVES_ROWS: Final = re.compile(
    r"\b(select|insert|update|delete|merge|copy|do|call|execute)\b", re.IGNORECASE
)

_NUMBERED: Final = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
"""Django's field classes whose values the database gives."""

SMALL_BY_NATURE: Final = frozenset(
    {
        ModelKey("auth", "permission"),
        ModelKey("auth", "group"),
        ModelKey("contenttypes", "contenttype"),
        ModelKey("sites", "site"),
    }
)
"""Models that have few rows in any project."""

SMALL_TABLES: Final = frozenset(
    {"auth_permission", "auth_group", "django_content_type", "django_site"}
)
"""Their tables."""


@once
def on_database(subject: Subject) -> Iterator[Step]:
    """The steps that the database sees."""
    return (step for step in subject.steps if step.side is not Side.STATE)


@once
def way_back(subject: Subject) -> Iterator[Step]:
    """The steps that the database sees; none where one of them surely refuses to go back."""
    steps = tuple(on_database(subject))
    return iter(() if any(step.is_reversible is False for step in steps) else steps)


@once
def actions(subject: Subject) -> Iterator[tuple[Step, Action]]:
    """Every action on the way forwards with its step."""
    for step in on_database(subject):
        for action in step.forwards:
            yield step, action


def follows(step: Step, action: Action) -> bool:
    """Whether a foreign key's column changes only because the key that it points at does."""
    match step.operation:
        case AlterField(model_name=model, name=name):
            return (action.model, action.field) != (step.before.key(model), name)
        case _:
            return False


def is_idle(subject: Subject, step: Step, table: str) -> bool:
    """Whether too few rows are concerned to wait for, or none that anyone uses."""
    return not table or step.is_new(table) or subject.is_small(table)


def table_of(step: Step, model: ModelKey | Unknown) -> str | None:
    """The model's table where it exists at this step; None where that is not certain.

    A model of an app whose migrations are not on disk has Django's default table name, but for
    those of django.contrib that stay small in any project.
    """
    if isinstance(model, Unknown):
        return None
    if model.is_setting:
        return _table_by_setting(step, model)
    match step.before.find(model):
        case ModelState(table=str(table)):
            return table
        case Unknown.UNKNOWN if model.app_label != step.before.app_label:
            return None if model in SMALL_BY_NATURE else "_".join(model)
        case _:
            return None


def state_of(step: Step, model: ModelKey) -> ModelState | None:
    """The model in front of the step, or the one that stands for it as long as nothing is swapped."""
    label, _, name = model.model_name.lower().partition(".")
    found = step.before.find(ModelKey(label, name) if model.is_setting and name else model)
    return found if isinstance(found, ModelState) else None


def _table_by_setting(step: Step, model: ModelKey) -> str | None:
    """The table of a model that a setting names: that of the app's own, where it may be meant.

    Elsewhere it is the one that it has as long as nothing is swapped.
    """
    label, _, name = model.model_name.lower().partition(".")
    if name:
        return table_of(step, ModelKey(label, name))
    own = [
        each.table
        for each in step.before.models.values()
        if each.options.get("swappable") == model.model_name
        or (model == USERS and "last_login" in each.fields)
    ]
    if own:
        return own[0] if len(own) == 1 and isinstance(own[0], str) else None
    return "auth_user" if model == USERS else ".".join(model)


def field_of(step: Step, model_name: str, name: str) -> Field | None:
    """The field as the state has it in front of the step; None where it is not known."""
    model = step.before.model(model_name)
    if not isinstance(model, ModelState):
        return None
    field = model.find(name)
    return field if isinstance(field, Field) else None


def model_of(state: ProjectState, table: str) -> ModelState | None:
    """The model of this app that has the table, None where none is known to have it."""
    for model in state.models.values():
        if model.table == table and not model.is_doubtful and not model.options.get("proxy"):
            return model
    return None


def has_column(model: ModelState, column: str) -> bool | Unknown:
    """Whether one of the model's fields is that column; in doubt: UNKNOWN."""
    doubtful = model.is_doubtful
    for name, field in model.fields.items():
        known = column_name(name, field)
        if known == column:
            return True
        doubtful |= isinstance(known, Unknown) and column in {name, f"{name}_id"}
    return UNKNOWN if doubtful else False


def is_column(field: Field) -> bool:
    """Whether the field surely is a column that rows hold values in."""
    return field.is_many_to_many is False and not field.is_generated


def is_required(field: Field) -> bool:
    """Whether the column is surely NOT NULL and the database has no value of its own for it."""
    if field.class_name in _NUMBERED:
        return False
    return is_column(field) and field.null is False and field.has_db_default is False


def codes(operation: Operation) -> Iterator[Code]:
    """The functions of a RunPython, both ways, that do anything."""
    if isinstance(operation, RunPython):
        for code in (operation.code, operation.reverse_code):
            if isinstance(code, Code) and not code.is_noop:
                yield code


def body_of(code: Code | Unknown | None) -> Body | None:
    """What the function does, None where it is not known or nothing."""
    return code.body if isinstance(code, Code) and isinstance(code.body, Body) else None


@once
def forward_bodies(subject: Subject) -> Iterator[tuple[Step, RunPython, Code, Body]]:
    """Every data migration that was read, with its step."""
    for step in on_database(subject):
        operation = step.operation
        if isinstance(operation, RunPython) and isinstance(operation.code, Code):
            body = body_of(operation.code)
            if body is not None and not operation.code.is_noop:
                yield step, operation, operation.code, body


def by_place(met: Iterable[tuple[Place, str]]) -> Iterator[tuple[Place, str]]:
    """Each place once, with all that is met there: one helper may be called for many models."""
    places: dict[Place, list[str]] = {}
    for place, name in met:
        names = places.setdefault(place, [])
        if name not in names:
            names.append(name)
    for place, names in places.items():
        more = f" and {len(names) - 2} more" if len(names) > 3 else ""
        yield place, ", ".join(names[:2] if more else names) + more


@dataclass(frozen=True, slots=True)
class Sought:
    """A field as data migrations may name it: by all names that it and its model have had."""

    models: frozenset[ModelKey]
    names: frozenset[str]
    tables: frozenset[str]


def is_touched(operation: Operation, sought: Sought) -> bool:
    """Whether the operation moves rows and names the field; in doubt: True."""
    match operation:
        case RunPython(code=Code(is_noop=True)):
            return False
        case RunPython(code=code):
            body = body_of(code)
            return body is None or _body_touches(body, sought)
        case RunSQL(sql=sql):
            return isinstance(sql, Unknown) or _sql_touches(sql, sought)
        case _:
            return False


def _body_touches(body: Body, sought: Sought) -> bool:
    models = {*sought.models, UNKNOWN}
    return (
        _may_do_more(body, sought)
        or any(use.model in models and use.name in sought.names for use in body.uses)
        or any(
            write.model in models and sought.names.intersection(write.fields)
            for write in body.writes
        )
        or any(of in models and read in {*sought.names, "*"} for of, read in body.reads)
        or _sql_touches(body.sql, sought)
    )


def _may_do_more(body: Body, sought: Sought) -> bool:
    """Whether what was not read of the function may be about the model: it gets no other one."""
    asked = {get.model for get in body.gets}
    return not body.is_complete and (not asked or not asked.isdisjoint(sought.models))


def _sql_touches(texts: tuple[SqlText, ...], sought: Sought) -> bool:
    """Whether one of the texts moves rows and names both; a table that is only altered does not."""
    return any(
        isinstance(each.text, Unknown)
        or (
            any(table.lower() in each.text.lower() for table in sought.tables)
            and any(name.lower() in each.text.lower() for name in sought.names)
            and moves_rows(each)
        )
        for each in texts
    )


def moves_rows(text: SqlText) -> bool:
    """Whether the SQL may read or write rows; in doubt: True."""
    return isinstance(text.text, Unknown) or _MOVES_ROWS.search(text.text) is not None


def is_touched_before(
    subject: Subject,
    step: Step,
    model_name: str,
    name: str,
    earlier: Iterable[Migration] | None = None,
) -> bool:
    """Whether data was moved out of or into the field before this step; in doubt: True.

    All earlier migrations of the app are asked, or those that are given. SQL may move data and
    drop the column in one operation, so the step itself counts.
    """
    sought = sought_of(step, model_name, name)
    return sought is None or is_moved_before(subject, step, sought, earlier)


def sought_of(step: Step, model_name: str, name: str) -> Sought | None:
    """The field as data migrations may name it at the step; None where it is not known."""
    model = step.before.model(model_name)
    if not isinstance(model, ModelState) or isinstance(model.table, Unknown):
        return None
    field = model.fields.get(name)
    column = str(field.get("db_column") or name) if field is not None else name
    names = frozenset({name, f"{name}_id", column})
    return Sought(frozenset({model.key}), names, frozenset({model.table}))


def is_moved_before(
    subject: Subject, step: Step, sought: Sought, earlier: Iterable[Migration] | None = None
) -> bool:
    """The same question about what is sought, going back from the step through its renames."""
    if earlier is None:
        before = [*_earlier(subject)]
    else:
        before = [each for migration in earlier for each in _operations(subject, migration)]
    before += [each.operation for each in takewhile(lambda each: each is not step, subject.steps)]
    for operation in reversed([*before, step.operation]):
        if is_touched(operation, sought):
            return True
        sought = formerly(operation, sought)
    return False


@once
def _earlier(subject: Subject) -> Iterator[Operation]:
    for migration in subject.earlier:
        yield from _operations(subject, migration)


def _operations(subject: Subject, migration: Migration) -> Iterator[Operation]:
    """A migration's operations, after those of what it replaces: a squash forgets data steps."""
    for key in migration.replaces:
        original = subject.graph.migration(key)
        if original is not None:
            yield from walk(original.operations)
    yield from walk(migration.operations)


def formerly(operation: Operation, sought: Sought) -> Sought:
    """What is sought before the operation, which may have given it its name."""
    match operation:
        case RenameField(old_name=old, new_name=new) if new in sought.names:
            return replace(sought, names=sought.names | {old, f"{old}_id"})
        case RenameModel(old_name=old, new_name=new):
            labels = [key.app_label for key in sought.models if key.model_name == new.lower()]
            models = {ModelKey(label, old.lower()) for label in labels}
            tables = {"_".join(key) for key in models}
            return replace(sought, models=sought.models | models, tables=sought.tables | tables)
        case AlterModelTable(name=name) if any(
            key.model_name == name.lower() for key in sought.models
        ):
            tables = {"_".join(key) for key in sought.models}
            return replace(sought, tables=sought.tables | tables)
        case _:
            return sought


def label(action: Action) -> str:
    """What an action is on, as messages name it: the model's field, else table and column."""
    if action.model is not None and action.field:
        return f"{action.model.app_label}.{action.model.model_name}.{action.field}"
    return ".".join((action.table, *action.columns[:1]))


def refusal(subject: Subject, asked: Sequence[Action], action: Action) -> str:
    """Why the rows of a table refuse a new column; empty where they may not.

    ``asked`` are the actions that the new column is a part of.
    """
    fills = subject.database.vendor in _FILLS_ANY_COLUMN
    if action.kind is Kind.ADD_COLUMN and action.is_not_null and not fills:
        return "as NOT NULL without a default"
    has_one_value = action.kind is Kind.ADD_COLUMN_DEFAULT or (
        action.kind is Kind.ADD_COLUMN and action.is_not_null
    )
    is_unique = any(
        each.kind in _UNIQUE and (each.table, each.columns) == (action.table, action.columns)
        for each in asked
    )
    return "as unique with one value for all rows" if has_one_value and is_unique else ""
