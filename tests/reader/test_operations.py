from __future__ import annotations

import pytest
from reader.sources import module

from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddIndex,
    AlterConstraint,
    AlterIndexTogether,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    Construct,
    CreateCollation,
    CreateExtension,
    CreateModel,
    DeleteModel,
    OpaqueOperation,
    Reference,
    RemoveCollation,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
    RunSQL,
    SeparateDatabaseAndState,
    ValidateConstraint,
)

POSTGRES = "from django.contrib.postgres.operations import *\n"


def said(operation):
    names = [name for name in operation.__dataclass_fields__ if name != "place"]
    return type(operation), {name: getattr(operation, name) for name in names}


@pytest.mark.parametrize(
    ("positional", "keywords", "kind", "values"),
    [
        ("RemoveField('order', 'total')", "RemoveField(model_name='order', name='total')",
         RemoveField, {"model_name": "order", "name": "total"}),
        ("RenameField('order', 'a', 'b')",
         "RenameField(model_name='order', old_name='a', new_name='b')",
         RenameField, {"model_name": "order", "old_name": "a", "new_name": "b"}),
        ("DeleteModel('Order')", "DeleteModel(name='Order')", DeleteModel, {"name": "Order"}),
        ("RenameModel('A', 'B')", "RenameModel(old_name='A', new_name='B')",
         RenameModel, {"old_name": "A", "new_name": "B"}),
        ("AlterModelTable('order', 't')", "AlterModelTable(name='order', table='t')",
         AlterModelTable, {"name": "order", "table": "t"}),
        ("AlterModelTable('order', None)", "AlterModelTable(name='order', table=None)",
         AlterModelTable, {"name": "order", "table": None}),
        ("AlterModelTable('order', settings.T)", "AlterModelTable(name='order', table=make())",
         AlterModelTable, {"name": "order", "table": UNKNOWN}),
        ("AlterModelTableComment('order', 'c')",
         "AlterModelTableComment(name='order', table_comment='c')",
         AlterModelTableComment, {"name": "order", "table_comment": "c"}),
        ("AlterUniqueTogether('order', {('a', 'b')})",
         "AlterUniqueTogether(name='order', unique_together=set([('a', 'b')]))",
         AlterUniqueTogether, {"name": "order", "unique_together": (("a", "b"),)}),
        ("AlterUniqueTogether('order', ('a', 'b'))",
         "AlterUniqueTogether(name='order', unique_together=[['a', 'b']])",
         AlterUniqueTogether, {"name": "order", "unique_together": (("a", "b"),)}),
        ("AlterUniqueTogether('order', None)",
         "AlterUniqueTogether(name='order', unique_together={})",
         AlterUniqueTogether, {"name": "order", "unique_together": ()}),
        ("AlterUniqueTogether('order', settings.X)",
         "AlterUniqueTogether(name='order', unique_together=[(settings.A, 'b')])",
         AlterUniqueTogether, {"name": "order", "unique_together": UNKNOWN}),
        ("AlterIndexTogether('order', [('a', 'b')])",
         "AlterIndexTogether(name='order', index_together={('a', 'b')})",
         AlterIndexTogether, {"name": "order", "index_together": (("a", "b"),)}),
        ("AlterOrderWithRespectTo('order', 'parent')",
         "AlterOrderWithRespectTo(name='order', order_with_respect_to='parent')",
         AlterOrderWithRespectTo, {"name": "order", "order_with_respect_to": "parent"}),
        ("AlterModelOptions('order', {'ordering': ['id']})",
         "AlterModelOptions(name='order', options=dict(ordering=['id']))",
         AlterModelOptions, {"name": "order", "options": {"ordering": ("id",)}}),
        ("AlterModelOptions('order', None)", "AlterModelOptions(name='order', options={})",
         AlterModelOptions, {"name": "order", "options": {}}),
        ("AlterModelOptions('order', settings.X)",
         "AlterModelOptions(name='order', options={settings.X: 1})",
         AlterModelOptions, {"name": "order", "options": UNKNOWN}),
        ("AlterModelManagers('order', [])", "AlterModelManagers(name='order', managers=())",
         AlterModelManagers, {"name": "order", "managers": ()}),
        ("RemoveIndex('order', 'i')", "RemoveIndex(model_name='order', name='i')",
         RemoveIndex, {"model_name": "order", "name": "i", "concurrently": False}),
        ("RenameIndex('order', 'new', 'old')",
         "RenameIndex(model_name='order', new_name='new', old_name='old')",
         RenameIndex,
         {"model_name": "order", "new_name": "new", "old_name": "old", "old_fields": None}),
        ("RenameIndex('order', 'new', None, ('a', 'b'))",
         "RenameIndex(model_name='order', new_name='new', old_fields=['a', 'b'])",
         RenameIndex,
         {"model_name": "order", "new_name": "new", "old_name": None, "old_fields": ("a", "b")}),
        ("RemoveConstraint('order', 'c')", "RemoveConstraint(model_name='order', name='c')",
         RemoveConstraint, {"model_name": "order", "name": "c"}),
    ],
)  # fmt: skip
def test_an_operation_is_the_same_by_position_and_by_keyword(
    operations, positional, keywords, kind, values
):
    for text in (positional, keywords):
        (found,) = operations(f"migrations.{text}")
        assert said(found) == (kind, values)
        assert found.place.line == 5


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("AddIndexConcurrently('order', models.Index(fields=['a'], name='i')).index", None, {}),
        ("RemoveIndexConcurrently('order', 'i')", RemoveIndex,
         {"model_name": "order", "name": "i", "concurrently": True}),
        ("ValidateConstraint('order', 'c')", ValidateConstraint,
         {"model_name": "order", "name": "c"}),
        ("CreateExtension('hstore')", CreateExtension, {"name": "hstore"}),
        ("CreateExtension(name='x')", CreateExtension, {"name": "x"}),
        ("TrigramExtension()", CreateExtension, {"name": "pg_trgm"}),
        ("BtreeGistExtension()", CreateExtension, {"name": "btree_gist"}),
        ("CreateCollation('c', 'de')", CreateCollation, {"name": "c"}),
        ("RemoveCollation('c', locale='de')", RemoveCollation, {"name": "c"}),
    ],
)  # fmt: skip
def test_the_operations_of_contrib_postgres_are_read(operations, text, kind, values):
    found = operations(text, head=POSTGRES)
    assert [said(each) for each in found] == ([(kind, values)] if kind else [])


def test_an_index_is_read_with_its_keywords(operations):
    (found,) = operations(
        "AddIndexConcurrently('order', models.Index(fields=['a', '-b'], name='i', "
        "condition=models.Q(a=1)))",
        head=POSTGRES,
    )
    assert isinstance(found, AddIndex)
    assert found.concurrently
    assert (found.index.path, found.index.name) == ("django.db.models.Index", "i")
    assert found.index.fields == ("a", "-b")
    assert found.index.keywords == {
        "condition": Construct("django.db.models.Q", (), (("a", 1),)),
    }


def test_an_index_on_expressions_has_no_fields(operations):
    (found,) = operations(
        "migrations.AddIndex('order', GinIndex(Lower('a'), models.F('b').desc(), name=NAME))",
        head="from django.contrib.postgres.indexes import GinIndex\n"
        "from django.db.models.functions.text import Lower\nNAME = 'i'\n",
    )
    assert found.index.path == "django.contrib.postgres.indexes.GinIndex"
    assert (found.index.fields, found.index.name) == ((), "i")
    lower = Construct("django.db.models.functions.Lower", ("a",))
    order = Construct(
        "django.db.models.OrderBy",
        (Construct("django.db.models.F", ("b",)),),
        (("descending", True),),
    )
    assert found.index.keywords == {"expressions": (lower, order)}


def test_what_of_an_index_cannot_be_told_is_unknown(operations):
    (found,) = operations("migrations.AddIndex('order', models.Index(fields=settings.X))")
    assert (found.index.name, found.index.fields) == (UNKNOWN, UNKNOWN)


def test_constraints_are_read(operations):
    check, unique, validated, altered = operations(
        """
        migrations.AddConstraint("order", models.CheckConstraint(
            condition=models.Q(total__gte=0) & ~models.Q(code="x"), name="c")),
        migrations.AddConstraint("order", models.UniqueConstraint(
            models.functions.Lower("code"), name="u", deferrable=models.Deferrable.DEFERRED)),
        AddConstraintNotValid("order", models.CheckConstraint(check=models.Q(a=1), name=settings.X)),
        migrations.AlterConstraint("order", "u", models.UniqueConstraint(fields=["a"], name="u")),
        """,
        head=POSTGRES,
    )
    assert isinstance(check, AddConstraint)
    assert check.constraint.name == "c"
    assert check.constraint.keywords["condition"] == Construct(
        "django.db.models.Q",
        (
            Construct("django.db.models.Q", (), (("total__gte", 0),)),
            Construct("django.db.models.Q", (), (("code", "x"), ("_negated", True))),
        ),
        (("_connector", "AND"),),
    )
    assert unique.constraint.path == "django.db.models.UniqueConstraint"
    assert unique.constraint.fields == ()
    assert unique.constraint.keywords["deferrable"] == Reference(
        "django.db.models.Deferrable.DEFERRED"
    )
    assert unique.constraint.keywords["expressions"] == (
        Construct("django.db.models.functions.Lower", ("code",)),
    )
    assert (validated.not_valid, validated.constraint.name) == (True, UNKNOWN)
    assert isinstance(altered, AlterConstraint)
    assert altered.constraint.fields == ("a",)


# CreateModel ------------------------------------------------------------------------------


def test_a_model_is_read_whole(operations):
    (found,) = operations(
        """
        migrations.CreateModel(
            name="Order",
            fields=[("id", models.AutoField(primary_key=True)), ["code", models.TextField()]],
            options={
                "db_table": "orders",
                "indexes": [models.Index(fields=["code"], name="i")],
                "constraints": [models.UniqueConstraint(fields=["code"], name="u")],
                "unique_together": {("a", "b")},
            },
            bases=("shop.base", models.Model),
            managers=[("objects", shop.models.OrderManager())],
        )
        """,
        head="import shop.models\n",
    )
    assert isinstance(found, CreateModel)
    assert (found.name, found.is_complete) == ("Order", True)
    assert [name for name, _ in found.fields] == ["id", "code"]
    assert found.options == {"db_table": "orders", "unique_together": (("a", "b"),)}
    assert [each.name for each in found.indexes] == ["i"]
    assert [each.name for each in found.constraints] == ["u"]
    assert found.bases == ("shop.base", Reference("django.db.models.Model"))
    assert found.managers == (("objects", Construct("shop.models.OrderManager")),)


def test_a_model_without_anything_has_nothing(operations):
    (found,) = operations("migrations.CreateModel('Order', [])")
    assert (found.fields, found.options, found.bases, found.managers) == ((), {}, (), ())
    assert found.is_complete


@pytest.mark.parametrize(
    "text",
    [
        "settings.FIELDS",
        "[('id', models.AutoField()), (settings.NAME, models.TextField())]",
        "[('id', models.AutoField()), ('x', make())]",
        "[('id', models.AutoField())] + settings.FIELDS",
        "[('id', models.AutoField()), 1]",
        "[], settings.OPTIONS",
        "[], {settings.X: 1}",
        "[], {'indexes': settings.INDEXES}",
        "[], {'constraints': [settings.C]}",
    ],
)
def test_a_model_of_which_a_part_is_unread_is_incomplete(operations, text):
    (found,) = operations(f"migrations.CreateModel('Order', {text})")
    assert isinstance(found, CreateModel)
    assert not found.is_complete


def test_options_that_cannot_be_read_leave_the_table_unknown(operations):
    (found,) = operations("migrations.CreateModel('Order', [], settings.OPTIONS, bases=B)")
    assert found.options == {"db_table": UNKNOWN, "managed": UNKNOWN}
    assert found.bases is UNKNOWN


# What is not known ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("RemoveField(settings.X, 'total')", None),
        ("RemoveField('order', settings.X)", ("order",)),
        ("RemoveField('order')", ("order",)),
        ("RemoveField(**settings.X)", None),
        ("RemoveField(*settings.X)", None),
        ("DeleteModel(name=unknown)", None),
        ("RenameModel('A', settings.X)", None),
        ("RenameIndex('order', 'new', settings.X)", ("order",)),
        ("RenameIndex('order', 'new', old_fields=settings.X)", ("order",)),
        ("RenameIndex('order', 'new', old_fields=[settings.X])", ("order",)),
        ("AddIndex('order', settings.X)", ("order",)),
        ("AddIndex('order', models.Index(*settings.X))", ("order",)),
        ("AddConstraint('order', settings.X)", ("order",)),
        ("RemoveField('order', 'a' if settings.X else 'b')", ("order",)),
    ],
)
def test_an_operation_without_its_names_is_opaque_and_noted(migration, text, models):
    found = migration(module(f"operations = [migrations.{text}]"))
    (operation,) = found.operations
    assert isinstance(operation, OpaqueOperation)
    assert operation.path == f"django.db.migrations.{text.partition('(')[0]}"
    assert operation.models == models
    assert len(found.unreadable) == 1
    assert found.is_complete


def test_a_field_of_an_unknown_class_is_unknown_and_noted(migration):
    found = migration(module("operations = [migrations.AddField('order', 'x', settings.F)]"))
    assert found.operations[0].field is UNKNOWN
    assert [each.what for each in found.unreadable] == ["field"]


# Nesting ----------------------------------------------------------------------------------


def test_nested_operations_are_read_to_any_depth(operations):
    (found,) = operations(
        """
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(
                "SELECT 1",
                state_operations=[migrations.SeparateDatabaseAndState(
                    state_operations=[migrations.DeleteModel("a")],
                )],
            )],
        )
        """
    )
    assert isinstance(found, SeparateDatabaseAndState)
    (run,) = found.database_operations
    assert isinstance(run, RunSQL)
    (inner,) = run.state_operations
    (deepest,) = inner.state_operations
    assert deepest.name == "a"
    assert found.state_operations == ()


def test_lists_of_the_class_body_are_nested(operations):
    (found,) = operations(
        """
        state_operations = [migrations.DeleteModel("a")]
        operations = [migrations.SeparateDatabaseAndState(None, state_operations)]
        """
    )
    assert [each.name for each in found.state_operations] == ["a"]


def test_a_nested_list_that_cannot_be_read_is_noted(migration):
    text = "operations = [migrations.SeparateDatabaseAndState(settings.X)]"
    found = migration(module(text))
    assert [each.what for each in found.unreadable] == ["operations"]
    assert not found.is_complete


# Custom operations ------------------------------------------------------------------------

CUSTOM = """
class Remove(migrations.RemoveField):
    pass
class Create(migrations.CreateModel):
    def __init__(self, table, name):
        super().__init__(name, [])
class Rename(migrations.RenameModel):
    reversible = False
class Spread(migrations.RemoveField):
    def __init__(self, *args, **kwargs):
        pass
class Again(Remove):
    pass
class Run(migrations.RunPython):
    pass
class Nothing(migrations.operations.base.Operation):
    def state_forwards(self, app_label, state):
        pass
class OneWay(migrations.operations.base.Operation):
    def database_backwards(self, *args):
        raise NotImplementedError
class Both(migrations.operations.base.Operation):
    def database_backwards(self, *args):
        undo()
class Extend(migrations.SeparateDatabaseAndState):
    pass
"""


@pytest.mark.parametrize(
    ("text", "models", "is_reversible"),
    [
        ("Remove('order', 'total')", ("order",), True),
        ("Remove(model_name='order', name='total')", ("order",), True),
        ("Remove(settings.X, 'total')", None, True),
        ("Create('t', 'Order')", ("Order",), True),
        ("Rename('A', 'B')", ("A", "B"), False),
        ("Spread('order', 'total')", ("order",), True),
        ("Again('order', 'total')", ("order",), True),
        ("Run(migrations.RunPython.noop)", (), UNKNOWN),
        ("Nothing()", (), UNKNOWN),
        ("OneWay()", None, False),
        ("OneWay(model_name='order')", ("order",), False),
        ("Both()", None, True),
        ("Extend([])", None, True),
    ],
)
def test_a_custom_operation_is_opaque_and_names_its_models(migration, text, models, is_reversible):
    found = migration(module(f"operations = [{text}]", CUSTOM))
    (operation,) = found.operations
    assert isinstance(operation, OpaqueOperation)
    assert operation.path == f".{text.partition('(')[0]}"
    assert operation.models == models
    assert operation.is_reversible is is_reversible
    assert found.unreadable == ()


@pytest.mark.parametrize(
    ("text", "path", "models"),
    [
        ("pgtrigger.migrations.AddTrigger(model_name='order', trigger=1)",
         "pgtrigger.migrations.AddTrigger", ("order",)),
        ("pgtrigger.migrations.Other(name='order')", "pgtrigger.migrations.Other", None),
        ("IgnoreMigration()", "django_migration_linter.IgnoreMigration", ()),
    ],
)  # fmt: skip
def test_an_operation_from_elsewhere_is_opaque(operations, text, path, models):
    head = "import pgtrigger.migrations\nfrom django_migration_linter import IgnoreMigration\n"
    (found,) = operations(text, head=head)
    assert (found.path, found.models, found.is_reversible) == (path, models, UNKNOWN)


def test_a_first_party_operation_is_read_for_its_models(operations):
    files = {
        "shop/ops.py": """
            from django.db import migrations
            class Remove(migrations.RemoveField):
                reversible = False
        """
    }
    (found,) = operations("Remove('order', 'x')", head="from shop.ops import Remove\n", files=files)
    assert (found.path, found.models, found.is_reversible) == ("shop.ops.Remove", ("order",), False)


def test_a_local_function_that_is_decorated_is_not_called(migration):
    head = "@cached\ndef make():\n    return []\n"
    assert not migration(module("operations = make()", head)).is_complete


@pytest.mark.parametrize("name", ["AddField", "AlterField"])
@pytest.mark.parametrize(
    ("text", "preserves"),
    [
        ("'order', 'total', models.TextField()", True),
        ("'order', 'total', models.TextField(), False", False),
        ("model_name='order', name='total', field=models.TextField(), preserve_default=False",
         False),
    ],
)  # fmt: skip
def test_a_field_is_added_and_altered(operations, name, text, preserves):
    (found,) = operations(f"migrations.{name}({text})")
    assert (type(found).__name__, found.model_name, found.name) == (name, "order", "total")
    assert found.field.path == "django.db.models.TextField"
    assert found.preserve_default is preserves


def test_a_name_of_the_class_is_the_modules_until_it_is_bound(operations):
    head = "from django.contrib.postgres import operations"
    found = operations("operations = [operations.HStoreExtension()]", head=head)
    assert [type(each) for each in found] == [CreateExtension]


def test_a_setting_that_is_asked_for_with_a_default_is_taken_to_be_there(operations):
    target = 'getattr(settings, "AUTH_USER_MODEL", "auth.User")'
    (found,) = operations(f'migrations.AddField("a", "b", models.ForeignKey({target}, x))')
    assert found.field.get("to") == Reference("django.conf.settings.AUTH_USER_MODEL")
