"""What follows from a new name: the fields of the app that referred to the old one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flake8_django_migrations.history.state import ModelState, ProjectState, unseen
from flake8_django_migrations.migration import (
    Field,
    ModelKey,
    Operation,
    RenameField,
    RenameModel,
    RunSQL,
    SeparateDatabaseAndState,
    Unknown,
    Value,
)

_RELATIONS: Final = ("to", "through")
_TOGETHER: Final = ("index_together", "unique_together")
_OWN_NAMES: Final = ("from_fields", "field_names")
"""Keywords that list fields of the model itself: ForeignObject's, CompositePrimaryKey's."""


def rename_model(state: ProjectState, old_name: str, new_name: str) -> ProjectState:
    """The state after ``RenameModel``: the app's fields that named the model follow.

    Bases keep the old name, as in Django; fields of other apps follow in ``follow_elsewhere``.
    """
    model = state.model(old_name)
    if model is None:
        return state
    if isinstance(model, Unknown):
        model = unseen(state.app_label, old_name)
    old, new = model.key, state.key(new_name)
    models = {
        key: _follow_model(state, each, old, new_name)
        for key, each in state.models.items()
        if key not in {old, new}
    }
    models[new] = replace(_follow_model(state, model, old, new_name), name=new_name)
    renamed = state.renamed if old == new else {**state.renamed, old: new}
    return replace(state, models=models, renamed=renamed)


def follow_elsewhere(
    state: ProjectState, app_label: str, operations: tuple[Operation, ...]
) -> ProjectState:
    """The state after another app's operations: what refers to a model or field there follows."""
    for operation in operations:
        match operation:
            case RenameModel(old_name=old_name, new_name=new_name):
                old = ModelKey(app_label, old_name.lower())
                for model in tuple(state.models.values()):
                    state = state.put(_follow_model(state, model, old, new_name))
            case RenameField(model_name=name, old_name=old_name, new_name=new_name):
                target = ModelKey(app_label, name.lower())
                for model in tuple(state.models.values()):
                    state = _follow_field(state, model, target, old_name, new_name)
            case SeparateDatabaseAndState() | RunSQL():
                state = follow_elsewhere(state, app_label, operation.state_operations)
            case _:
                pass
    return state


def referred_apps(state: ProjectState) -> frozenset[str]:
    """The other apps that fields of this one refer to by name."""
    targets = (
        field.keywords.get(relation)
        for model in state.models.values()
        for field in model.fields.values()
        for relation in _RELATIONS
    )
    labels = {each.partition(".")[0] for each in targets if isinstance(each, str) and "." in each}
    return frozenset(labels - {state.app_label})


def _follow_model(
    state: ProjectState, model: ModelState, old: ModelKey, new_name: str
) -> ModelState:
    target = f"{old.app_label}.{new_name}"
    changed: dict[str, Field] = {}
    for name, field in model.fields.items():
        relations = [
            each
            for each in _RELATIONS
            if field.keywords.get(each, "self") != "self"
            and state.resolve(field.keywords[each], model.name) == old
        ]
        if relations:
            changed[name] = field.with_keywords(dict.fromkeys(relations, target))
    return replace(model, fields={**model.fields, **changed}) if changed else model


def rename_field(
    state: ProjectState, model: ModelState, old_name: str, new_name: str
) -> ProjectState:
    """The state after ``RenameField``: what names it in Meta and in foreign keys follows.

    As in Django, indexes, constraints and ``order_with_respect_to`` keep the old name: other
    operations change them.
    """
    fields = dict(model.fields)
    if old_name in fields:
        fields[new_name] = fields.pop(old_name)
    together = {
        option: _renamed(model.options[option], old_name, new_name)
        for option in _TOGETHER
        if option in model.options
    }
    renamed = replace(
        model,
        fields={name: _follow_own(field, old_name, new_name) for name, field in fields.items()},
        options={**model.options, **together},
    )
    state = state.put(renamed)
    for each in tuple(state.models.values()):
        state = _follow_field(state, each, model.key, old_name, new_name)
    return state


def _follow_own(field: Field, old_name: str, new_name: str) -> Field:
    lists = {
        keyword: _renamed(field.keywords[keyword], old_name, new_name)
        for keyword in _OWN_NAMES
        if keyword in field.keywords
    }
    return field.with_keywords(lists) if lists else field


def _follow_field(
    state: ProjectState, model: ModelState, target: ModelKey, old_name: str, new_name: str
) -> ProjectState:
    changed = {
        name: field.with_keywords({"to_field": new_name})
        for name, field in model.fields.items()
        if field.keywords.get("to_field") == old_name
        and state.resolve(field.keywords.get("to"), model.name) == target
    }
    if not changed:
        return state
    return state.put(replace(model, fields={**model.fields, **changed}))


def _renamed(value: Value, old_name: str, new_name: str) -> Value:
    """A name, or names in groups to any depth, with the new name for the old."""
    match value:
        case str(name):
            return new_name if name == old_name else name
        case tuple(names):
            return tuple(_renamed(name, old_name, new_name) for name in names)
        case _:
            return value
