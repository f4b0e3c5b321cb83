"""8xx: schema and data apart, each in its place; state and database in step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.replay import run
from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    AddField,
    Body,
    Code,
    CreateModel,
    DeleteModel,
    FieldUse,
    GetModel,
    Holder,
    ModelKey,
    RemoveField,
    RenameField,
    RenameModel,
    RunPython,
    RunSQL,
    Unknown,
    Verb,
    walk,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.steps import Side
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.relations import leads_back
from flake8_django_migrations.rules.replacements import replacements
from flake8_django_migrations.rules.rule import Finding, found, spell

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Migration
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_TABLE_CHANGES: Final = frozenset({Kind.DROP_TABLE})
_NO_SCHEMA: Final = questions.ROW_WRITES | {
    Kind.CREATE_TABLE,
    Kind.TRUNCATE,
    Kind.LOCK_TABLE,
    Kind.TRIGGER,
    Kind.REFRESH_VIEW,
    Kind.SELECT,
    Kind.SET,
    Kind.TRANSACTION,
    Kind.NOT_IN_TRANSACTION,
    Kind.OTHER,
    Kind.UNREADABLE,
}
"""What leaves the schema of a table in use as it is."""
_NAMING: Final = frozenset({Verb.CREATE, Verb.UPDATE, Verb.BULK_UPDATE})
"""Writes whose names can only be fields of the model itself."""
_COLUMN_CHANGES: Final = questions.ADDED_COLUMNS | {Kind.DROP_COLUMN, Kind.RENAME_COLUMN}


def schema_with_data(subject: Subject) -> Iterator[Finding]:
    """Rows worked on in the migration that changes a table in use; a squash may be of both."""
    changed = "" if subject.migration.replaces else _changed_table(subject)
    for step in questions.on_database(subject) if changed else ():
        what = _data_work(subject, step)
        if what:
            yield found(step.operation.place, what=what, table=changed)


def _changed_table(subject: Subject) -> str:
    """The first table in use whose schema the migration changes."""
    for step, action in questions.actions(subject):
        if isinstance(step.operation, RunPython | CreateModel) or not action.table:
            continue
        if step.is_new(action.table) or action.kind in _NO_SCHEMA:
            continue
        is_sql = isinstance(step.operation, RunSQL)
        if is_sql and questions.model_of(step.before, action.table) is None:
            continue
        is_half_applied = not subject.database.can_rollback_ddl
        if is_half_applied or any(held.lock.blocks_writes for held in action.locks):
            return action.table
    return ""


def _data_work(subject: Subject, step: Step) -> str:
    """What works on rows here that were there before; a seed of a new table does not."""
    match step.operation:
        case RunPython(code=Code(is_noop=False, name=name, body=Body() as body)):
            return "" if _is_harmless(subject, step, body) else f"RunPython({name})"
        case RunPython(code=Code(is_noop=False, name=name)):
            return f"RunPython({name})"
        case RunSQL():
            rows = [each for each in step.forwards if each.kind in questions.ROW_WRITES]
            busy = [each for each in rows if not step.is_new(each.table)]
            return f"{busy[0].kind.value.upper()} in RunSQL" if busy else ""
        case _:
            return ""


def _is_harmless(subject: Subject, step: Step, body: Body) -> bool:
    """Whether it is not seen to touch rows, or only those of new tables and of tiny ones."""
    models = {*(each.model for each in body.writes), *(each.model for each in body.loops)}
    if any(questions.moves_rows(text) for text in body.sql):
        return False
    return all(_is_nobodys(subject, step, model) for model in models)


def _is_nobodys(subject: Subject, step: Step, model: ModelKey | Unknown) -> bool:
    """Whether the model's rows are no work: its table is new, or stays small in any project."""
    if model in questions.SMALL_BY_NATURE:
        return True
    table = questions.table_of(step, model)
    return table is not None and (step.is_new(table) or subject.is_small(table))


def data_before_schema(subject: Subject) -> Iterator[Finding]:
    """A model or field used by a data migration before it is made."""
    for step, code, use in _absent(subject):
        maker = _maker(subject, use)
        if maker is subject.migration:
            yield _say(code, use, when="is made further down")
        elif maker is not None:
            yield _say(code, use, when=f"only {maker.name} makes")
        elif _is_certain(step, code, use) and _remover(subject, use) is None:
            yield _say(code, use, when="is not in the state here")


def data_after_drop(subject: Subject) -> Iterator[Finding]:
    """A model or field used by a data migration after it was removed."""
    for _step, code, use in _absent(subject):
        gone = _remover(subject, use)
        if gone is not None and _maker(subject, use) is None:
            migration, verb = gone
            yield _say(code, use, migration=migration.name, verb=verb)


def _say(code: Code, use: GetModel | FieldUse, **words: str) -> Finding:
    function = code.name.rpartition(".")[2]
    if isinstance(use, GetModel):
        what, effect = spell(use.model), "LookupError"
    else:
        what = f"{spell(use.model)}.{_head(use)}"
        effect = "it fails or the value is lost"
    return found(use.place, function=function, what=what, effect=effect, **words)


def _head(use: FieldUse) -> str:
    """The model's own field in a lookup such as ``customer__name``."""
    return use.name.partition("__")[0]


def _is_certain(step: Step, code: Code, use: GetModel | FieldUse) -> bool:
    """Whether what no migration makes is surely missed: a model, or a field that is written.

    A query may mean a relation that another app makes; so may a field of a class not Django's
    bring further names with it.
    """
    body = questions.body_of(code)
    if isinstance(use, GetModel) or body is None:
        return isinstance(use, GetModel)
    model = step.before.models[use.model]
    others = [name for name, field in model.fields.items() if not field.is_django]
    is_written = any(
        write.model == use.model and use.name in write.fields and write.verb in _NAMING
        for write in body.writes
    )
    return is_written and not any(name in use.name for name in others)


def _absent(subject: Subject) -> Iterator[tuple[Step, Code, GetModel | FieldUse]]:
    """What the data migrations name and the state in front of them surely lacks."""
    for step in questions.on_database(subject):
        for code in questions.codes(step.operation):
            body = questions.body_of(code)
            if body is None:
                continue
            told: set[tuple[ModelKey, str]] = set()
            named: tuple[GetModel | FieldUse, ...] = (*body.gets, *body.uses, *_read(body))
            for use in named:
                name = use.name if isinstance(use, FieldUse) else ""
                if (use.model, name) not in told and _is_absent(step, use):
                    told.add((use.model, name))
                    yield step, code, use


def _read(body: Body) -> Iterator[FieldUse]:
    """The attributes of rows that it looks at; what it calls is a method, and no field."""
    called = {(each.model, each.name) for each in body.attributes if each.is_called}
    for each in body.attributes:
        is_field = each.holder is Holder.ROW and (each.model, each.name) not in called
        if is_field and isinstance(each.model, ModelKey):
            yield FieldUse(each.model, each.name, each.place, each.is_tried)


def _is_absent(step: Step, use: GetModel | FieldUse) -> bool:
    """Whether the state in front of the step surely lacks it; under its old name it is not there.

    Another app's migrations that nothing here depends on may have run by then, or not: a model
    of such an app is never surely absent. A function that catches the error is prepared for it.
    """
    state = step.before
    if use.is_tried or use.model.app_label != state.app_label or state.is_doubtful:
        return False
    model = state.models.get(use.model)
    if isinstance(use, GetModel) or model is None:
        return isinstance(use, GetModel) and model is None
    if {_head(use), _head(use).removesuffix("_id")} & model.fields.keys():
        return False
    return not (model.is_doubtful or _has_base(model) or leads_back(state, model, _head(use)))


def _has_base(model: ModelState) -> bool:
    """Whether another model may give it fields that its own state does not list."""
    if isinstance(model.bases, Unknown):
        return True
    return any(isinstance(base, str) for base in model.bases)


def _maker(subject: Subject, use: GetModel | FieldUse) -> Migration | None:
    """The migration not before this one that makes what is used."""
    for migration in (subject.migration, *subject.later):
        for operation in walk(migration.operations):
            match use, operation:
                case GetModel(), CreateModel(name=name) | RenameModel(new_name=name):
                    if _is_model(migration, name, use):
                        return migration
                case FieldUse(), AddField(model_name=model, name=name) | RenameField(
                    model_name=model, new_name=name
                ):
                    if _is_field(migration, model, name, use):
                        return migration
                case _:
                    pass
    return None


def _remover(subject: Subject, use: GetModel | FieldUse) -> tuple[Migration, str] | None:
    """The migration before the use, or this one, that took it away, and how."""
    for migration in (subject.migration, *reversed(subject.earlier)):
        for operation in walk(migration.operations):
            verb = "renamed" if isinstance(operation, RenameModel | RenameField) else "removed"
            match use, operation:
                case GetModel(), DeleteModel(name=name) | RenameModel(old_name=name):
                    if _is_model(migration, name, use):
                        return migration, verb
                case FieldUse(), RemoveField(model_name=model, name=name) | RenameField(
                    model_name=model, old_name=name
                ):
                    if _is_field(migration, model, name, use):
                        return migration, verb
                case _:
                    pass
    return None


def _is_model(migration: Migration, name: str, use: GetModel | FieldUse) -> bool:
    return ModelKey(migration.app_label, name.lower()) == use.model


def _is_field(migration: Migration, model: str, name: str, use: FieldUse) -> bool:
    return _is_model(migration, model, use) and _head(use) in {name, f"{name}_id"}


def move_in_one_migration(subject: Subject) -> Iterator[Finding]:
    """A column added, filled and its predecessor removed in one migration."""
    for each in replacements(subject):
        model, place = spell(each.model), each.step.operation.place
        yield found(place, model=model, added=each.added, removed=each.removed)


def state_not_told(subject: Subject) -> Iterator[Finding]:
    """A modelled column or table changed in the database alone."""
    changes = [
        action
        for step, action in questions.actions(subject)
        if isinstance(step.operation, RunSQL) or (step.is_nested and step.side is Side.DATABASE)
        if (action.columns and action.kind in _COLUMN_CHANGES) or action.kind in _TABLE_CHANGES
    ]
    final = run(subject.steps[0].before, subject.migration) if changes else None
    for index, action in enumerate(changes):
        model = questions.model_of(final, action.table) if final is not None else None
        if model is None or model.is_managed is not True:
            continue
        is_undone = any(_undoes(each, action) for each in changes[index + 1 :])
        if action.kind is Kind.DROP_TABLE and not is_undone and not _is_remade(subject, action):
            yield found(action.place, what=f"table {action.table}")
        elif action.columns and not is_undone and _differs(subject, model, action):
            yield found(action.place, what=f"column {action.table}.{action.columns[0]}")


def _is_remade(subject: Subject, action: Action) -> bool:
    """Whether a table takes the place of the one that is dropped."""
    kinds = {Kind.CREATE_TABLE, Kind.RENAME_TABLE}
    made = (each for _, each in questions.actions(subject) if each.kind in kinds)
    return any(action.table in {each.table, each.name} for each in made)


def _takes_away(action: Action) -> bool:
    return action.kind in {Kind.DROP_COLUMN, Kind.RENAME_COLUMN}


def _undoes(later: Action, action: Action) -> bool:
    """Whether a later statement takes the column away again, or puts it back."""
    if later.table != action.table or not later.columns:
        return False
    if _takes_away(action):
        return action.columns[0] in {later.name, *later.columns} and (
            later.kind is not Kind.DROP_COLUMN
        )
    return later.columns[0] == action.columns[0] and _takes_away(later)


def _differs(subject: Subject, model: ModelState, action: Action) -> bool:
    """Whether the action takes the table away from what the state says, now and later."""
    is_modelled = questions.has_column(model, action.columns[0])
    if _takes_away(action):
        return is_modelled is True
    return is_modelled is False and not any(
        isinstance(each, AddField)
        and each.model_name.lower() == model.name.lower()
        and action.columns[0] in {each.name, f"{each.name}_id"}
        for migration in subject.later
        for each in walk(migration.operations)
    )
