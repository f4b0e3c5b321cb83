"""Indexes, unique_together and index_together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import Constraint, Construct, Field, Index, Unknown, Value
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import Column, column_name, internal_type
from flake8_django_migrations.plan.editor import Editor
from flake8_django_migrations.plan.features import has_expression_indexes, index_extras

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
    if not _is_supported(editor, index):
        return ()
    name = index.name if isinstance(index.name, str) else ""
    names = () if isinstance(index.fields, Unknown) else index.fields
    columns = columns_of(model, names or named_alone(index.keywords.get("expressions")))
    kind = Kind.CREATE_INDEX_CONCURRENTLY if concurrently else Kind.CREATE_INDEX
    words = "CREATE INDEX CONCURRENTLY" if concurrently else "CREATE INDEX"
    listed = editor.quoted(columns) or "..."
    sql = f"{words} {editor.quote(name)} ON {editor.quote(table)} ({listed})"
    action = editor.action(kind, table, sql, columns=columns, name=name)
    return (replace(action, is_plain=_is_plain(editor, index)),) if table else ()


def _is_supported(editor: Editor, index: Index) -> bool:
    """Whether the server has such indexes; Django sends nothing to one that has not."""
    if index.path.startswith("django.contrib.postgres."):
        return editor.is_postgresql
    return index.keywords.get("expressions") is None or has_expression_indexes(editor.database)


def _is_plain(editor: Editor, index: Index) -> bool:
    is_btree = index.path.startswith("django.db.models.") or index.path.endswith(".BTreeIndex")
    listed = index.fields if isinstance(index.fields, tuple) else ()
    expressions = index.keywords.get("expressions")
    if not listed and are_columns(expressions):
        listed = named_alone(expressions)
        index = replace(index, keywords={**index.keywords, "expressions": None})
    extras = index_extras(editor.database)
    is_given = any(index.keywords.get(key) not in {None, ()} for key in extras)
    is_ascending = not any(name.startswith("-") for name in listed)
    return bool(listed) and is_ascending and is_btree and not is_given


def named_alone(expressions: Value) -> tuple[str, ...]:
    """The fields that stand in a list of expressions as they are, in whatever order they sort."""
    found: list[str] = []
    for each in expressions if isinstance(expressions, tuple) else ():
        match each:
            case str(name):
                found.append(name)
            case Construct(arguments=(str(name),)) if each.class_name == "F":
                found.append(name)
            case Construct(arguments=(Construct() as inner, *_)) if each.class_name == "OrderBy":
                found += named_alone((inner,))
            case _:
                continue
    return tuple(found)


def are_columns(expressions: Value) -> bool:
    """Whether expressions are nothing but fields: the index is then one on plain columns."""
    given = expressions if isinstance(expressions, tuple) else ()
    return bool(given) and all(
        isinstance(each, str) or (isinstance(each, Construct) and each.class_name == "F")
        for each in given
    )


def remove_index(
    editor: Editor, model: ModelState, name: str, *, concurrently: bool = False
) -> tuple[Action, ...]:
    """DROP INDEX; its columns are known where the state has it."""
    table = table_of(model)
    found = model.index(name)
    if not table or (isinstance(found, Index) and not _is_supported(editor, found)):
        return ()
    names = found.fields if isinstance(found, Index) and isinstance(found.fields, tuple) else ()
    action = editor.drop_index(table, columns_of(model, names), name)
    action = replace(action, is_plain=isinstance(found, Index) and _is_plain(editor, found))
    if concurrently:
        sql = action.sql.replace("DROP INDEX", "DROP INDEX CONCURRENTLY", 1)
        action = replace(action, kind=Kind.DROP_INDEX_CONCURRENTLY, sql=sql)
    return (*index_for_key(editor, model, names, name), action)


def index_for_key(
    editor: Editor, model: ModelState, names: tuple[str, ...], dropped: str = ""
) -> tuple[Action, ...]:
    """The index that a foreign key on MySQL needs in place of the one that goes.

    InnoDB gives up the key's own index as soon as another one begins with its column.
    """
    name = names[0].lstrip("-") if names else ""
    field = model.fields.get(name)
    if not editor.is_mysql or field is None or internal_type(field) != "ForeignKey":
        return ()
    is_loose = field.get("db_constraint", True) is not True
    has_own = field.flag("unique") is True or (is_loose and field.get("db_index", True) is True)
    left = sum(listed[:1] in {(name,), (f"-{name}",)} for listed in _listed(model, dropped))
    # unique_together and index_together have no name here: one of them is the one that goes.
    if has_own or left > (0 if dropped else 1):
        return ()
    return (editor.create_index(table_of(model), columns_of(model, (name,))),)


def is_first_in_an_index(model: ModelState, name: str) -> bool:
    """Whether one of the model's own indexes or unique constraints begins with the field."""
    return any(listed[:1] in {(name,), (f"-{name}",)} for listed in _listed(model, ""))


def _listed(model: ModelState, without: str) -> Iterator[tuple[str, ...]]:
    """The fields of every index and unique constraint of the model, but for that one."""
    for together in (model.unique_together, model.index_together):
        yield from () if isinstance(together, Unknown) else together
    named: tuple[Index | Constraint, ...] = (*model.indexes, *model.constraints)
    for each in named:
        extra = each.keywords.get("condition")
        if each.name != without and isinstance(each.fields, tuple) and extra is None:
            yield each.fields


def rename_index(editor: Editor, model: ModelState, old: str, new: str) -> tuple[Action, ...]:
    """ALTER INDEX ... RENAME TO, nothing where the name stays."""
    table = table_of(model)
    if old == new or not table:
        return ()
    if editor.is_sqlite:
        return _renamed_anew(editor, model, old, new)
    sql = f"ALTER INDEX {editor.quote(old)} RENAME TO {editor.quote(new)}"
    if editor.is_mysql:
        names = f"{editor.quote(old)} TO {editor.quote(new)}"
        sql = f"ALTER TABLE {editor.quote(table)} RENAME INDEX {names}"
    return (editor.action(Kind.RENAME_INDEX, table, sql, name=new),)


def _renamed_anew(editor: Editor, model: ModelState, old: str, new: str) -> tuple[Action, ...]:
    """SQLite cannot rename an index: it is dropped and created."""
    found = model.index(old) or model.index(new)
    if not isinstance(found, Index):
        return ()
    dropped = remove_index(editor, model, old)
    return (*dropped, *add_index(editor, model, replace(found, name=new)))


def column_indexes(editor: Editor, table: str, column: Column) -> tuple[Action, ...]:
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


# The old options -------------------------------------------------------------------------


def alter_unique_together(
    editor: Editor, model: ModelState, old: Together, new: Together
) -> tuple[Action, ...]:
    """Only what differs: constraints dropped, then constraints added."""
    table = table_of(model)
    added = (columns_of(model, names) for names in new if names not in old)
    actions: list[Action] = []
    for names in old:
        if names not in new:
            columns = columns_of(model, names)
            actions += index_for_key(editor, model, names)
            actions.append(
                editor.drop_unique(table, columns, editor.made_up(table, columns, "_uniq"))
            )
    return (*actions, *(editor.add_unique(table, each) for each in added))


def alter_index_together(
    editor: Editor, model: ModelState, old: Together, new: Together
) -> tuple[Action, ...]:
    """Only what differs: indexes dropped, then indexes created."""
    table = table_of(model)
    made = (columns_of(model, names) for names in new if names not in old)
    actions: list[Action] = []
    for names in old:
        if names not in new:
            columns = columns_of(model, names)
            actions += index_for_key(editor, model, names)
            actions.append(
                editor.drop_index(table, columns, editor.made_up(table, columns, "_idx"))
            )
    new_ones = (
        editor.create_index(table, each, editor.made_up(table, each, "_idx")) for each in made
    )
    return (*actions, *new_ones)
