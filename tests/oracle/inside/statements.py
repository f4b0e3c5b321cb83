"""Run where Django is: the SQL that its schema editor would send for PostgreSQL, without a server.

What the editor would ask of the server, it is told from the models as they were before.
"""

import copy

from django.core.checks import model_checks
from django.db import connection
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations import operations as ops
from django.db.migrations.state import ProjectState
from django.db.models import AutoField, ManyToManyField
from django.db.models.indexes import Index

RELEASE = 140_000
REVERSE = (ops.AlterField, ops.RenameField, ops.RenameModel, ops.AlterModelTable, ops.DeleteModel)
COLUMNS = (ops.CreateModel, ops.AddField, ops.AlterField, ops.RenameField)
NAMES = ("model_name", "name", "old_name", "new_name")


class Cursor:
    """Finds nothing, whatever it is asked."""

    rowcount = 0

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False

    def __iter__(self):
        return iter(())

    def execute(self, *_given):
        return self

    def close(self):
        pass

    def fetchone(self):
        return None

    def fetchmany(self, *_given):
        return []

    fetchall = fetchmany


class Editor(DatabaseSchemaEditor):
    """Takes down what it would send."""

    def __init__(self, state):
        super().__init__(connection, collect_sql=True, atomic=False)
        self.state = state
        self.former = {}
        connection.introspection.get_constraints = lambda _cursor, table: self.having(table, parts)
        connection.introspection.get_sequences = lambda _cursor, table: self.having(table, numbers)

    def alter_db_table(self, model, old_db_table, new_db_table):
        self.former[new_db_table] = self.former.pop(old_db_table, old_db_table)
        super().alter_db_table(model, old_db_table, new_db_table)

    def having(self, table, what):
        """What the server would have for a table, which may have had another name before."""
        table = self.former.get(table, table)
        models = self.state.apps.get_models(include_auto_created=True)
        model = next((each for each in models if each._meta.db_table == table), None)
        with DatabaseSchemaEditor(connection, collect_sql=True, atomic=False) as editor:
            found = what(model, editor, self.state) if model else []
            editor.deferred_sql.clear()
        return found

    def execute(self, sql, params=()):
        text = str(sql)
        if params is not None:
            text = text % tuple(map(self.quote_value, params))
        self.collected_sql.append(text)

    def quote_value(self, value):
        try:
            return super().quote_value(value)
        except Exception:  # noqa: BLE001 - a type that only a live connection can adapt
            return "'...'"


def prepare():
    """Have Django believe in a server of this release that has nothing to say."""
    connection.__dict__["pg_version"] = RELEASE
    connection.ensure_connection = lambda: None
    connection.cursor = lambda *_given, **_keywords: Cursor()
    model_checks._check_lazy_references = lambda *_given, **_keywords: []


# What the server would have --------------------------------------------------------------------


BLANK = {
    "columns": [],
    "primary_key": False,
    "unique": False,
    "foreign_key": None,
    "check": False,
    "index": False,
    "type": None,
    "orders": [],
    "definition": None,
    "options": None,
}
BTREE = {"index": True, "type": Index.suffix}


def numbers(model, _editor, _state):
    """The sequences behind the columns of a model."""
    return [
        {"name": f"{model._meta.db_table}_{each.column}_seq", "column": each.column}
        for each in model._meta.local_concrete_fields
        if isinstance(each, AutoField)
    ]


def parts(model, editor, state):
    """The constraints and indexes of a model's table, as Django itself has made them."""
    return {name: {**BLANK, **entry} for name, entry in of_model(model, editor, state)}


def of_model(model, editor, state):
    meta, table = model._meta, model._meta.db_table
    kept = state.models.get((meta.app_label, meta.model_name))
    for field in meta.local_concrete_fields:
        yield from of_field(model, field, editor)
    for names in meta.unique_together:
        columns = [meta.get_field(name).column for name in names]
        name = editor._create_index_name(table, columns, suffix="_uniq")
        yield name, {"columns": columns, "unique": True}
    for names in kept.options.get("index_together") or () if kept else ():
        columns = [meta.get_field(name).column for name in names]
        yield (
            editor._create_index_name(table, columns, suffix="_idx"),
            {"columns": columns, **BTREE},
        )
    for index in meta.indexes:
        columns = [meta.get_field(name).column for name, _ in index.fields_orders]
        kind = Index.suffix if index.suffix == Index.suffix else index.suffix
        yield index.name, {"columns": columns, "index": True, "type": kind}
    for each in meta.constraints:
        fields = getattr(each, "fields", ())
        columns = [meta.get_field(name).column for name in fields]
        yield each.name, {"columns": columns, "unique": bool(fields), "check": not fields}


def of_field(model, field, editor):
    table, columns = model._meta.db_table, [field.column]
    if field.primary_key:
        yield f"{table}_pkey", {"columns": columns, "primary_key": True, "unique": True}
    elif field.unique:
        yield f"{table}_{field.column}_key", {"columns": columns, "unique": True}
    if field.remote_field and field.db_constraint:
        key = field.remote_field.get_related_field()
        to = (field.remote_field.model._meta.db_table, key.column)
        name = editor._fk_constraint_name(model, field, "_fk_%(to_table)s_%(to_column)s")
        yield str(name), {"columns": columns, "foreign_key": to}
    if editor._field_should_be_indexed(model, field):
        yield editor._create_index_name(table, columns), {"columns": columns, **BTREE}
    if editor._create_like_index_sql(model, field) is not None:
        name = editor._create_index_name(table, columns, suffix="_like")
        yield name, {"columns": columns, **BTREE}
    if field.db_parameters(connection)["check"]:
        yield f"{table}_{field.column}_check", {"columns": columns, "check": True}


# The models that an operation needs -------------------------------------------------------------


def small(state, keys):
    """A state of nothing but these models, to be rendered quickly."""
    models = {key: state.models[key] for key in keys if key in state.models}
    return ProjectState(models, state.real_apps)


def related(state, key, depth=2):
    """The models that one leads to, its bases to the end."""
    found, todo = set(), [(key, depth)]
    while todo:
        key, left = todo.pop()
        if key in state.models and key not in found:
            found.add(key)
            model = state.models[key]
            todo += [(keyed(base, key[0]), left) for base in model.bases if isinstance(base, str)]
            for field in model.fields.values():
                if left or field.primary_key:
                    todo += [(each, max(left - 1, 0)) for each in targets(field, key)]
    return found


def targets(field, key):
    """The models that a field names."""
    relation = field.remote_field
    for each in (relation.model, getattr(relation, "through", None)) if relation else ():
        if isinstance(each, str):
            yield key if each == "self" else keyed(each, key[0])


def keyed(name, app_label):
    label, dot, model = name.rpartition(".")
    return (label if dot else app_label, model.lower())


def backwards(state, key):
    """The models with a field that leads to one."""
    return {
        other
        for other, model in state.models.items()
        if any(key in targets(field, other) for field in model.fields.values())
    }


def named(operation, app_label):
    """The models that an operation is about, nested ones included."""
    for each in getattr(operation, "database_operations", ()):
        yield from named(each, app_label)
    for name in NAMES:
        value = getattr(operation, name, None)
        if isinstance(value, str):
            yield (app_label, value.lower())


def has_reverse(operation):
    return isinstance(operation, REVERSE) or any(
        map(has_reverse, getattr(operation, "database_operations", ()))
    )


def needed(operation, app_label, states):
    keys = set()
    for state in states:
        for key in named(operation, app_label):
            keys |= related(state, key)
            if has_reverse(operation):
                for other in backwards(state, key):
                    keys |= related(state, other, 1)
    return keys


# Operation by operation -------------------------------------------------------------------------


def without_python(operation):
    """The operation without what runs the project's own code on rows."""
    nested = getattr(operation, "database_operations", None)
    if nested is None:
        return operation
    operation = copy.copy(operation)
    operation.database_operations = [
        without_python(each) for each in nested if not isinstance(each, ops.RunPython)
    ]
    return operation


def sent(operation, app_label, before, after):
    """The statements for an operation, and the column of every field of the models it is about."""
    keys = needed(operation, app_label, (before, after))
    old, new = small(before, keys), small(after, keys)
    editor = Editor(old)
    with editor:
        without_python(operation).database_forwards(app_label, editor, old, new)
    is_about = isinstance(operation, COLUMNS)
    columns = {
        key[1]: dict(columned(new.apps.get_model(*key)))
        for key in (dict.fromkeys(named(operation, app_label)) if is_about else ())
        if key in new.models
    }
    return {"sql": editor.collected_sql, "columns": columns}


def columned(model):
    """Column and type of every field of a model that has one, as far as its relations lead."""
    for field in model._meta.local_fields:
        try:
            told = [field.column, field.db_parameters(connection)["type"]]
        except (AttributeError, ValueError):  # it leads to a model that is not rendered
            continue
        if not isinstance(field, ManyToManyField):
            yield field.name, told


def told(migration, state):
    """What is sent for each operation of a migration, from the state in front of it."""
    for at, operation in enumerate(migration.operations):
        after = state.clone()
        operation.state_forwards(migration.app_label, after)
        if not isinstance(operation, ops.RunPython):
            try:
                answer = sent(operation, migration.app_label, state, after)
            except Exception as error:  # noqa: BLE001 - whatever a project's code comes to
                answer = {"error": f"{type(error).__name__}: {error}"}
            yield {"at": at, "kind": type(operation).__name__, **answer}
        state = after
