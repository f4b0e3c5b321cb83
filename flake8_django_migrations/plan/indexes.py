"""Indexes, unique_together and index_together."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import Field, Index, Unknown
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import column_name
from flake8_django_migrations.plan.editor import Editor

PARTIAL: Final = ("condition", "include", "opclasses", "expressions")
"""The keywords that make more of an index than its columns."""

Together = tuple[tuple[str, ...], ...]


def columns_of(model: ModelState, names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of the fields, in order; a field that is not known lends its own name."""
    return tuple(_column(model, name.lstrip("-")) for name in names)


def _column(model: ModelState, name: str) -> str:
    if name == "pk" and not isinstance(model.primary_key, Unknown):
        name, _ = model.primary_key
    field = model.fields.get(name)
    if isinstance(field, Field):
        column = column_name(name, field)
        return name if isinstance(column, Unknown) else column
    for each, field in model.fields.items():
        if field.is_foreign_key is True and f"{each}_id" == name:
            return _column(model, each)
    return name


def table_of(model: ModelState) -> str:
    """The model's table, empty where its name is not known."""
    return model.table if isinstance(model.table, str) else ""


# Indexes ---------------------------------------------------------------------------------


def add_index(
    editor: Editor, model: ModelState, index: Index, *, concurrently: bool = False
) -> tuple[Action, ...]:
    """CREATE INDEX; expressions are not columns."""
    table = table_of(model)
    name = index.name if isinstance(index.name, str) else ""
    names = () if isinstance(index.fields, Unknown) else index.fields
    columns = columns_of(model, names)
    kind = Kind.CREATE_INDEX_CONCURRENTLY if concurrently else Kind.CREATE_INDEX
    words = "CREATE INDEX CONCURRENTLY" if concurrently else "CREATE INDEX"
    listed = editor.quoted(columns) or "..."
    sql = f"{words} {editor.quote(name)} ON {editor.quote(table)} ({listed})"
    action = editor.action(kind, table, sql, columns=columns, name=name)
    return (replace(action, is_plain=_is_plain(index)),) if table else ()


def _is_plain(index: Index) -> bool:
    has_class = not index.path.startswith("django.db.models.")
    listed = index.fields if isinstance(index.fields, tuple) else ()
    is_given = any(index.keywords.get(key) not in {None, ()} for key in PARTIAL)
    is_ascending = not any(name.startswith("-") for name in listed)
    return bool(listed) and is_ascending and not has_class and not is_given


def remove_index(
    editor: Editor, model: ModelState, name: str, *, concurrently: bool = False
) -> tuple[Action, ...]:
    """DROP INDEX; its columns are known where the state has it."""
    table = table_of(model)
    found = model.index(name)
    names = found.fields if isinstance(found, Index) and isinstance(found.fields, tuple) else ()
    action = editor.drop_index(table, columns_of(model, names), name)
    action = replace(action, is_plain=isinstance(found, Index) and _is_plain(found))
    if concurrently:
        sql = action.sql.replace("DROP INDEX", "DROP INDEX CONCURRENTLY", 1)
        action = replace(action, kind=Kind.DROP_INDEX_CONCURRENTLY, sql=sql)
    return (action,) if table else ()


def rename_index(editor: Editor, model: ModelState, old: str, new: str) -> tuple[Action, ...]:
    """ALTER INDEX ... RENAME TO, nothing where the name stays."""
    table = table_of(model)
    if old == new or not table:
        return ()
    sql = f"ALTER INDEX {editor.quote(old)} RENAME TO {editor.quote(new)}"
    return (editor.action(Kind.RENAME_INDEX, table, sql, name=new),)


# The old options -------------------------------------------------------------------------


def alter_unique_together(
    editor: Editor, model: ModelState, old: Together, new: Together
) -> tuple[Action, ...]:
    """Only what differs: constraints dropped, then constraints added."""
    table = table_of(model)
    dropped = (columns_of(model, names) for names in old if names not in new)
    added = (columns_of(model, names) for names in new if names not in old)
    return (
        *(
            replace(
                editor.drop_constraint(table, each, f"{table}_{'_'.join(each)}_uniq"),
                is_unique=True,
            )
            for each in dropped
        ),
        *(editor.add_unique(table, each) for each in added),
    )


def alter_index_together(
    editor: Editor, model: ModelState, old: Together, new: Together
) -> tuple[Action, ...]:
    """Only what differs: indexes dropped, then indexes created."""
    table = table_of(model)
    gone = (columns_of(model, names) for names in old if names not in new)
    made = (columns_of(model, names) for names in new if names not in old)
    return (
        *(editor.drop_index(table, each, f"{table}_{'_'.join(each)}_idx") for each in gone),
        *(editor.create_index(table, each, f"{table}_{'_'.join(each)}_idx") for each in made),
    )
