"""The tables behind many-to-many fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import UNKNOWN, Field, Unknown
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import Column, ColumnType, column_type, target_of
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.definitions import created_link
from flake8_django_migrations.plan.editor import Editor
from flake8_django_migrations.plan.indexes import column_indexes

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
    elif not target_name and "last_login" in model.fields:
        source_name = ""  # the user model may be this one, which would be called otherwise
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
        editor.add_unique(table, pair, "" if len(pair) == 2 else f"{table}_uniq"),
        *(editor.add_foreign_key(table, each) for each in through.columns if each.is_constrained),
        *(
            index
            for each in through.columns
            if each.column
            for index in column_indexes(editor, table, each)
        ),
    )
    if editor.is_sqlite:
        later = tuple(action for action in later if action.kind is not Kind.ADD_FOREIGN_KEY)
    sql = created_link(editor, table, through.columns)
    return (
        editor.action(Kind.CREATE_TABLE, table, sql),
        *(replace(action, is_last=True) for action in later),
    )


def drop_table(editor: Editor, table: str, neighbours: tuple[str, ...]) -> Action:
    """A table dropped; its neighbours lose a foreign key to or from it."""
    is_cascade = not editor.is_sqlite
    sql = f"DROP TABLE {editor.quote(table)}{' CASCADE' if is_cascade else ''}"
    action = editor.action(Kind.DROP_TABLE, table, sql)
    others = tuple(dict.fromkeys(each for each in neighbours if each and each != table))
    return replace(action, is_cascade=is_cascade, others=others)
