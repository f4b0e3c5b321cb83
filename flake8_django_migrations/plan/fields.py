"""Columns added and removed."""

from __future__ import annotations

from dataclasses import replace

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import Field, Unknown
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import Column, column_of
from flake8_django_migrations.plan.defaults import (
    added_kind,
    effective_default,
    leaves_default_out,
    skips_default,
    skips_default_on_alter,
)
from flake8_django_migrations.plan.definitions import added_definition, inline_key
from flake8_django_migrations.plan.editor import Editor, literal
from flake8_django_migrations.plan.indexes import column_indexes
from flake8_django_migrations.plan.names import foreign_key_name
from flake8_django_migrations.plan.remakes import (
    in_a_remake,
    is_added_by_remake,
    is_removed_by_remake,
    remade,
)
from flake8_django_migrations.plan.through import create_through, drop_table, through_of


def add_field(
    editor: Editor, model: ModelState, name: str, field: Field | Unknown, state: ProjectState
) -> tuple[Action, ...]:
    """A column, or a table for a many-to-many field; nothing where the class is not known."""
    through = through_of(name, field, state, model, editor.database)
    if through is not None:
        return create_through(editor, through)
    if isinstance(model.table, Unknown):
        return ()
    if editor.is_sqlite and isinstance(field, Field) and field.class_name == "ManyToManyField":
        return (remade(editor, model.table),)  # for nothing: its table is a model of its own
    column = column_of(name, field, state, model, editor.database)
    if column is None:
        return ()
    return (
        *_add_column(editor, model.table, column),
        *(replace(action, is_last=True) for action in column_indexes(editor, model.table, column)),
    )


def _add_column(editor: Editor, table: str, column: Column) -> tuple[Action, ...]:
    """ADD COLUMN with what the statement brings along, and what follows it at once."""
    skips = skips_default(editor, column)
    is_bare = leaves_default_out(editor, column)
    kind = Kind.ADD_COLUMN if is_bare else added_kind(column)
    name = foreign_key_name(editor.database, table, column) if column.is_constrained else ""
    definition = f"{added_definition(editor, column)}{inline_key(editor, column, name)}"
    clause = f"ADD COLUMN {editor.quote(column.column)} {definition}"
    columns = (column.column,)
    added = editor.alter(kind, table, clause, columns=columns)
    is_not_null = column.field.null is False and not column.field.is_generated
    actions = [replace(added, new_type=column.type_sql, is_not_null=is_not_null)]
    actions += _inline(editor, table, column, added)
    if editor.is_sqlite and is_added_by_remake(column):
        return in_a_remake(editor, table, actions)
    if _drops_default(editor, column):
        is_null = editor.is_mysql and column.field.null is True
        word = "SET DEFAULT NULL" if is_null else "DROP DEFAULT"
        clause = f"ALTER COLUMN {editor.quote(column.column)} {word}"
        actions.append(editor.alter(Kind.DROP_DEFAULT, table, clause, columns=columns))
    if column.comment is not None and editor.is_postgresql:
        actions.append(editor.comment_on_column(table, column))
    if skips and column.field.has_default is True:
        value = literal(effective_default(column.field))
        sql = f"UPDATE {editor.quote(table)} SET {editor.quote(column.column)} = {value}"  # noqa: S608 -- only shown
        fills = editor.action(Kind.UPDATE, table, sql, columns=columns)
        actions.append(replace(fills, is_whole_table=True))
    return tuple(actions)


def _drops_default(editor: Editor, column: Column) -> bool:
    """Whether the column was added with a default that Django takes off again."""
    if column.field.has_db_default is not False or effective_default(column.field) is None:
        return False
    return not skips_default_on_alter(editor, column)


def _inline(editor: Editor, table: str, column: Column, added: Action) -> list[Action]:
    """The constraints that ADD COLUMN carries: they are built or checked by the same statement."""
    found: list[Action] = []
    if column.is_primary_key:
        found.append(replace(added, kind=Kind.ADD_PRIMARY_KEY))
    elif column.is_unique:
        found.append(replace(added, kind=Kind.ADD_UNIQUE, is_unique=True))
    if editor.check_of(column):
        found.append(replace(added, kind=Kind.ADD_CHECK))
    if column.is_constrained:
        has_values = added.kind in {Kind.ADD_COLUMN_DEFAULT, Kind.ADD_COLUMN_VOLATILE}
        found.append(
            replace(
                added,
                kind=Kind.ADD_FOREIGN_KEY if has_values else Kind.ADD_FOREIGN_KEY_NEW_COLUMN,
                name=foreign_key_name(editor.database, table, column),
                references=column.target.table,
            )
        )
    return found


def remove_field(
    editor: Editor, model: ModelState, name: str, field: Field | Unknown, state: ProjectState
) -> tuple[Action, ...]:
    """A column dropped, its foreign key first; or the table of a many-to-many field."""
    through = through_of(name, field, state, model, editor.database)
    if through is not None:
        return (drop_table(editor, through.table, through.parents),)
    column = column_of(name, field, state, model, editor.database)
    if column is None or isinstance(model.table, Unknown):
        return ()
    is_cascade = editor.is_postgresql and editor.django < (6, 0)
    clause = f"DROP COLUMN {editor.quote(column.column)}{' CASCADE' if is_cascade else ''}"
    dropped = editor.alter(Kind.DROP_COLUMN, model.table, clause, columns=(column.column,))
    dropped = replace(dropped, is_cascade=is_cascade, old_type=column.type_sql)
    actions = [dropped]
    if column.is_constrained:
        actions.insert(0, editor.drop_foreign_key(model.table, column))
    if editor.is_sqlite and is_removed_by_remake(column):
        return in_a_remake(editor, model.table, actions)
    return tuple(actions)
