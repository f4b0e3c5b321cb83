"""MODIFY, with which MySQL and MariaDB change a column: its whole definition is written anew."""

from __future__ import annotations

from flake8_django_migrations.plan.columns import Column
from flake8_django_migrations.plan.defaults import expression
from flake8_django_migrations.plan.editor import Editor, literal


def modified_type(editor: Editor, old: Column, new: Column) -> str:
    """The new type, with the old column's default and nullability: those change by themselves."""
    words = [_definition(editor, old, new)]
    if new.collation is not None:
        words.append(f"COLLATE {editor.quote(str(new.collation))}")
    if new.comment is not None:
        words.append(f"COMMENT {literal(new.comment)}")
    return " ".join(words)


def modified_null(editor: Editor, new: Column) -> str:
    """The type as it is, with the new nullability and default."""
    return _definition(editor, new, new)


def _definition(editor: Editor, kept: Column, new: Column) -> str:
    words = [f"MODIFY {editor.quote(new.column)} {_type(new)}"]
    if kept.field.has_db_default is True:
        words.append(f"DEFAULT {expression(kept.field.get('db_default'))}")
    words.append("NOT NULL" if kept.field.null is False else "NULL")
    return " ".join(words)


def _type(column: Column) -> str:
    return f"{column.type_sql} AUTO_INCREMENT" if column.is_identity else column.type_sql
