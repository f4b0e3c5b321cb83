from __future__ import annotations

import pytest
from reader.sources import HEAD, module

from flake8_django_migrations.migration import (
    UNKNOWN,
    AddField,
    Dependency,
    MigrationKey,
    OpaqueOperation,
    RemoveField,
)
from flake8_django_migrations.reader.module import is_migration, looks_like_migration

REMOVE = 'migrations.RemoveField("order", "total")'


# Is it one? -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "",
        "class Migration: pass",
        "class Migration(models.Model): pass",
        "from django.db import models\nclass Migration(models.Model): pass",
        "from dataclasses import dataclass\n@dataclass\nclass Migration: pass",
        "class Migration(migrations.Migration): pass",
        "class Migration(Migration): pass",
        "from south.v2 import SchemaMigration\nclass Migration(SchemaMigration): pass",
        "from django.db import migrations\nclass Other(migrations.Migration): pass",
        "# class Migration(migrations.Migration)",
        "class A(Migration): pass\nclass Migration(A): pass",
        "from django.db import migrations\nclass Migration(make(migrations)): pass",
        "from django.db import migrations\nclass Migration(migrations.Migration:",
        "def make():\n    class Migration(models.Model):\n        pass",
    ],
)
def test_what_is_no_migration_is_none(migration, source):
    assert not is_migration(source)
    assert migration(source) is None


@pytest.mark.parametrize(
    "head",
    [
        "from django.db import migrations\nclass Migration(migrations.Migration):",
        "from django.db import migrations as m\nclass Migration(m.Migration):",
        "from django.db.migrations import Migration as M\nclass Migration(M):",
        "from django.db.migrations import *\nclass Migration(Migration):",
        "import django.db.migrations\nclass Migration(django.db.migrations.Migration):",
        "from . import IrreversibleMigration\nclass Migration(IrreversibleMigration):",
        (
            "from sentry.new_migrations.migrations import CheckedMigration\n"
            "class Migration(CheckedMigration):"
        ),
        (
            "from django.db import migrations\nclass Base(migrations.Migration):\n    pass\n"
            "class Migration(Base):"
        ),
        (
            "from mixins import Mixin\nfrom django.db import migrations\n"
            "class Migration(Mixin, migrations.Migration):"
        ),
        (
            "try:\n    from django.db import migrations\nexcept ImportError:\n    pass\n"
            "class Migration(migrations.Migration):"
        ),
    ],
)
def test_a_migration_is_told_by_its_base(migration, head):
    source = f"{head}\n    pass\n"
    assert looks_like_migration(source)
    assert is_migration(source)
    assert migration(source) is not None


def test_a_migration_may_stand_under_a_condition(migration):
    source = """
        from django.db import migrations
        if True:
            class Migration(migrations.Migration):
                initial = True
    """
    assert migration(source).initial is True


def test_text_that_is_no_python_is_none(migration):
    assert migration(HEAD + "class Migration(migrations.Migration):\n    x = (\n") is None
    assert migration(HEAD + "class Migration(migrations.Migration):\n    x = '\0'\n") is None


def test_an_invalid_escape_is_no_warning_of_ours(migration):
    source = HEAD + "class Migration(migrations.Migration):\n    x = '\\d'\n"
    assert migration(source) is not None


# Its attributes ---------------------------------------------------------------------------


def test_an_empty_migration_has_djangos_defaults(migration):
    found = migration(module("operations = []"))
    assert found.key == MigrationKey("shop", "0002_change")
    assert (found.atomic, found.initial, found.operations) == (True, False, ())
    assert (found.dependencies, found.run_before, found.replaces) == ((), (), ())
    assert found.is_complete
    assert found.unreadable == ()
    assert found.base == "django.db.migrations.Migration"
    assert found.place.line == 4


def test_dependencies_keep_their_lines(migration):
    found = migration(
        module(
            """
            dependencies = [
                ("shop", "0001_initial"),
                migrations.swappable_dependency(settings.AUTH_USER_MODEL),
                migrations.swappable_dependency("auth.User"),
                (settings.LABEL, "__first__"),
            ]
            run_before = (("pay", "0003_x"),)
            replaces = [("shop", "0001_a"), ("shop", "0001_b")]
            operations = []
            """
        )
    )
    assert found.dependencies == (
        Dependency("shop", "0001_initial"),
        Dependency(UNKNOWN, "__first__", "AUTH_USER_MODEL"),
        Dependency("auth", "__first__"),
        Dependency(UNKNOWN, "__first__"),
    )
    first = found.dependencies[0].place.line
    assert [each.place.line - first for each in found.dependencies] == [0, 1, 2, 3]
    assert found.run_before == (Dependency("pay", "0003_x"),)
    assert found.replaces == (("shop", "0001_a"), ("shop", "0001_b"))


def test_swapper_names_the_setting(migration):
    found = migration(
        module(
            "dependencies = [swapper.dependency('config', 'Device')]\noperations = []",
            "import swapper",
        )
    )
    assert found.dependencies == (Dependency(UNKNOWN, "__first__", "CONFIG_DEVICE_MODEL"),)


def test_a_dependency_under_a_condition_counts(migration):
    found = migration(
        module(
            """
            dependencies = [("shop", "0001_initial")] + (
                [("sites", "0001_initial")] if settings.SITES else []
            )
            operations = []
            """
        )
    )
    assert [each.app_label for each in found.dependencies] == ["shop", "sites"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("dependencies = settings.DEPENDENCIES", "dependencies"),
        ("dependencies = [('shop', settings.NAME)]", "dependencies"),
        ("dependencies = [make()]", "dependencies"),
        ("dependencies = [settings.make('a')]", "dependencies"),
        ("run_before = [1]", "run_before"),
        ("replaces = make()", "replaces"),
        ("replaces = [('shop', settings.NAME)]", "replaces"),
    ],
)
def test_what_cannot_be_read_of_the_graph_is_noted(migration, text, what):
    found = migration(module(f"{text}\noperations = []"))
    assert [each.what for each in found.unreadable] == [what]


def test_dependencies_of_a_function_are_read(migration):
    found = migration(
        module("dependencies = get()\noperations = []", "def get():\n    return [('a', '0001')]\n")
    )
    assert found.dependencies == (Dependency("a", "0001"),)


@pytest.mark.parametrize(
    ("text", "atomic"),
    [
        ("True", True),
        ("False", False),
        ("None", True),
        ("settings.ATOMIC", UNKNOWN),
        ("connection.vendor == 'postgresql'", True),
        ("connection.vendor != 'postgresql'", False),
    ],
)
def test_atomic_is_read_or_unknown(migration, text, atomic):
    assert migration(module(f"atomic = {text}\noperations = []")).atomic is atomic


def test_a_first_party_base_hands_down_its_attributes(migration):
    source = """
        from shop.base import CheckedMigration
        class Migration(CheckedMigration):
            operations = []
    """
    base = """
        from django.db import migrations
        class CheckedMigration(migrations.Migration):
            atomic = False
    """
    found = migration(source, files={"shop/base.py": base})
    assert (found.atomic, found.base) == (False, "shop.base.CheckedMigration")
    assert migration(source).atomic is UNKNOWN
    assert migration(source).initial is UNKNOWN


def test_a_base_in_the_module_hands_down_its_attributes(migration):
    source = """
        from django.db import migrations
        class Base(migrations.Migration):
            atomic = False
            operations = [migrations.DeleteModel("order")]
        class Migration(Base):
            pass
    """
    found = migration(source)
    assert (found.atomic, found.base) == (False, ".Base")
    assert len(found.operations) == 1


def test_a_base_that_is_not_at_hand_leaves_the_operations_alone(migration):
    source = """
        from elsewhere import CheckedMigration
        class Migration(CheckedMigration):
            pass
    """
    found = migration(source)
    assert (found.operations, found.is_complete) == ((), True)


@pytest.mark.parametrize(
    ("method", "what", "is_complete"),
    [
        ("__init__", "self.operations = self.operations + [1]", False),
        ("__init__", "self.operations.append(1)", False),
        ("apply", "self.app_label = 'x'", True),
    ],
)
def test_a_class_that_changes_itself_is_noted(migration, method, what, is_complete):
    text = f"operations = [{REMOVE}]\ndef {method}(self, *args):\n    {what}\n"
    found = migration(module(text))
    assert len(found.operations) == 1
    assert len(found.unreadable) == 1
    assert found.is_complete is is_complete


INIT = "operations = [{remove}]\ndef __init__(self, *args, **kwargs):\n    super().__init__(*args, **kwargs)\n{body}"


@pytest.mark.parametrize(
    ("body", "vendor", "count"),
    [
        ("    self.operations = []", "postgresql", 0),
        ("    self.operations = [*self.operations, {remove}]", "postgresql", 2),
        ("    self.operations.append({remove})", "postgresql", 2),
        ("    if connection.vendor == 'mysql':\n        self.operations = []", "postgresql", 1),
        ("    if connection.vendor == 'mysql':\n        self.operations = []", "mysql", 0),
    ],
)
def test_what_init_makes_of_the_operations_is_read(migration, body, vendor, count):
    text = INIT.format(remove=REMOVE, body=body.format(remove=REMOVE))
    found = migration(module(text), vendor=vendor)
    assert (len(found.operations), found.unreadable, found.is_complete) == (count, (), True)


@pytest.mark.parametrize(
    "body",
    [
        "    if settings.X:\n        self.operations = []",
        "    self.operations = settings.X",
        "    while settings.X:\n        self.operations.append(1)",
    ],
)
def test_an_init_that_decides_at_run_time_is_noted(migration, body):
    found = migration(module(INIT.format(remove=REMOVE, body=body)))
    assert len(found.operations) == 1
    assert [each.why for each in found.unreadable] == ["__init__() changes self.operations"]
    assert found.is_complete is False


def test_an_init_that_is_no_function_any_more_is_noted(migration):
    text = (
        f"operations = [{REMOVE}]\ndef __init__(self):\n    self.operations = []\n__init__ = other"
    )
    assert migration(module(text)).is_complete is False


def test_a_class_that_overrides_apply_is_read_as_it_says(migration):
    text = f"operations = [{REMOVE}]\ndef apply(self, *args):\n    self.x = 1\n    self.y.append(1)"
    assert migration(module(text)).unreadable == ()


def test_replaced_names_in_bytes_are_no_names_and_the_reason_says_so(migration):
    found = migration(
        module(f"operations = [{REMOVE}]\nreplaces = [(b'shop', '0001'), ('shop', '2')]")
    )
    assert found.replaces == (MigrationKey("shop", "2"),)
    assert [each.why for each in found.unreadable] == [
        "an entry is bytes, which never equal a name"
    ]


@pytest.mark.parametrize("entries", ["settings.X", "[('shop', settings.X)]", "[settings.X]"])
def test_replaced_names_that_are_computed_are_noted(migration, entries):
    found = migration(module(f"operations = [{REMOVE}]\nreplaces = {entries}"))
    assert [each.why for each in found.unreadable] == ["an entry is computed at run time"]


def test_a_class_that_a_condition_chooses_is_one_operation_in_doubt_at_its_own_line(migration):
    head = """
        from django.contrib.postgres.operations import AddIndexConcurrently
        if settings.X:
            Add = migrations.AddIndex
        else:
            Add = AddIndexConcurrently
    """
    text = "operations = [\n    Add('order', models.Index(fields=['a'], name='b')),\n]"
    found = migration(module(text, head))
    (operation,) = found.operations
    assert (operation.path, operation.models) == (UNKNOWN, ("order",))
    assert {each.place for each in found.unreadable} == {operation.place}
    assert found.is_complete


# How operations are built -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "head"),
    [
        (f"operations = [{REMOVE}]", ""),
        (f"operations = ({REMOVE},)", ""),
        (f"operations = []\noperations += [{REMOVE}]", ""),
        (f"operations = []\noperations.append({REMOVE})", ""),
        (f"operations = []\noperations.extend([{REMOVE}])", ""),
        (f"operations = []\noperations.insert(0, {REMOVE})", ""),
        (f"operations = [] + [{REMOVE}]", ""),
        (f"operations: list = [{REMOVE}]", ""),
        (f"operations = list(({REMOVE},))", ""),
        (f"ops = [{REMOVE}]\noperations = ops", ""),
        (f"operations = [*[{REMOVE}]]", ""),
        (f"operations = [{REMOVE} for name in ['total']]", ""),
        ("operations = [migrations.RemoveField('order', n) for n in ['total', 'x'] if n != 'x']", ""),
        ("names = ['total']\noperations = [migrations.RemoveField('order', n) for n in names]", ""),
        (("operations = []\nfor n in ('total',):\n    operations.append("
         "migrations.RemoveField('order', n))"), ""),
        ("operations = make()", f"def make():\n    return [{REMOVE}]\n"),
        ("operations = [make()]", f"def make():\n    return {REMOVE}\n"),
        ("operations = [*make()]", f"def make():\n    yield {REMOVE}\n"),
        ("operations = [*make()]", f"def make():\n    yield from [{REMOVE}]\n"),
        ("operations = [make('order')]",
         "def make(model, *, name='total'):\n    return migrations.RemoveField(model, name)\n"),
        ("operations = [make(name='total')]",
         "def make(**kw):\n    return migrations.RemoveField('order', **kw)\n"),
        ("operations = [make('order', 'total')]",
         "def make(*args):\n    return migrations.RemoveField(*args)\n"),
        ("operations = [make('order', 'total')]", "make = lambda m, n: migrations.RemoveField(m, n)\n"),
        (f"operations = []\nif connection.vendor == 'postgresql':\n    operations = [{REMOVE}]", ""),
        ((f"if connection.vendor != 'postgresql':\n    operations = []\nelse:\n"
         f"    operations = [{REMOVE}]"), ""),
        (f"operations = [{REMOVE}] if connection.vendor in ('postgresql',) else []", ""),
        (f"operations = [{REMOVE}] if not connection.vendor == 'mysql' else []", ""),
        ((f"operations = [{REMOVE}] if 'postgresql' in settings.DATABASES['default']['ENGINE'] "
         "else []"), ""),
        (f"operations = [{REMOVE}] if connections[alias].vendor == 'postgresql' else []",
         "from django.db import connections\n"),
        (f"operations = [{REMOVE}]", "if settings.X:\n    unrelated = 1\n"),
        ("operations = [RF('order', 'total')]", "from django.db.migrations import RemoveField as RF\n"),
        ("operations = [RemoveField('order', 'total')]",
         "from django.db.migrations.operations import *\n"),
        ("operations = [RemoveField('order', 'total')]",
         "from django.db.migrations.operations.fields import RemoveField\n"),
        ("operations = [django.db.migrations.RemoveField('order', 'total')]",
         "import django.db.migrations\n"),
        ("operations = [m.RemoveField('order', 'total')]", "from django.db import migrations as m\n"),
        ("first, operations = (1, [migrations.RemoveField('order', 'total')])", ""),
        (f"pass\nMigration.operations = [{REMOVE}]".replace("Migration.operations", "operations"), ""),
    ],
)  # fmt: skip
def test_a_list_of_operations_is_read_however_it_is_built(migration, text, head):
    found = migration(module(text, head))
    (operation,) = found.operations
    assert isinstance(operation, RemoveField)
    assert (operation.model_name, operation.name) == ("order", "total")
    assert found.is_complete
    assert found.unreadable == ()


def test_operations_set_after_the_class_are_read(migration):
    source = module("operations = []") + f"Migration.operations = [{REMOVE}]\n"
    assert len(migration(source).operations) == 1


def test_operations_appended_after_the_class_are_read(migration):
    source = module("operations = []") + f"Migration.operations.append({REMOVE})\n"
    assert len(migration(source).operations) == 1


def test_the_other_vendor_gets_the_other_operations(migration):
    source = module(
        f"operations = []\nif connection.vendor == 'mysql':\n    operations.append({REMOVE})"
    )
    assert migration(source).operations == ()
    assert len(migration(source, vendor="mysql").operations) == 1
    assert len(migration(source, vendor="mariadb").operations) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"operations = []\nif settings.X:\n    operations = [{REMOVE}]",
        f"if settings.X:\n    operations = [{REMOVE}]",
        f"if settings.X:\n    pass\nelse:\n    operations = [{REMOVE}]",
        f"operations = []\nif settings.X:\n    operations.append({REMOVE})",
        f"operations = [{REMOVE}] if settings.X else []",
        f"operations = [{REMOVE} if settings.X else None]",
        f"operations = [*([{REMOVE}] if settings.X else [])]",
        f"operations = []\nfor x in settings.XS:\n    operations.append({REMOVE})",
        f"operations = [{REMOVE}]\nif settings.X:\n    operations.pop()",
        f"operations = []\nmatch settings.X:\n    case 1:\n        operations = [{REMOVE}]",
    ],
)
def test_an_operation_under_an_undecided_condition_is_opaque(migration, text):
    found = migration(module(text))
    (operation,) = found.operations
    assert isinstance(operation, OpaqueOperation)
    assert operation.path == "django.db.migrations.RemoveField"
    assert operation.models == ("order",)


def test_what_stands_around_the_condition_stays_certain(migration):
    text = f"""
operations = [{REMOVE}, migrations.DeleteModel("a")]
if settings.X:
    operations.append(migrations.DeleteModel("b"))
operations.append(migrations.DeleteModel("c"))
"""
    kinds = [type(each).__name__ for each in migration(module(text)).operations]
    assert kinds == ["RemoveField", "DeleteModel", "OpaqueOperation", "DeleteModel"]


def test_both_sides_of_an_undecided_element_are_opaque(operations):
    found = operations(f"{REMOVE} if settings.X else migrations.RenameModel('A', 'B')")
    assert [each.models for each in found] == [("order",), ("A", "B")]


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("migrations.RunPython(migrations.RunPython.noop)", ()),
        ("migrations.RunSQL('SELECT 1', state_operations=[migrations.DeleteModel('a')])", ("a",)),
        (("migrations.SeparateDatabaseAndState([migrations.DeleteModel('a')], "
         "[migrations.DeleteModel('b'), migrations.DeleteModel('a')])"), ("a", "b")),
        ("migrations.SeparateDatabaseAndState([elsewhere()])", None),
        ("elsewhere()", None),
    ],
)  # fmt: skip
def test_an_opaque_operation_names_the_models_it_touches(operations, text, models):
    (found,) = operations(f"{text} if settings.X else None", head="from third import elsewhere\n")
    assert found.models == models


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("operations = settings.OPERATIONS", "operations"),
        ("operations = make()", "operations"),
        ("operations = [settings.OPERATION]", "operation"),
        ("operations = [unknown]", "operation"),
        ("operations = [*settings.OPERATIONS]", "operation"),
        ("operations = [] + settings.OPERATIONS", "operation"),
    ],
)
def test_operations_that_cannot_be_read_are_noted(migration, text, what):
    found = migration(module(text))
    assert [each.what for each in found.unreadable] == [what]
    assert found.operations == ()
    assert not found.is_complete


def test_an_imported_function_gives_its_operations(migration):
    files = {
        "shop/helpers.py": """
            from django.db import migrations
            def drop(model, names):
                return [migrations.RemoveField(model, name) for name in names]
        """
    }
    head = "from shop.helpers import drop\n"
    found = migration(module("operations = drop('order', ['a', 'b'])", head), files=files)
    assert [each.name for each in found.operations] == ["a", "b"]
    assert {each.place.line for each in found.operations} == {6}


def test_a_relative_import_is_followed(migration):
    files = {"shop/helpers.py": "NAMES = ['a']\nTABLE = 't'\n"}
    head = "from ..helpers import NAMES\nfrom .. import helpers\n"
    found = migration(
        module(
            "operations = [migrations.RemoveField('order', n) for n in NAMES]"
            " + [migrations.AlterModelTable('order', helpers.TABLE)]",
            head,
        ),
        files=files,
    )
    assert (found.operations[0].name, found.operations[1].table) == ("a", "t")


def test_another_migration_is_reached_by_importlib(migration):
    files = {"shop/migrations/0001_initial.py": "NAMES = ['a']\n"}
    head = "import importlib\nfirst = importlib.import_module('shop.migrations.0001_initial')\n"
    text = "operations = [migrations.RemoveField('order', n) for n in first.NAMES]"
    assert migration(module(text, head), files=files).operations[0].name == "a"


def test_a_name_imported_in_a_try_is_taken_where_it_surely_is(migration):
    head = (
        "try:\n    from django.db.models import JSONField\n"
        "except ImportError:\n    from django.contrib.postgres.fields import JSONField\n"
    )
    (found,) = migration(
        module("operations = [migrations.AddField('order', 'data', JSONField())]", head)
    ).operations
    assert isinstance(found, AddField)
    assert found.field.path == "django.db.models.JSONField"


def test_a_name_from_a_try_that_may_be_another_is_not_guessed(migration):
    head = "try:\n    from a import F\nexcept ImportError:\n    from b import F\n"
    found = migration(module("operations = [migrations.AddField('order', 'data', F())]", head))
    assert found.operations[0].field is UNKNOWN
    assert [each.what for each in found.unreadable] == ["field"]


# Corners ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("from django.db.migrations import *", "django.db.migrations.Migration"),
        ("from django.db.migrations import Migration", "django.db.migrations.Migration"),
        ("from elsewhere import *", UNKNOWN),
    ],
)
def test_a_class_named_like_its_base_derives_from_what_the_name_was(migration, head, base):
    found = migration(f"{head}\nclass Migration(Migration):\n    operations = []\n")
    assert found.base == base


def test_a_base_that_is_no_name_is_passed_over(migration):
    source = """
        from django.db import migrations
        class Migration(mixin(), migrations.Migration):
            operations = []
    """
    assert migration(source).base == "django.db.migrations.Migration"


def test_a_class_under_a_condition_that_does_not_hold_is_read_all_the_same(migration):
    source = """
        from django.db import connection, migrations
        if connection.vendor == "mysql":
            class Migration(migrations.Migration):
                atomic = False
    """
    assert migration(source).atomic is False


def test_an_operation_put_first_under_a_condition_leaves_the_last_certain(migration):
    text = f"""
operations = [{REMOVE}]
if settings.X:
    operations.insert(0, migrations.DeleteModel("a"))
"""
    kinds = [type(each).__name__ for each in migration(module(text)).operations]
    assert kinds == ["OpaqueOperation", "RemoveField"]


def test_an_imported_function_that_may_give_either_gives_both_in_doubt(migration):
    files = {
        "shop/make.py": """
            from django.conf import settings
            from django.db import migrations
            def make():
                if settings.X:
                    return migrations.DeleteModel("a")
                return migrations.DeleteModel("b")
        """
    }
    found = migration(module("make()", "from shop.make import make\n"), files=files)
    assert [each.models for each in found.operations] == [("a",), ("b",)]


def test_a_class_that_an_imported_function_uses_has_no_path_here(migration):
    files = {
        "shop/make.py": """
            from django.db import migrations
            class Remove(migrations.RemoveField):
                pass
            def make():
                return Remove("order", "total")
        """
    }
    (found,) = migration(module("make()", "from shop.make import make\n"), files=files).operations
    assert (found.path, found.models) == (UNKNOWN, ("order",))


def test_no_more_modules_are_read_than_a_migration_is_worth(migration):
    files = {f"shop/m{n}.py": f"A{n} = 'a{n}'\n" for n in range(60)}
    head = "".join(f"import shop.m{n}\n" for n in range(60))
    text = ", ".join(f"migrations.AlterModelTable('order', shop.m{n}.A{n})" for n in range(60))
    tables = [each.table for each in migration(module(text, head), files=files).operations]
    assert tables[:20] == [f"a{n}" for n in range(20)]
    assert tables[-1] is UNKNOWN
