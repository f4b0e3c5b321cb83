"""What an operation makes of the state, as Django's ``state_forwards`` does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from flake8_django_migrations.history.renames import rename_field, rename_model
from flake8_django_migrations.history.state import ModelState, ProjectState, unseen
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddField,
    AddIndex,
    AlterConstraint,
    AlterField,
    AlterIndexTogether,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    Field,
    Index,
    Migration,
    OpaqueOperation,
    Operation,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
    RunSQL,
    SeparateDatabaseAndState,
    SqlText,
    Unknown,
    ValidateConstraint,
    Value,
    walk,
)

ALTER_OPTION_KEYS: Final = (
    "base_manager_name",
    "default_manager_name",
    "default_related_name",
    "get_latest_by",
    "managed",
    "ordering",
    "permissions",
    "default_permissions",
    "select_on_save",
    "verbose_name",
    "verbose_name_plural",
)
"""The options that AlterModelOptions takes away where it does not name them."""


def run(state: ProjectState, migration: Migration) -> ProjectState:
    """The state after a migration; doubtful where some of its operations were not read."""
    for operation in migration.operations:
        state = apply(state, operation)
    return state if migration.is_complete else state.doubt(None)


def apply(state: ProjectState, operation: Operation) -> ProjectState:
    """The state after an operation.

    A change to a model that surely does not exist changes nothing; one to a model that may
    exist tells that it is there, and all else about it stays in doubt.
    """
    match operation:
        case CreateModel():
            return state.put(_created(state.app_label, operation))
        case DeleteModel(name=name):
            return state.remove_model(name)
        case RenameModel(old_name=old_name, new_name=new_name):
            return rename_model(state, old_name, new_name)
        case RenameField(model_name=model_name, old_name=old_name, new_name=new_name):
            model = _find(state, model_name)
            return rename_field(state, model, old_name, new_name) if model else state
        case SeparateDatabaseAndState() | RunSQL():
            for each in operation.state_operations:
                state = apply(state, each)
            return _validated(state, _validations(operation))
        case OpaqueOperation(models=models):
            return state.doubt(models)
        case _:
            return _apply_to_fields(state, operation)


def _apply_to_fields(state: ProjectState, operation: Operation) -> ProjectState:
    match operation:
        case AddField(model_name=model, name=name, field=field, preserve_default=keep):
            return _change(state, model, lambda it: it.with_field(name, _kept(field, keep)))
        case AlterField(model_name=model, name=name, field=field, preserve_default=keep):
            return _change(state, model, lambda it: it.with_field(name, _kept(field, keep)))
        case RemoveField(model_name=model, name=name):
            return _change(state, model, lambda it: it.without_field(name))
        case _:
            return _apply_to_options(state, operation)


def _apply_to_options(state: ProjectState, operation: Operation) -> ProjectState:
    match operation:
        case AlterModelTable(name=model, table=table):
            return _change(state, model, lambda it: it.with_options(db_table=table))
        case AlterModelTableComment(name=model, table_comment=text):
            return _change(state, model, lambda it: it.with_options(db_table_comment=text))
        case AlterUniqueTogether(name=model, unique_together=groups):
            return _change(state, model, lambda it: it.with_options(unique_together=groups))
        case AlterIndexTogether(name=model, index_together=groups):
            return _change(state, model, lambda it: it.with_options(index_together=groups))
        case AlterOrderWithRespectTo(name=model, order_with_respect_to=field):
            return _change(state, model, lambda it: it.with_options(order_with_respect_to=field))
        case AlterModelOptions(name=model):
            return _change(state, model, lambda it: _with_meta(it, operation))
        case AlterModelManagers(name=model, managers=managers):
            return _change(state, model, lambda it: replace(it, managers=managers))
        case _:
            return _apply_to_indexes(state, operation)


def _apply_to_indexes(state: ProjectState, operation: Operation) -> ProjectState:
    match operation:
        case AddIndex(model_name=model, index=index):
            return _change(state, model, lambda it: replace(it, indexes=(*it.indexes, index)))
        case RemoveIndex(model_name=model, name=name):
            return _change(state, model, lambda it: _without_index(it, name))
        case RenameIndex(model_name=model):
            return _change(state, model, lambda it: _with_renamed_index(it, operation))
        case AddConstraint(model_name=model, constraint=added, not_valid=not_valid):
            added = replace(added, is_validated=not not_valid)
            return _change(
                state, model, lambda it: replace(it, constraints=(*it.constraints, added))
            )
        case ValidateConstraint(name=name):
            return _validated(state, frozenset({name}))
        case RemoveConstraint(model_name=model, name=name):
            return _change(state, model, lambda it: _without_constraint(it, name))
        case AlterConstraint(model_name=model):
            return _change(state, model, lambda it: _with_altered_constraint(it, operation))
        case _:
            # RunPython, extensions and collations: the database alone.
            return state


_VALIDATION: Final = re.compile(r'VALIDATE\s+CONSTRAINT\s+"?(\w+)', re.IGNORECASE)


def _validations(operation: Operation) -> frozenset[str]:
    """The constraints that an operation validates in the database, by SQL or by name."""
    names: set[str] = set()
    for each in walk((operation,)):
        match each:
            case ValidateConstraint(name=name):
                names.add(name)
            case RunSQL(sql=tuple(texts)):
                for part in texts:
                    if isinstance(part, SqlText) and isinstance(part.text, str):
                        names.update(_VALIDATION.findall(part.text))
            case _:
                pass
    return frozenset(names)


def _validated(state: ProjectState, names: frozenset[str]) -> ProjectState:
    """The state with the constraints of these names known to hold for every row."""
    for model in tuple(state.models.values()) if names else ():
        if any(each.name in names and not each.is_validated for each in model.constraints):
            constraints = tuple(
                replace(each, is_validated=each.is_validated or each.name in names)
                for each in model.constraints
            )
            state = state.put(replace(model, constraints=constraints))
    return state


def _find(state: ProjectState, name: str) -> ModelState | None:
    model = state.model(name)
    return unseen(state.app_label, name) if isinstance(model, Unknown) else model


def _change(
    state: ProjectState, name: str, change: Callable[[ModelState], ModelState]
) -> ProjectState:
    model = _find(state, name)
    return state.put(change(model)) if model else state


def _created(app_label: str, operation: CreateModel) -> ModelState:
    return ModelState(
        app_label=app_label,
        name=operation.name,
        fields=dict(operation.fields),
        options=operation.options,
        bases=operation.bases,
        managers=operation.managers,
        indexes=operation.indexes,
        constraints=operation.constraints,
        is_doubtful=not operation.is_complete,
    )


def _kept(field: Field | Unknown, preserve_default: bool) -> Field | Unknown:
    """The field as later migrations see it: a one-off default was for this one only."""
    if isinstance(field, Unknown) or preserve_default or "default" not in field.written.keywords:
        return field
    keywords = _without_default(field.keywords)
    custom = field.custom and replace(
        field.custom, keywords=_without_default(field.custom.keywords)
    )
    return replace(field, keywords=keywords, custom=custom)


def _without_default(keywords: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in keywords.items() if name != "default"}


def _with_meta(model: ModelState, operation: AlterModelOptions) -> ModelState:
    if isinstance(operation.options, Unknown):
        return model.with_options(**dict.fromkeys(ALTER_OPTION_KEYS, UNKNOWN))
    options = {**model.options, **operation.options}
    for key in ALTER_OPTION_KEYS:
        if key not in operation.options:
            options.pop(key, None)
    return replace(model, options=options)


def _without_index(model: ModelState, name: str) -> ModelState:
    return replace(model, indexes=tuple(each for each in model.indexes if each.name != name))


def _without_constraint(model: ModelState, name: str) -> ModelState:
    kept = tuple(each for each in model.constraints if each.name != name)
    return replace(model, constraints=kept)


def _with_altered_constraint(model: ModelState, operation: AlterConstraint) -> ModelState:
    constraints = tuple(
        operation.constraint if each.name == operation.name else each for each in model.constraints
    )
    return replace(model, constraints=constraints)


def _with_renamed_index(model: ModelState, operation: RenameIndex) -> ModelState:
    if operation.old_fields:
        return _with_named_index(model, operation.new_name, operation.old_fields)
    indexes = tuple(
        replace(each, name=operation.new_name) if each.name == operation.old_name else each
        for each in model.indexes
    )
    return replace(model, indexes=indexes)


def _with_named_index(model: ModelState, name: str, fields: tuple[str, ...]) -> ModelState:
    """The index of an ``index_together`` entry under a name of its own."""
    named = Index("django.db.models.Index", name, fields, {"fields": fields})
    model = replace(model, indexes=(*model.indexes, named))
    groups = model.index_together
    if isinstance(groups, Unknown) or "index_together" not in model.options:
        return model
    return model.with_options(index_together=tuple(each for each in groups if each != fields))
