"""One column turned into another, in the order of Django's ``_alter_field``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_django_migrations.plan.actions import Action, Kind, Loss
from flake8_django_migrations.plan.alteration import Alteration
from flake8_django_migrations.plan.columns import Column, ColumnType, change
from flake8_django_migrations.plan.constraints import proves_not_null
from flake8_django_migrations.plan.defaults import effective_default, expression
from flake8_django_migrations.plan.differences import plain, same
from flake8_django_migrations.plan.editor import Editor, literal
from flake8_django_migrations.plan.indexes import is_first_in_an_index
from flake8_django_migrations.plan.modify import modified_null, modified_type
from flake8_django_migrations.plan.relations import Relation
from flake8_django_migrations.plan.remakes import in_a_remake


def rename_column(editor: Editor, table: str, old: Column, new: Column) -> Action:
    """ALTER TABLE ... RENAME COLUMN."""
    clause = f"RENAME COLUMN {editor.quote(old.column)} TO {editor.quote(new.column)}"
    return editor.alter(Kind.RENAME_COLUMN, table, clause, columns=(old.column,), name=new.column)


def statements_of(alteration: Alteration) -> tuple[Action, ...]:
    """What the database is asked to do, in Django's order."""
    if alteration.editor.is_sqlite:
        return tuple(_on_sqlite(alteration))
    return tuple(_statements(alteration))


def _on_sqlite(alteration: Alteration) -> Iterator[Action]:
    """A new name alone is given; for all else the table is made anew, and those that follow it."""
    editor, table, old, new = alteration.parts
    if _is_renamed_alone(old, new):
        yield rename_column(editor, table, old, new)
        return
    yield from in_a_remake(editor, table, _statements(alteration))
    # A key that points to its own table has it made anew a second time.
    for child in dict.fromkeys(relation.table for _, relation in alteration.incoming):
        pairs = (pair for pair in alteration.incoming if pair[1].table == child)
        followed = (action for pair in pairs for action in _follow(editor, *pair))
        yield from in_a_remake(editor, child, followed)


def _is_renamed_alone(old: Column, new: Column) -> bool:
    """Whether the column keeps its definition, and no foreign key stands in the way."""
    if old.column == new.column or old.is_constrained or new.is_constrained:
        return False
    first, second = ((each.type_sql, each.is_primary_key, each.is_unique) for each in (old, new))
    names = ("null", "db_collation", "db_default", "expression")
    return first == second and all(
        same(plain(old.field.get(name)), plain(new.field.get(name))) for name in names
    )


def _statements(alteration: Alteration) -> Iterator[Action]:
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
        yield editor.drop_foreign_key(table, old, alteration.former)
    if old.has_unique and (not new.is_unique or alteration.becomes_primary_key):
        yield editor.drop_unique(table, columns, editor.inline_unique(table, old))
    if alteration.drops_incoming:
        for relation, _ in alteration.incoming:
            if relation.column.is_constrained:
                yield editor.on(relation.model.key, "").drop_foreign_key(
                    relation.table, relation.column
                )
    if old.is_indexed and not old.is_unique and (not new.is_indexed or new.is_unique):
        if not _is_left_to_another(alteration):
            yield editor.drop_index(table, columns, editor.own_index(table, old))
        if editor.needs_like_index(old):
            yield editor.drop_index(table, columns, editor.made_up(table, columns, "_like"))
    if editor.check_of(old) and editor.changes_check(old, new):
        yield editor.drop_check(table, columns, f"{table}_{old.column}_check")


def _is_left_to_another(alteration: Alteration) -> bool:
    """Whether MySQL has no index for the foreign key alone, since another one begins with it.

    Django finds by their columns those that MySQL makes.
    """
    model, old = alteration.model, alteration.old
    is_key = alteration.editor.is_mysql and old.is_constrained
    return is_key and model is not None and is_first_in_an_index(model, old.name)


def _change(alteration: Alteration) -> Iterator[Action]:
    """Type, defaults and nullability of the column itself."""
    editor, _, old, new = alteration.parts
    yield from _change_type(alteration)
    yield from _change_db_default(alteration)
    if alteration.needs_default:
        value = literal(effective_default(new.field))
        yield _column(alteration, Kind.SET_DEFAULT, f"SET DEFAULT {value}")
    if alteration.is_four_way:
        yield from _update(alteration)
    if alteration.sets_not_null:
        is_proven = alteration.model is not None and proves_not_null(alteration.model, old.name)
        kind = Kind.SET_NOT_NULL_PROVEN if is_proven else Kind.SET_NOT_NULL
        yield _change_null(alteration, kind, "SET NOT NULL")
    elif old.field.null is False and new.field.null is True:
        yield _change_null(alteration, Kind.DROP_NOT_NULL, "DROP NOT NULL")
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


def _change_null(alteration: Alteration, kind: Kind, clause: str) -> Action:
    if not alteration.editor.is_mysql:
        return _column(alteration, kind, clause)
    clause = modified_null(alteration.editor, alteration.new)
    return alteration.editor.alter(kind, alteration.table, clause, columns=alteration.columns)


def _drop_default(alteration: Alteration) -> Action:
    """The default dropped again; on MySQL that of a column that takes NULL becomes NULL."""
    is_null = alteration.editor.is_mysql and alteration.new.field.null is True
    return _column(alteration, Kind.DROP_DEFAULT, "SET DEFAULT NULL" if is_null else "DROP DEFAULT")


def _update(alteration: Alteration) -> Iterator[Action]:
    """NULLs overwritten; PostgreSQL then has every deferred check done, so that DDL may follow."""
    editor, new = alteration.editor, alteration.new
    if new.field.has_db_default is True:
        value = expression(new.field.get("db_default"))
    else:
        value = literal(effective_default(new.field))
    column = editor.quote(new.column)
    table = editor.quote(alteration.table)
    sql = f"UPDATE {table} SET {column} = {value} WHERE {column} IS NULL"  # noqa: S608 -- only shown
    yield editor.action(Kind.UPDATE, alteration.table, sql, columns=alteration.columns)
    if editor.is_postgresql:
        checked = editor.action(Kind.SET, "", "SET CONSTRAINTS ALL IMMEDIATE", name="CONSTRAINTS")
        yield replace(checked, value="ALL IMMEDIATE", is_local=True)


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
    if not alteration.asks_for_type:
        return
    if alteration.editor.is_postgresql:
        yield from _before_type(alteration)
    yield _alter_type(alteration)


def _before_type(alteration: Alteration) -> Iterator[Action]:
    editor, table, old = alteration.editor, alteration.table, alteration.old
    if _is_leaving_text(alteration):
        columns = (old.column,)
        yield editor.drop_index(table, columns, editor.made_up(table, columns, "_like"))
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
    is_cast = alteration.editor.is_postgresql and not new.field.is_generated
    django = alteration.editor.django
    using = is_cast and _data_type(old, django) != _data_type(new, django)
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
    if alteration.editor.is_mysql:
        clause = modified_type(alteration.editor, old, new)
        action = alteration.editor.alter(kind, alteration.table, clause, columns=action.columns)
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
    if (not old.is_indexed or old.is_unique) and new.is_indexed and not new.is_unique:
        yield editor.create_index(table, alteration.columns)
    if alteration.becomes_primary_key:
        name = editor.quote(editor.made_up(table, alteration.columns, "_pk"))
        clause = f"ADD CONSTRAINT {name} PRIMARY KEY"
        yield editor.alter(
            Kind.ADD_PRIMARY_KEY,
            table,
            f"{clause} ({editor.quote(new.column)})",
            columns=alteration.columns,
        )
    if not editor.is_sqlite:
        for first, second in alteration.incoming:
            yield from _follow(editor, first, second)
    if new.is_constrained and (alteration.drops_foreign_key or not old.is_constrained):
        yield editor.add_foreign_key(table, new)
    if alteration.drops_incoming:
        for _, relation in alteration.incoming:
            if relation.column.is_constrained:
                on_child = editor.on(relation.model.key, "")
                yield on_child.add_foreign_key(relation.table, relation.column, is_again=True)
    if editor.check_of(new) and editor.changes_check(old, new):
        name = editor.quote(editor.made_up(table, alteration.columns, "_check"))
        clause = f"ADD CONSTRAINT {name} CHECK ({editor.check_of(new)})"
        yield editor.alter(Kind.ADD_CHECK, table, clause, columns=alteration.columns)
    if alteration.needs_default:
        yield _drop_default(alteration)


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
    # Before 5.2 Django forgets to make it again for another type of text.
    is_made_again = editor.django >= (5, 2) and _is_leaving_text(alteration)
    if (is_added or is_made_again) and editor.needs_like_index(new):
        yield editor.create_like_index(table, new)
    if old.is_unique and not (new.is_indexed or new.is_unique) and editor.is_postgresql:
        columns = (old.column,)
        yield editor.drop_index(table, columns, editor.made_up(table, columns, "_like"))
