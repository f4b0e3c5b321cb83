"""Columns added and removed, and the tables behind many-to-many fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import UNKNOWN, Field, Unknown
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import (
    Column,
    ColumnType,
    column_of,
    column_type,
    target_of,
)
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.defaults import added_kind, default_sql, effective_default
from flake8_django_migrations.plan.editor import Editor, foreign_key_name

_NAME_LENGTH: Final = 63
_FOREIGN_KEY: Final = "django.db.models.ForeignKey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """The table that Django makes for a many-to-many field, with its two foreign keys."""

    table: str
    source: Column
    target: Column

    @property
    def columns(self) -> tuple[Column, Column]:
        """Both foreign keys, in the order of the table."""
        return self.source, self.target

    @property
    def parents(self) -> tuple[str, ...]:
        """The tables whose rows it joins, as far as they are known and constrained."""
        tables = (each.target.table for each in self.columns if each.is_constrained)
        return tuple(dict.fromkeys(table for table in tables if table))


def is_automatic(field: Field | Unknown) -> bool:
    """Whether the field is a many-to-many field whose table is Django's own affair."""
    return (
        isinstance(field, Field)
        and field.is_django
        and field.is_many_to_many is True
        and field.get("through") is None
    )


def through_of(
    name: str,
    field: Field | Unknown,
    state: ProjectState,
    model: ModelState,
    database: Database,
) -> Through | None:
    """The table behind a many-to-many field; None without one of its own, or a known name."""
    if not isinstance(field, Field) or not is_automatic(field) or isinstance(model.table, Unknown):
        return None
    table = field.get("db_table")
    if table is None or table == "":
        table = f"{model.table}_{name}"[:_NAME_LENGTH]
    if not isinstance(table, str):
        return None
    target = state.resolve(field.get("to"), model.name)
    source_name = model.name.lower()
    target_name = "" if isinstance(target, Unknown) else target.model_name
    if source_name == target_name:
        source_name, target_name = f"from_{source_name}", f"to_{target_name}"
    constraint = field.get("db_constraint", True)
    fields = (
        Field(_FOREIGN_KEY, {"to": "self", "db_constraint": constraint}),
        Field(_FOREIGN_KEY, {"to": field.get("to"), "db_constraint": constraint}),
    )
    source, other = (
        Column(
            name=each,
            column=f"{each}_id" if each else "",
            field=link,
            type=_link_type(column_type(link, state, model, database)),
            target=target_of(link, state, model),
        )
        for each, link in zip((source_name, target_name), fields, strict=True)
    )
    return Through(table=table, source=source, target=other)


def _link_type(found: ColumnType | None | Unknown) -> ColumnType | Unknown:
    return UNKNOWN if found is None else found


def create_through(editor: Editor, through: Through) -> tuple[Action, ...]:
    """The table of a many-to-many field: unique together, two foreign keys, two indexes."""
    table = through.table
    pair = tuple(each.column for each in through.columns if each.column)
    later = (
        editor.add_unique(table, pair),
        *(editor.add_foreign_key(table, each) for each in through.columns if each.is_constrained),
        *(
            index
            for each in through.columns
            if each.column
            for index in indexes(editor, table, each)
        ),
    )
    if editor.database.vendor == "sqlite":
        later = tuple(action for action in later if action.kind is not Kind.ADD_FOREIGN_KEY)
    sql = f"CREATE TABLE {editor.quote(table)} (...)"
    return (
        editor.action(Kind.CREATE_TABLE, table, sql),
        *(replace(action, is_last=True) for action in later),
    )


def drop_table(editor: Editor, table: str, neighbours: tuple[str, ...]) -> Action:
    """A table dropped; its neighbours lose a foreign key to or from it."""
    action = editor.action(Kind.DROP_TABLE, table, f"DROP TABLE {editor.quote(table)} CASCADE")
    others = tuple(dict.fromkeys(each for each in neighbours if each and each != table))
    return replace(action, is_cascade=True, others=others)


def add_field(
    editor: Editor, model: ModelState, name: str, field: Field | Unknown, state: ProjectState
) -> tuple[Action, ...]:
    """A column, or a table for a many-to-many field; nothing where the class is not known."""
    through = through_of(name, field, state, model, editor.database)
    if through is not None:
        return create_through(editor, through)
    column = column_of(name, field, state, model, editor.database)
    if column is None or isinstance(model.table, Unknown):
        return ()
    return (
        *_add_column(editor, model.table, column),
        *(replace(action, is_last=True) for action in indexes(editor, model.table, column)),
    )


def indexes(editor: Editor, table: str, column: Column) -> tuple[Action, ...]:
    """The indexes that a field brings with it."""
    found: list[Action] = []
    if editor.needs_index(column):
        found.append(editor.create_index(table, (column.column,)))
    if editor.needs_like_index(column):
        found.append(editor.create_like_index(table, column))
    if column.field.path.startswith("django.contrib.gis.") and _is_spatial(column):
        index = editor.create_index(table, (column.column,), f"{table}_{column.column}_id")
        sql = index.sql.replace(" (", " USING GIST (", 1)
        found.append(replace(index, sql=sql, is_plain=False))
    return tuple(found)


def _is_spatial(column: Column) -> bool:
    return column.field.get("spatial_index", True) is True


def _add_column(editor: Editor, table: str, column: Column) -> tuple[Action, ...]:
    kind = added_kind(column)
    clause = f"ADD COLUMN {editor.quote(column.column)} {_definition(column)}"
    columns = (column.column,)
    added = editor.alter(kind, table, clause, columns=columns)
    is_not_null = column.field.null is False and not column.field.is_generated
    actions = [replace(added, new_type=column.type_sql, is_not_null=is_not_null)]
    actions += _inline(editor, table, column, added)
    if column.field.has_db_default is False and effective_default(column.field) is not None:
        clause = f"ALTER COLUMN {editor.quote(column.column)} DROP DEFAULT"
        actions.append(editor.alter(Kind.DROP_DEFAULT, table, clause, columns=columns))
    if column.comment is not None and editor.is_postgresql:
        actions.append(editor.comment_on_column(table, column))
    return tuple(actions)


def _inline(editor: Editor, table: str, column: Column, added: Action) -> list[Action]:
    """The constraints that ADD COLUMN carries: they are built or checked by the same statement."""
    found: list[Action] = []
    if column.is_primary_key:
        found.append(replace(added, kind=Kind.ADD_PRIMARY_KEY))
    elif column.is_unique:
        found.append(replace(added, kind=Kind.ADD_UNIQUE, is_unique=True))
    if column.has_check and editor.database.vendor in {"postgresql", "sqlite"}:
        found.append(replace(added, kind=Kind.ADD_CHECK))
    if column.is_constrained:
        has_values = added.kind in {Kind.ADD_COLUMN_DEFAULT, Kind.ADD_COLUMN_VOLATILE}
        found.append(
            replace(
                added,
                kind=Kind.ADD_FOREIGN_KEY if has_values else Kind.ADD_FOREIGN_KEY_NEW_COLUMN,
                name=foreign_key_name(table, column),
                references=column.target.table,
            )
        )
    return found


def _definition(column: Column) -> str:
    """A column definition in the order Django writes one."""
    field = column.field
    words = [column.type_sql or "?"]
    if column.collation is not None:
        words.append(f"COLLATE {column.collation!s}")
    words.append(default_sql(field))
    if field.is_generated:
        persistence = "VIRTUAL" if field.get("db_persist") is False else "STORED"
        words.append(f"GENERATED ALWAYS AS (...) {persistence}")
    elif field.null is not True:
        words.append("NOT NULL")
    else:
        words.append("NULL")
    if column.is_primary_key:
        words.append("PRIMARY KEY")
    elif column.is_unique:
        words.append("UNIQUE")
    if column.is_identity:
        words.append("GENERATED BY DEFAULT AS IDENTITY")
    if column.has_check:
        words.append(f'CHECK ("{column.column}" >= 0)')
    if column.is_constrained:
        target = column.target
        words.append(f'REFERENCES "{target.table or "?"}" ("{target.column or "?"}")')
    return " ".join(word for word in words if word)


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
    is_cascade = editor.django < (6, 0)
    clause = f"DROP COLUMN {editor.quote(column.column)}{' CASCADE' if is_cascade else ''}"
    dropped = editor.alter(Kind.DROP_COLUMN, model.table, clause, columns=(column.column,))
    dropped = replace(dropped, is_cascade=is_cascade, old_type=column.type_sql)
    if column.is_constrained:
        return editor.drop_foreign_key(model.table, column), dropped
    return (dropped,)
