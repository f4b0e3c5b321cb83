"""What a deploy leaves behind when it stops half-way."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import Database

TABLE = """
    migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)),
                                     ("code", models.CharField(max_length=20))]),
"""
MARIADB = Options(databases=(Database("mariadb", (10, 11)),))
NOTE = 'migrations.AddField("order", "note", models.TextField(null=True)),'
BUILD = 'AddIndexConcurrently("order", models.Index(fields=["code"], name="code_idx")),'


@pytest.fixture
def half(check):
    def verb(snippet, **keywords):
        keywords.setdefault("atomic", False)
        check(snippet, earlier=[TABLE], only="DJM908", **keywords)

    return verb


@pytest.mark.parametrize(
    "first",
    [
        "",
        'migrations.RunSQL("SELECT 1", ""),',
        'migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS old_idx", ""),',
        'migrations.RunSQL("CREATE OR REPLACE VIEW v AS SELECT 1", ""),',
        'migrations.AlterField("order", "code", models.CharField(max_length=20, null=True)),',
        'migrations.AlterModelOptions("order", {"ordering": ["code"]}),',
    ],
)
def test_what_can_run_again_is_silent(half, first):
    half(first + "\n" + BUILD)


@pytest.mark.parametrize(
    "second",
    [
        "migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop),",
        'migrations.RunSQL("SELECT 1", ""),',
        'migrations.AlterField("order", "code", models.CharField(max_length=20, blank=True)),',
        'migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Order")]),',
    ],
)
def test_nothing_after_it_that_could_fail_is_silent(half, second):
    half(BUILD + "\n" + second)


def test_several_statements_of_one_operation_are_silent(half):
    half("""
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL([
                    "CREATE UNIQUE INDEX CONCURRENTLY code_uniq ON shop_order (code)",
                    "ALTER TABLE shop_order ADD CONSTRAINT code_uniq UNIQUE USING INDEX code_uniq",
                ], migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.AddConstraint(
                    "order", models.UniqueConstraint(fields=["code"], name="code_uniq")
                ),
            ],
        ),
    """)


def test_an_atomic_migration_is_silent(half):
    half(NOTE + "\n" + NOTE.replace("note", "remark"), atomic=True)


def test_the_first_migration_of_an_app_runs_on_an_empty_database(check):
    check(TABLE + TABLE.replace("Order", "Line"), only="DJM908", atomic=False, initial=True)


def test_a_function_with_a_transaction_of_its_own_leaves_nothing(half):
    half("""
        migrations.AddField("order", "note", models.TextField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop, atomic=True),
    """)


def test_a_function_behind_a_step_that_is_done_is_reported(half):
    half(f"""
        {NOTE}
        migrations.RunPython(  # DJM908 if this fails, add column shop_order.note is done
            fill, migrations.RunPython.noop
        ),
    """)


def test_an_operation_of_the_project_behind_it_is_reported(half):
    half(f"""
        from lib.operations import Partition
        from django.db import migrations, models


        class Migration(migrations.Migration):
            atomic = False
            dependencies = [("shop", "0001_earlier")]
            operations = [
                {NOTE}
                Partition("order"),  # DJM908 add column shop_order.note is done
            ]
    """)


def test_only_the_first_is_reported(half):
    half(f"""
        {NOTE}
        {BUILD}  # DJM908 if this fails, add column shop_order.note is done
        {NOTE.replace("note", "remark")}
    """)


@pytest.mark.parametrize("options", [MARIADB, Options()])
def test_each_database_has_its_own_rule(check, options):
    given = f"{NOTE}\n{BUILD.replace('AddIndexConcurrently', 'migrations.AddIndex')}"
    marked = given + ("  # DJM909 add column shop_order.note is done" if options is MARIADB else "")
    check(marked, earlier=[TABLE], only="DJM909", options=options)
    check(given, earlier=[TABLE], only="DJM908", options=options)


def test_what_alter_field_looks_for_before_it_drops_it_can_run_again(check):
    check(
        """
        migrations.AlterField(
            "order", "customer", models.ForeignKey("shop.customer", models.CASCADE, null=True)
        ),
        migrations.AddField("order", "note", models.TextField(null=True)),
        """,
        earlier=[
            'migrations.CreateModel("Customer", [("id", models.AutoField(primary_key=True))]),'
            + TABLE.replace(
                '("code"',
                '("customer", models.ForeignKey("shop.customer", models.CASCADE)), ("code"',
            ),
        ],
        only="DJM908",
        atomic=False,
    )


def test_an_index_that_alter_field_builds_cannot(half):
    half("""
        migrations.AlterField(
            "order", "code", models.CharField(max_length=20, db_index=True)
        ),
        migrations.AddField("order", "note", models.TextField(null=True)),  # DJM908 create index
    """)
