"""Tables created, dropped and renamed with their many-to-many tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import UNKNOWN, Unknown
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import ORDER, Column, column_of
from flake8_django_migrations.plan.constraints import add_constraint, inline_parts, is_inline
from flake8_django_migrations.plan.defaults import binds_value
from flake8_django_migrations.plan.definitions import created_table
from flake8_django_migrations.plan.editor import Editor, literal
from flake8_django_migrations.plan.indexes import add_index, column_indexes, columns_of
from flake8_django_migrations.plan.relations import relations
from flake8_django_migrations.plan.through import create_through, drop_table, through_of


def create_model(editor: Editor, model: ModelState, state: ProjectState) -> tuple[Action, ...]:
    """The table, its comment and its many-to-many tables; indexes and foreign keys come last."""
    table = model.table
    if isinstance(table, Unknown):
        return ()
    fields = dict(model.fields)
    if model.options.get("order_with_respect_to") is not None:
        fields["_order"] = ORDER
    columns = [
        column
        for name, field in fields.items()
        if (column := column_of(name, field, state, model, editor.database)) is not None
    ]
    parts = () if _defers(editor, columns) else tuple(inline_parts(editor, model))
    parts += tuple(_composite_key(editor, model))
    sql = created_table(editor, table, tuple(columns), parts)
    actions = [
        editor.action(Kind.CREATE_TABLE, table, sql),
        *_comments(editor, table, model, columns),
        *_index_together(editor, table, model),
        *(replace(action, is_last=True) for action in _later(editor, table, model, columns)),
    ]
    for name, field in model.fields.items():
        through = through_of(name, field, state, model, editor.database)
        if through is not None:
            actions += create_through(editor.on(model.key, name), through)
    return tuple(actions)


def _comments(
    editor: Editor, table: str, model: ModelState, columns: list[Column]
) -> Iterator[Action]:
    if editor.is_sqlite:
        return
    comment = model.options.get("db_table_comment")
    if comment is not None and comment != "":
        yield comment_on_table(editor, table, model)
    for column in columns:
        if column.comment is not None and editor.is_postgresql:
            yield editor.on(model.key, column.name).comment_on_column(table, column)


def comment_on_table(editor: Editor, table: str, model: ModelState) -> Action:
    """The table's comment, for servers that take it in a statement of its own."""
    comment = model.options.get("db_table_comment")
    comment = literal("" if comment is None else comment)
    sql = f"COMMENT ON TABLE {editor.quote(table)} IS {comment}"
    if editor.is_mysql:
        sql = f"ALTER TABLE {editor.quote(table)} COMMENT = {comment}"
    return editor.action(Kind.COMMENT_ON_TABLE, table, sql)


def _index_together(editor: Editor, table: str, model: ModelState) -> Iterator[Action]:
    together = model.index_together
    if isinstance(together, Unknown):
        return
    for names in together:
        columns = columns_of(model, names)
        yield editor.create_index(table, columns, editor.made_up(table, columns, "_idx"))


def _later(
    editor: Editor, table: str, model: ModelState, columns: list[Column]
) -> Iterator[Action]:
    """What Django defers, in its order: unique together, foreign keys, constraints, indexes."""
    together = model.unique_together
    if not isinstance(together, Unknown):
        for names in together:
            yield editor.add_unique(table, columns_of(model, names))
    for column in columns:
        if column.is_constrained and not editor.is_sqlite:
            yield editor.on(model.key, column.name).add_foreign_key(table, column)
    is_deferred = _defers(editor, columns)
    for constraint in model.constraints:
        if is_deferred or not is_inline(constraint):
            yield from add_constraint(editor, model, constraint)
    for column in columns:
        yield from column_indexes(editor.on(model.key, column.name), table, column)
    for index in model.indexes:
        yield from add_index(editor, model, index)


def _composite_key(editor: Editor, model: ModelState) -> Iterator[str]:
    for field in model.fields.values():
        names = field.get("field_names")
        if field.class_name == "CompositePrimaryKey" and isinstance(names, tuple):
            columns = columns_of(model, tuple(name for name in names if isinstance(name, str)))
            yield f"PRIMARY KEY ({editor.quoted(columns)})"


def _defers(editor: Editor, columns: list[Column]) -> bool:
    """Whether no constraint is a part of CREATE TABLE: values are handed over beside it."""
    return not editor.is_sqlite and any(binds_value(column.field) for column in columns)


def delete_model(editor: Editor, model: ModelState, state: ProjectState) -> tuple[Action, ...]:
    """The many-to-many tables dropped, then the table; neighbours lose their foreign keys."""
    table = model.table
    if isinstance(table, Unknown):
        return ()
    actions: list[Action] = []
    gone = {table}
    neighbours: list[str] = []
    for name, field in model.fields.items():
        through = through_of(name, field, state, model, editor.database)
        if through is not None:
            on_field = editor.on(model.key, name)
            actions.append(drop_table(on_field, through.table, through.parents))
            gone.add(through.table)
            continue
        column = column_of(name, field, state, model, editor.database)
        if column is not None and column.is_constrained:
            neighbours.append(column.target.table)
    neighbours += [
        relation.table
        for relation in relations(editor, state, model)
        if relation.column.is_constrained
    ]
    left = tuple(name for name in neighbours if name not in gone)
    return (*actions, drop_table(editor, table, left))


def rename_table(editor: Editor, old: str | Unknown, new: str | Unknown) -> tuple[Action, ...]:
    """ALTER TABLE ... RENAME TO, nothing where the name stays or is not known."""
    if isinstance(old, Unknown) or isinstance(new, Unknown) or old == new:
        return ()
    renamed = editor.alter(Kind.RENAME_TABLE, old, f"RENAME TO {editor.quote(new)}", name=new)
    if editor.is_mysql:
        sql = f"RENAME TABLE {editor.quote(old)} TO {editor.quote(new)}"
        renamed = replace(renamed, sql=sql)
    return (renamed,)


def alter_table(
    editor: Editor, old: ModelState, new: ModelState, before: ProjectState, after: ProjectState
) -> tuple[Action, ...]:
    """A table renamed, and the many-to-many tables whose names follow from it."""
    actions = list(rename_table(editor, old.table, new.table))
    for name, field in old.fields.items():
        first = through_of(name, field, before, old, editor.database)
        kept = new.fields.get(name, UNKNOWN)
        second = through_of(name, kept, after, new, editor.database)
        if first is not None and second is not None:
            actions += rename_table(editor.on(new.key, name), first.table, second.table)
    return tuple(actions)
