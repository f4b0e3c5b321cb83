"""One column turned into another, in the order of Django's ``_alter_field``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import Reference, Unknown
from flake8_django_migrations.plan.actions import Action, Kind, Loss
from flake8_django_migrations.plan.columns import Column, ColumnType, change
from flake8_django_migrations.plan.constraints import proves_not_null
from flake8_django_migrations.plan.defaults import effective_default, expression
from flake8_django_migrations.plan.differences import plain, same, should_be_altered
from flake8_django_migrations.plan.editor import Editor, literal
from flake8_django_migrations.plan.tables import Relation

_EMPTY: Final = frozenset({"list", "dict", "set", "builtins.list", "builtins.dict"})
"""The callables whose result is the same every time."""
_HAVE_CHECKS: Final = frozenset({"postgresql", "sqlite"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """A column before and after, in its table, with the foreign keys that point to it."""

    editor: Editor
    table: str
    old: Column
    new: Column
    model: ModelState | None = None
    incoming: tuple[tuple[Relation, Relation], ...] = ()
    neighbours: tuple[str, ...] = ()
    """The tables whose foreign keys PostgreSQL makes again with the column's type."""

    @property
    def parts(self) -> tuple[Editor, str, Column, Column]:
        """Editor, table, and the column before and after."""
        return self.editor, self.table, self.old, self.new

    @property
    def columns(self) -> tuple[str, ...]:
        """The column under its new name."""
        return (self.new.column,)

    @property
    def types(self) -> tuple[ColumnType, ColumnType] | None:
        """Both types, None where one is not known."""
        if isinstance(self.old.type, ColumnType) and isinstance(self.new.type, ColumnType):
            return self.old.type, self.new.type
        return None

    @property
    def changes_type(self) -> bool:
        """Whether the types are known and differ."""
        return self.types is not None and self.old.type_sql != self.new.type_sql

    @property
    def changes_collation(self) -> bool:
        """Whether ``db_collation`` differs."""
        return not same(self.old.collation, self.new.collation)

    @property
    def changes_comment(self) -> bool:
        """Whether ``db_comment`` differs, on a server that has comments."""
        if self.editor.database.vendor == "sqlite":
            return False
        return not same(self.old.comment, self.new.comment)

    @property
    def drops_foreign_key(self) -> bool:
        """Whether the column's own foreign key is dropped, to be made again."""
        return self.old.is_constrained and should_be_altered(
            self.old, self.new, self.editor.django, frozenset({"db_comment"})
        )

    @property
    def drops_incoming(self) -> bool:
        """Whether the foreign keys that point here are dropped and made again."""
        both = (self.old.is_primary_key and self.new.is_primary_key) or (
            self.old.is_unique and self.new.is_unique
        )
        return both and (self.changes_type or self.changes_collation)

    @property
    def sets_not_null(self) -> bool:
        """Whether the column takes no NULL any more."""
        return self.old.field.null is True and self.new.field.null is False

    @property
    def is_four_way(self) -> bool:
        """Whether NULLs are overwritten by a default first."""
        has_default = self.new.field.has_default is True or self.new.field.has_db_default is True
        return self.sets_not_null and has_default

    @property
    def needs_default(self) -> bool:
        """Whether a default is set for the length of the change, and dropped after it."""
        if not self.sets_not_null or self.new.field.has_db_default is True:
            return False
        new = effective_default(self.new.field)
        return new is not None and not self._has_same_default

    @property
    def _has_same_default(self) -> bool:
        old, new = (effective_default(each.field) for each in (self.old, self.new))
        if not isinstance(old, Unknown) and not isinstance(new, Unknown):
            return type(old) is type(new) and old == new
        default = self.old.field.get("default")
        is_constant = not isinstance(default, Reference) or default.path in _EMPTY
        return is_constant and default is not None and default == self.new.field.get("default")


def rename_column(editor: Editor, table: str, old: Column, new: Column) -> Action:
    """ALTER TABLE ... RENAME COLUMN."""
    clause = f"RENAME COLUMN {editor.quote(old.column)} TO {editor.quote(new.column)}"
    return editor.alter(Kind.RENAME_COLUMN, table, clause, columns=(old.column,), name=new.column)


def becomes_primary_key(alteration: Alteration) -> bool:
    """Whether the column is made the primary key of its table."""
    return not alteration.old.is_primary_key and alteration.new.is_primary_key


def statements_of(alteration: Alteration) -> Iterator[Action]:
    """The statements in Django's order."""
    yield from _take_off(alteration)
    if alteration.old.column != alteration.new.column:
        yield rename_column(alteration.editor, alteration.table, alteration.old, alteration.new)
    yield from _change(alteration)
    yield from _put_on(alteration)
    yield from _like_indexes(alteration)


def _take_off(alteration: Alteration) -> Iterator[Action]:
    """Foreign keys, unique constraints, indexes and checks that go first."""
    editor, table, old, new = alteration.parts
    columns = (old.column,)
    if alteration.drops_foreign_key:
        yield editor.drop_foreign_key(table, old)
    if old.has_unique and (not new.is_unique or becomes_primary_key(alteration)):
        name = f"{table}_{old.column}_key"
        yield replace(editor.drop_constraint(table, columns, name), is_unique=True)
    if alteration.drops_incoming:
        for relation, _ in alteration.incoming:
            if relation.column.is_constrained:
                yield editor.on(relation.model.key, "").drop_foreign_key(
                    relation.table, relation.column
                )
    if old.is_indexed and not old.is_unique and (not new.is_indexed or new.is_unique):
        if editor.needs_index(old):
            yield editor.drop_index(table, columns, f"{table}_{old.column}")
        if editor.needs_like_index(old):
            yield editor.drop_index(table, columns, f"{table}_{old.column}_like")
    if old.has_check and not new.has_check and editor.database.vendor in _HAVE_CHECKS:
        yield editor.drop_constraint(table, columns, f"{table}_{old.column}_check")


def _change(alteration: Alteration) -> Iterator[Action]:
    """Type, defaults and nullability of the column itself."""
    editor, _, old, new = alteration.parts
    yield from _change_type(alteration)
    yield from _change_db_default(alteration)
    if alteration.needs_default:
        value = literal(effective_default(new.field))
        yield _column(alteration, Kind.SET_DEFAULT, f"SET DEFAULT {value}")
    if alteration.is_four_way:
        yield _update(alteration)
    if alteration.sets_not_null:
        is_proven = alteration.model is not None and proves_not_null(alteration.model, old.name)
        kind = Kind.SET_NOT_NULL_PROVEN if is_proven else Kind.SET_NOT_NULL
        yield _column(alteration, kind, "SET NOT NULL")
    elif old.field.null is False and new.field.null is True:
        yield _column(alteration, Kind.DROP_NOT_NULL, "DROP NOT NULL")
    if editor.is_postgresql:
        yield from _after_type(alteration)


def _after_type(alteration: Alteration) -> Iterator[Action]:
    editor, table = alteration.editor, alteration.table
    if alteration.new.is_identity and not alteration.old.is_identity:
        clause = "ADD GENERATED BY DEFAULT AS IDENTITY"
        yield _column(alteration, Kind.ADD_IDENTITY, clause)
    elif alteration.new.is_identity and alteration.changes_type:
        sequence = editor.quote(f"{table}_{alteration.new.column}_seq")
        sql = f"ALTER SEQUENCE IF EXISTS {sequence} AS {alteration.new.type_sql}"
        yield editor.action(Kind.OTHER, "", sql)
    elif alteration.changes_comment:
        yield editor.comment_on_column(table, alteration.new)


def _column(alteration: Alteration, kind: Kind, clause: str) -> Action:
    editor = alteration.editor
    return editor.alter(
        kind,
        alteration.table,
        f"ALTER COLUMN {editor.quote(alteration.new.column)} {clause}",
        columns=alteration.columns,
    )


def _update(alteration: Alteration) -> Action:
    editor, new = alteration.editor, alteration.new
    if new.field.has_db_default is True:
        value = expression(new.field.get("db_default"))
    else:
        value = literal(effective_default(new.field))
    column = editor.quote(new.column)
    table = editor.quote(alteration.table)
    sql = f"UPDATE {table} SET {column} = {value} WHERE {column} IS NULL"  # noqa: S608 -- only shown
    return editor.action(Kind.UPDATE, alteration.table, sql, columns=alteration.columns)


def _change_db_default(alteration: Alteration) -> Iterator[Action]:
    old, new = alteration.old.field, alteration.new.field
    if new.has_db_default is True:
        first, second = plain(old.get("db_default")), plain(new.get("db_default"))
        if old.has_db_default is not True or not same(first, second):
            clause = f"SET DEFAULT {expression(new.get('db_default'))}"
            yield _column(alteration, Kind.SET_DEFAULT, clause)
    elif old.has_db_default is True:
        yield _column(alteration, Kind.DROP_DEFAULT, "DROP DEFAULT")


def _change_type(alteration: Alteration) -> Iterator[Action]:
    old, new = alteration.old, alteration.new
    changes_identity = old.is_identity != new.is_identity and not old.is_relation
    is_asked = alteration.changes_type or alteration.changes_collation
    if not is_asked and not changes_identity and not alteration.changes_comment:
        return
    if alteration.editor.is_postgresql:
        yield from _before_type(alteration)
    yield _alter_type(alteration)


def _before_type(alteration: Alteration) -> Iterator[Action]:
    editor, table, old = alteration.editor, alteration.table, alteration.old
    if _is_leaving_text(alteration):
        yield editor.drop_index(table, (old.column,), f"{table}_{old.column}_like")
    if old.is_identity and not alteration.new.is_identity:
        yield _column(alteration, Kind.DROP_IDENTITY, "DROP IDENTITY IF EXISTS")


def _is_leaving_text(alteration: Alteration) -> bool:
    """Whether an indexed text column becomes another type, so that its LIKE index must go."""
    if not alteration.old.is_indexed and not alteration.old.is_unique:
        return False
    old, new = alteration.old.type_sql, alteration.new.type_sql
    return any(
        old.startswith(text) and not new.startswith(text) for text in ("varchar", "text", "citext")
    )


def _alter_type(alteration: Alteration) -> Action:
    old, new, types = alteration.old, alteration.new, alteration.types
    using = alteration.editor.is_postgresql and _data_type(
        old, alteration.editor.django
    ) != _data_type(new, alteration.editor.django)
    kind, loss = Kind.WIDEN_TYPE, Loss.NONE
    if types is not None and alteration.changes_type:
        changed, loss = change(*types, alteration.editor.database, using)
        kind = changed or Kind.WIDEN_TYPE
    if kind is Kind.WIDEN_TYPE and alteration.changes_collation:
        is_indexed = old.is_indexed or old.is_unique
        kind = Kind.ALTER_COLLATION if is_indexed else kind
    clause = f"TYPE {new.type_sql}"
    if new.collation is not None and alteration.changes_collation:
        clause += f" COLLATE {new.collation!s}"
    if using:
        clause += f' USING "{new.column}"::{new.type_sql}'
    action = _column(alteration, kind, clause)
    return replace(
        action,
        old_type=old.type_sql,
        new_type=new.type_sql,
        loss=loss,
        others=alteration.neighbours,
    )


def _data_type(column: Column, django: tuple[int, int]) -> str:
    """What Django compares to tell whether a change of type needs USING.

    Since 4.2 CharField has an entry of its own, so that SlugField and FileField differ from it.
    """
    if column.is_relation:
        return column.type_sql
    if column.internal == "CharField":
        return "varchar of CharField" if django >= (4, 2) else "varchar"
    if isinstance(column.type, ColumnType):
        return column.type.sql if column.type.element else column.type.name
    return ""


def _put_on(alteration: Alteration) -> Iterator[Action]:
    """Constraints and indexes that come with the new definition."""
    editor, table, old, new = alteration.parts
    if old.is_primary_key and not new.is_primary_key:
        yield editor.drop_constraint(table, (old.column,), f"{table}_pkey")
    if not new.is_primary_key and new.has_unique and not old.has_unique:
        yield editor.add_unique(table, alteration.columns)
    if (not old.is_indexed or old.is_unique) and editor.needs_index(new):
        yield editor.create_index(table, alteration.columns)
    if becomes_primary_key(alteration):
        clause = f"ADD CONSTRAINT {editor.quote(f'{table}_pkey')} PRIMARY KEY"
        yield editor.alter(
            Kind.ADD_PRIMARY_KEY,
            table,
            f"{clause} ({editor.quote(new.column)})",
            columns=alteration.columns,
        )
    for first, second in alteration.incoming:
        yield from _follow(editor, first, second)
    if new.is_constrained and (alteration.drops_foreign_key or not old.is_constrained):
        yield editor.add_foreign_key(table, new)
    if alteration.drops_incoming:
        for _, relation in alteration.incoming:
            if relation.column.is_constrained:
                on_child = editor.on(relation.model.key, "")
                yield on_child.add_foreign_key(relation.table, relation.column)
    if new.has_check and not old.has_check and editor.database.vendor in _HAVE_CHECKS:
        name = editor.quote(f"{table}_{new.column}_check")
        clause = f"ADD CONSTRAINT {name} CHECK ({editor.quote(new.column)} >= 0)"
        yield editor.alter(Kind.ADD_CHECK, table, clause, columns=alteration.columns)
    if alteration.needs_default:
        yield _column(alteration, Kind.DROP_DEFAULT, "DROP DEFAULT")


def _follow(editor: Editor, old: Relation, new: Relation) -> Iterator[Action]:
    """The type of a foreign key column follows that of the column it points to."""
    field = "" if new.through else new.column.name  # a hidden table's columns are no fields
    child = Alteration(
        editor=editor.on(new.model.key, field),
        table=new.table,
        old=old.column,
        new=new.column,
    )
    if editor.is_postgresql:
        yield from _before_type(child)
    yield _alter_type(child)


def _like_indexes(alteration: Alteration) -> Iterator[Action]:
    editor, table, old, new = alteration.parts
    had = old.is_indexed or old.is_unique
    is_added = (not had and new.is_indexed) or (not old.is_unique and new.is_unique)
    if (is_added or _is_leaving_text(alteration)) and editor.needs_like_index(new):
        yield editor.create_like_index(table, new)
    if old.is_unique and not (new.is_indexed or new.is_unique) and editor.is_postgresql:
        yield editor.drop_index(table, (old.column,), f"{table}_{old.column}_like")
