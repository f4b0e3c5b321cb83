"""DJM611: extensions of PostgreSQL that nothing creates."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ORDER = """
migrations.CreateModel("Order", [
    ("id", models.BigAutoField(primary_key=True)),
    ("sku", models.CharField(max_length=20)),
    ("room", models.ForeignKey("shop.Room", models.CASCADE)),
    ("guest", models.ForeignKey("guests.Guest", models.CASCADE)),
    ("span", DateTimeRangeField()),
    ("odd", unread.Field()),
    ("attributes", HStoreField()),
]),
migrations.CreateModel("Room", [("id", models.BigAutoField(primary_key=True))]),
"""

MODULE = """
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField, CICharField, CIEmailField, CITextField, DateTimeRangeField, HStoreField,
    RangeOperators,
)
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import BloomIndex, GinIndex, OpClass
from django.contrib.postgres.operations import (
    CreateExtension, HStoreExtension, TrigramExtension,
)
from django.db import connection, migrations, models


def create(apps, schema_editor):
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")


def convert(apps, schema_editor):
    for order in apps.get_model("shop", "Order").objects.iterator():
        elsewhere.convert(order)


class Migration(migrations.Migration):
    initial = {initial}
    dependencies = [{dependencies}]
    operations = [
        {operations}
    ]
"""


def module(operations, dependencies=None, *, initial=False):
    parents = '("shop", "0001_earlier")' if dependencies is None else dependencies
    return MODULE.format(operations=operations, dependencies=parents, initial=initial)


FIRST = module(ORDER, "", initial=True)
TRIGRAM = 'GinIndex(fields=["sku"], name="sku_trgm", opclasses=["gin_trgm_ops"])'


def index(text=TRIGRAM, mark=""):
    return f'migrations.AddIndex("order", {text}),{mark}'


def exclusion(expressions, more="", mark=""):
    made = f'ExclusionConstraint(name="once", expressions=[{expressions}]{more})'
    return f'migrations.AddConstraint("order", {made}),{mark}'


ID = '("id", models.BigAutoField(primary_key=True))'


def created(fields):
    return f'migrations.CreateModel("Tag", {fields}),'


@pytest.fixture
def judge(check):
    """Check the operations of a second migration."""

    def verb(operations, dependencies=None, *, database="postgresql:14", **given):
        options = Options(databases=(parse_database(database),))
        given.setdefault("earlier", [FIRST])
        source = module(operations, dependencies)
        check(source, options=options, only="DJM611", **given)

    return verb


@pytest.mark.parametrize(
    "operations",
    [
        'migrations.AddField("order", "memo", models.TextField(null=True)),',
        'migrations.AddIndex("order", models.Index(fields=["sku"], name="sku_idx")),',
        index('GinIndex(fields=["sku"], name="sku_idx", opclasses=["varchar_ops"])'),
        # a type that GiST compares by itself, or that nobody knows
        exclusion('("span", "&&")'),
        exclusion('("span", "=")'),
        exclusion('("odd", "=")'),
        exclusion('("gone", "=")'),
        exclusion('("guest", "=")'),
        exclusion('(models.Func("sku"), "=")'),
        exclusion('("room", "!=")'),
        'migrations.CreateModel("Tag", [("data", HStoreField())], options={"managed": False}),',
        'migrations.AddField("gone", "data", HStoreField()),',
        exclusion('("room", "=")', ', index_type="SPGIST"'),
        exclusion('("room", "=")', ", index_type=unread"),
        exclusion('("room", "=")', ', opclasses=["gist_int4_ops"]'),
        'migrations.AddConstraint("basket", ExclusionConstraint(name="x", expressions=[("a", "=")])),',
        'migrations.AddConstraint("order", models.UniqueConstraint(fields=["sku"], name="u")),',
        # the database is not asked
        "migrations.SeparateDatabaseAndState([], [" + index() + "]),",
        # it was of that type before
        'migrations.AlterField("order", "attributes", HStoreField(null=True)),',
        # the function is there since PostgreSQL 13
        'migrations.AddField("order", "key", models.UUIDField(db_default=RandomUUID())),',
        'migrations.AddField("order", "key", models.UUIDField(db_default=unread)),',
    ],
)
def test_what_needs_no_extension_is_silent(judge, operations):
    judge(operations)


@pytest.mark.parametrize(
    "creation",
    [
        "TrigramExtension(),",
        'CreateExtension("pg_trgm"),',
        'migrations.RunSQL("create extension pg_trgm"),',
        """migrations.RunSQL('CREATE EXTENSION IF NOT EXISTS "pg_trgm" SCHEMA public'),""",
        "migrations.RunPython(create, migrations.RunPython.noop),",
        "migrations.SeparateDatabaseAndState([TrigramExtension()]),",
    ],
)
def test_an_extension_that_is_created_before_is_silent(judge, creation):
    judge(creation + index())
    judge(index(), earlier=[FIRST.replace("operations = [", f"operations = [{creation}")])


def test_an_extension_that_another_app_creates_is_silent_behind_it(judge):
    other = {"base/migrations/0001_initial.py": module("TrigramExtension(),", "", initial=True)}
    judge(index(), '("shop", "0001_earlier"), ("base", "0001_initial")', files=other)


@pytest.mark.parametrize(
    "before",
    [
        "unread(),",
        "migrations.RunSQL(unread),",
        'migrations.RunSQL(["SELECT 1", unread]),',
        "migrations.RunPython(elsewhere.forwards),",
        "migrations.RunPython(elsewhere, elidable=True),",
    ],
)
def test_what_cannot_be_read_may_create_it(judge, before):
    judge(before + index())


def test_an_app_that_is_not_on_disk_may_create_it(judge):
    judge(index(), '("shop", "0001_earlier"), ("installed", "0001_initial")')


def test_a_user_model_somewhere_in_the_project_may_come_with_it(judge):
    users = {"users/migrations/0001_initial.py": module("TrigramExtension(),", "", initial=True)}
    swappable = "migrations.swappable_dependency(settings.AUTH_USER_MODEL)"
    judge(index(), f'("shop", "0001_earlier"), {swappable}', files=users)


def test_a_user_model_does_not_bring_what_no_migration_mentions(check):
    source = f"""
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel("Order", [
            ("id", models.BigAutoField(primary_key=True)),
            ("sku", models.TextField()),
        ]),
        {index(mark="  # DJM611 sku_trgm needs")}
    ]
"""
    check(source, only="DJM611")


def test_no_other_database_has_extensions(judge):
    judge(index(), database="mysql:8.0")


def test_a_text_without_a_file_is_silent():
    from flake8_django_migrations.review import review

    source = module(index()).splitlines(keepends=True)
    judged = review("stdin", source, Options())
    assert "DJM611" not in {each.rule.code for each in judged.reports}


@pytest.mark.parametrize(
    "creation",
    [
        "",
        "HStoreExtension(),",
        'migrations.RunSQL("DROP EXTENSION pg_trgm"),',
        "migrations.RunPython(migrations.RunPython.noop),",
        "migrations.RunPython(convert),",
    ],
)
def test_an_index_with_an_operator_class_is_reported(judge, creation):
    judge(creation + index(mark="  # DJM611 sku_trgm needs extension pg_trgm"))


@pytest.mark.parametrize(
    ("operation", "extension"),
    [
        ('migrations.AddField("order", "tags", HStoreField(null=True)),', "hstore"),
        ('migrations.AddField("order", "mail", CIEmailField(null=True)),', "citext"),
        ('migrations.AddField("order", "t", ArrayField(HStoreField(), null=True)),', "hstore"),
        ('migrations.AlterField("order", "sku", CITextField(null=True)),', "citext"),
        (index('BloomIndex(fields=["sku"], name="sku_bloom")'), "bloom"),
        (index('GinIndex(OpClass(models.F("sku"), "gin_trgm_ops"), name="x")'), "pg_trgm"),
        (index('GinIndex(OpClass("sku", name="gin_trgm_ops"), name="x")'), "pg_trgm"),
        (index('GinIndex(fields=["sku"], opclasses=["gin_trgm_ops"], name=unread)'), "pg_trgm"),
        (exclusion('("sku", "="), ("span", "&&")'), "btree_gist"),
        (exclusion('("span", "&&"), (models.F("room"), RangeOperators.EQUAL)'), "btree_gist"),
        (exclusion('("room", "=")', ', index_type="gist"'), "btree_gist"),
        (exclusion('("room", "=")').replace('name="once"', "name=unread"), "btree_gist"),
        (created(f"[{ID}, ('name', CICharField(max_length=9))]"), "citext"),
        (
            created(f"[{ID}], options={{'indexes': [{TRIGRAM.replace('sku', 'id')}]}}"),
            "pg_trgm",
        ),
        (
            created(
                f"[{ID}], options={{'constraints': "
                "[ExclusionConstraint(name='x', expressions=[('id', '=')])]}"
            ),
            "btree_gist",
        ),
    ],
)
def test_each_need_is_reported(judge, operation, extension):
    judge(f"{operation}  # DJM611 needs extension {extension}, which")


def test_a_random_uuid_needs_pgcrypto_on_old_servers(judge):
    operation = 'migrations.AddField("order", "key", models.UUIDField(db_default=RandomUUID())),'
    judge(f"{operation}  # DJM611 order.key needs extension pgcrypto", database="postgresql:12")


def test_an_extension_is_told_once_in_a_migration(judge):
    second = TRIGRAM.replace("sku_trgm", "other_trgm")
    judge(f"{index(mark='  # DJM611 sku_trgm')}\n{index(second)}")
