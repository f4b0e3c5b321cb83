"""What points at a model: foreign keys of its own app, and of others as far as they have run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flake8_django_migrations.history.renames import follow_elsewhere
from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import NOWHERE, RenameModel, Unknown
from flake8_django_migrations.plan.columns import Column, column_of
from flake8_django_migrations.plan.editor import Editor
from flake8_django_migrations.plan.through import Through, is_automatic, through_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A foreign key as seen from the model it points to."""

    model: ModelState
    table: str
    column: Column
    through: Through | None = None

    def leads_to(self, model: ModelState, name: str) -> bool:
        """Whether it is that field of the model; within the app also where it may be.

        What another app says of a model here may be out of date.
        """
        named = self.column.target.field_name
        return named == name or (not named and self.model.app_label == model.app_label)


def pointing_states(state: ProjectState, model: ModelState) -> Iterator[ProjectState]:
    """The app's own state, then those of the other apps that may point at the model.

    What those say of the model is what its own app makes of it here, its new name included.
    """
    yield state
    names = {old for old in state.renamed if state.present(old) == model.key} - {model.key}
    renames = tuple(
        RenameModel(old_name=old.model_name, new_name=model.name, place=NOWHERE)
        for old in sorted(names)
    )
    for other in state.pointing(frozenset({model.key, *names})):
        followed = follow_elsewhere(other, model.app_label, renames)
        yield replace(followed, elsewhere=state.find, pointing=state.pointing)


def relations(editor: Editor, state: ProjectState, model: ModelState) -> Iterator[Relation]:
    """The foreign keys that point to the model, those of hidden tables included."""
    for each in pointing_states(state, model):
        yield from _relations(editor, each, model)


def _relations(editor: Editor, state: ProjectState, model: ModelState) -> Iterator[Relation]:
    for other in state.models.values():
        if not other.relations or other.is_managed is not True:
            continue
        for name, field, written in other.relations:
            points = not isinstance(written, Unknown) and state.present(written) == model.key
            if not points and (other.key != model.key or not is_automatic(field)):
                continue
            through = through_of(name, field, state, other, editor.database)
            if through is not None:
                links = (each for each in through.columns if each.target.key == model.key)
                for link in links:
                    yield Relation(model=other, table=through.table, column=link, through=through)
                continue
            if not points:
                continue
            column = column_of(name, field, state, other, editor.database)
            if column is not None and isinstance(other.table, str):
                yield Relation(model=other, table=other.table, column=column)


def neighbours(
    editor: Editor, state: ProjectState, model: ModelState, column: Column
) -> tuple[str, ...]:
    """The tables at the other end of the column's foreign key, and of those that point to it."""
    found = [column.target.table] if column.is_constrained else []
    if column.is_unique:
        found += (
            relation.table
            for relation in relations(editor, state, model)
            if relation.column.is_constrained and relation.leads_to(model, column.name)
        )
    return tuple(dict.fromkeys(table for table in found if table and table != model.table))
