"""AlterField, RenameField and RenameModel, with all that points at what they change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import UNKNOWN, Field, Unknown
from flake8_django_migrations.plan.actions import Action
from flake8_django_migrations.plan.alter import statements_of
from flake8_django_migrations.plan.alteration import Alteration
from flake8_django_migrations.plan.columns import Column, column_of
from flake8_django_migrations.plan.differences import m2m_should_be_altered, should_be_altered
from flake8_django_migrations.plan.editor import Editor
from flake8_django_migrations.plan.relations import (
    Relation,
    neighbours,
    pointing_states,
    relations,
)
from flake8_django_migrations.plan.remakes import remade
from flake8_django_migrations.plan.tables import rename_table
from flake8_django_migrations.plan.through import Through, create_through, through_of

_DEPTH: Final = 8


def alter_field(
    editor: Editor,
    models: tuple[ModelState, ModelState],
    names: tuple[str, str],
    fields: tuple[Field | Unknown | None, Field | Unknown | None],
    states: tuple[ProjectState, ProjectState],
) -> tuple[Action, ...]:
    """What turns the first field into the second; nothing where either is not certain."""
    old_model, new_model = models
    old_field, new_field = fields
    if not isinstance(old_field, Field) or not isinstance(new_field, Field):
        return ()
    if old_field.is_many_to_many is True and new_field.is_many_to_many is True:
        return _alter_many_to_many(editor, models, names, (old_field, new_field), states)
    old = column_of(names[0], old_field, states[0], old_model, editor.database)
    new = column_of(names[1], new_field, states[1], new_model, editor.database)
    table = old_model.table
    if old is None or new is None or isinstance(table, Unknown):
        return ()
    if not _is_allowed(old_field, new_field):
        return ()
    if not should_be_altered(old, new, editor.django):
        return ()
    alteration = Alteration(editor=editor, table=table, old=old, new=new, model=old_model)
    if alteration.asks_for_type:
        found = neighbours(editor, states[0], old_model, old)
        alteration = replace(alteration, neighbours=found)
    if alteration.reaches_incoming:
        incoming = _incoming(editor, models, names, states, _DEPTH)
        alteration = replace(alteration, incoming=incoming)
    return statements_of(alteration)


def _is_allowed(old: Field, new: Field) -> bool:
    """Whether Django does not refuse it: what a generated column says cannot be changed."""
    if not old.is_generated and not new.is_generated:
        return True
    words = ("expression", "db_persist")
    return old.is_generated and new.is_generated and all(old.get(w) == new.get(w) for w in words)


def _incoming(
    editor: Editor,
    models: tuple[ModelState, ModelState],
    names: tuple[str, str],
    states: tuple[ProjectState, ProjectState],
    depth: int,
) -> tuple[tuple[Relation, Relation], ...]:
    """The foreign keys that point at the column, and those that point at them."""
    after = {
        (relation.table, relation.column.name): relation
        for relation in relations(editor, states[1], models[1])
    }
    pairs: list[tuple[Relation, Relation]] = []
    for old in relations(editor, states[0], models[0]):
        new = after.get((old.table, old.column.name))
        if new is None or not old.leads_to(models[0], names[0]):
            continue
        pairs.append((old, new))
        if depth and old.through is None and old.model.key != models[0].key:
            nested = (old.column.name, new.column.name)
            inner = (old.model, new.model)
            pairs += _incoming(editor, inner, nested, states, depth - 1)
    return tuple(pairs)


def _alter_many_to_many(
    editor: Editor,
    models: tuple[ModelState, ModelState],
    names: tuple[str, str],
    fields: tuple[Field, Field],
    states: tuple[ProjectState, ProjectState],
) -> tuple[Action, ...]:
    """The table renamed and its foreign keys turned, where both tables are Django's own."""
    if not m2m_should_be_altered(names[0], fields[0], names[1], fields[1]):
        return ()
    return turn_through(editor, models, names, fields, states)


def turn_through(
    editor: Editor,
    models: tuple[ModelState, ModelState],
    names: tuple[str, str],
    fields: tuple[Field | Unknown, Field | Unknown],
    states: tuple[ProjectState, ProjectState],
) -> tuple[Action, ...]:
    """Django's ``_alter_many_to_many``: the table's name, then both of its foreign keys."""
    database = editor.database
    old = through_of(names[0], fields[0], states[0], models[0], database)
    new = through_of(names[1], fields[1], states[1], models[1], database)
    if old is None or new is None:
        return ()
    if editor.is_sqlite:
        return _turned_anew(editor, old, new)
    actions = list(rename_table(editor, old.table, new.table))
    for first, second in ((old.target, new.target), (old.source, new.source)):
        if first.column and second.column:
            actions += _turn(editor, (old.table, new.table), first, second)
    return tuple(actions)


def _turned_anew(editor: Editor, old: Through, new: Through) -> tuple[Action, ...]:
    """SQLite's table written anew, where it has another name: made, filled, the old one dropped."""
    if old.table == new.table:
        return (remade(editor, old.table),)
    renamed = rename_table(editor, old.table, new.table)
    _, *later = create_through(editor, new)
    return (*(replace(each, is_remade=True) for each in renamed), *later)


def _turn(editor: Editor, tables: tuple[str, str], old: Column, new: Column) -> tuple[Action, ...]:
    """A foreign key made to point at the same rows under another name."""
    if not should_be_altered(old, new, editor.django):
        return ()
    former, table = tables
    turned = Alteration(editor=editor, table=table, old=old, new=new, former=former)
    return statements_of(turned)


def rename_model(
    editor: Editor,
    models: tuple[ModelState, ModelState],
    states: tuple[ProjectState, ProjectState],
) -> tuple[Action, ...]:
    """The table renamed, every foreign key to it made again, many-to-many columns renamed."""
    old_model, new_model = models
    actions = list(rename_table(editor, old_model.table, new_model.table))
    before, after = (pointing_states(*each) for each in zip(states, models, strict=True))
    for pair in zip(before, after, strict=False):
        actions += _turn_keys(editor, models, pair)
    for name, field in old_model.fields.items():
        if not _points_at(field, old_model, old_model, states[0]):
            on_field = editor.on(new_model.key, name)
            fields = (field, new_model.fields.get(name, UNKNOWN))
            actions += turn_through(on_field, models, (name, name), fields, states)
    return tuple(actions)


def _turn_keys(
    editor: Editor,
    models: tuple[ModelState, ModelState],
    states: tuple[ProjectState, ProjectState],
) -> Iterator[Action]:
    """The foreign keys and many-to-many fields of one app that lead to the renamed model."""
    old_model, new_model = models
    for other in states[0].models.values():
        renamed = new_model if other.key == old_model.key else states[1].models.get(other.key)
        if renamed is None or other.is_managed is not True:
            continue
        for name, field in other.fields.items():
            if _points_at(field, other, old_model, states[0]):
                on_field = editor.on(renamed.key, name)
                yield from _turn_field(on_field, (other, renamed), name, states)


def _points_at(field: Field, owner: ModelState, model: ModelState, state: ProjectState) -> bool:
    """Whether Django finds the relation from its target; a hidden foreign key it leaves alone."""
    related_name = field.get("related_name")
    is_hidden = isinstance(related_name, str) and related_name.endswith("+")
    is_found = field.is_many_to_many is True or (field.is_foreign_key is True and not is_hidden)
    return is_found and state.resolve(field.get("to"), owner.name) == model.key


def _turn_field(
    editor: Editor,
    models: tuple[ModelState, ModelState],
    name: str,
    states: tuple[ProjectState, ProjectState],
) -> tuple[Action, ...]:
    field, renamed = models[0].fields[name], models[1].fields.get(name, UNKNOWN)
    if field.is_many_to_many is True:
        return turn_through(editor, models, (name, name), (field, renamed), states)
    old = column_of(name, field, states[0], models[0], editor.database)
    new = column_of(name, renamed, states[1], models[1], editor.database)
    former, table = (each.table for each in models)
    if old is None or new is None or isinstance(former, Unknown) or isinstance(table, Unknown):
        return ()
    return _turn(editor, (former, table), old, new)
