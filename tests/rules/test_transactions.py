"""Locks that outlast their own statement."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import Database

TABLES = """
    migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True)),
                                        ("name", models.CharField(max_length=50))]),
    migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)),
                                     ("total", models.IntegerField()),
                                     ("customer", models.ForeignKey("shop.customer", models.CASCADE))]),
"""
NOTE = """
    migrations.AddField("order", "note", models.TextField(null=True)),
"""
CUSTOMER_NOTE = """
    migrations.AddField("customer", "note", models.TextField(null=True)),
"""
NAME_IDX = """
    migrations.AddIndex("customer", models.Index(fields=["name"], name="name_idx")),
"""
HELD = """
    migrations.AddField("order", "note", models.TextField(null=True)),
    migrations.AddIndex(  # DJM415
        "customer", models.Index(fields=["name"], name="name_idx")
    ),
"""


@pytest.fixture
def held(check):
    def verb(snippet, **keywords):
        check(snippet, earlier=[TABLES, *keywords.pop("earlier", [])], only="DJM415", **keywords)

    return verb


@pytest.fixture
def several(check):
    def verb(snippet, **keywords):
        check(snippet, earlier=[TABLES], only="DJM416", **keywords)

    return verb


# DJM415 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("work", ["", NOTE, NAME_IDX, NAME_IDX + NOTE])
def test_work_before_the_lock_or_none_at_all_is_silent(held, work):
    held(work)


def test_work_on_the_locked_table_itself_is_for_other_rules(held):
    held(NOTE + 'migrations.AddIndex("order", models.Index(fields=["total"], name="total_idx")),')


def test_what_one_operation_does_to_two_tables_is_silent(held):
    held("""
        migrations.AlterField(
            "order", "customer", models.ForeignKey("shop.customer", models.CASCADE, null=True)
        ),
    """)


def test_a_migration_that_is_not_atomic_keeps_no_lock(held):
    held(NOTE + NAME_IDX, atomic=False)


def test_a_commit_gives_the_lock_back(held):
    held(NOTE + 'migrations.RunSQL("COMMIT", ""),' + NAME_IDX)


def test_a_table_that_is_small_is_not_waited_for(held):
    held(NOTE + NAME_IDX, options=Options(table_rows={"shop_order": 5}))


def test_work_on_a_small_table_is_short(held):
    held(NOTE + NAME_IDX, options=Options(table_rows={"shop_customer": 5}))


def test_a_dropped_table_is_waited_for_by_nobody(held):
    held('migrations.DeleteModel("Order"),', earlier=[])


def test_other_databases_have_no_such_transactions(held):
    held(NOTE + NAME_IDX, options=Options(databases=(Database("mysql", (8, 0)),)))


def test_a_lock_held_across_an_index_build_is_reported(held):
    held(HELD)


def test_it_is_reported_once_for_an_operation(held):
    held("""
        migrations.AddField("order", "note", models.TextField(null=True)),
        migrations.AlterField(  # DJM415 reads and writes of shop_order wait
            "customer", "name", models.CharField(max_length=50, db_index=True)
        ),
    """)


def test_an_index_that_django_defers_is_built_under_the_locks_that_follow(held):
    held("""
        migrations.AddField(  # DJM415 reads and writes of shop_customer wait
            "order", "code", models.CharField(max_length=20, null=True, db_index=True)
        ),
        migrations.AddField("customer", "note", models.TextField(null=True)),
    """)


def test_several_tables_that_wait_are_counted(held):
    held(
        """
        migrations.AddField("order", "note", models.TextField(null=True)),
        migrations.AddField("line", "note", models.TextField(null=True)),
        migrations.AddIndex(  # DJM415 reads and writes of shop_order and 1 more wait
            "customer", models.Index(fields=["name"], name="name_idx")
        ),
        """,
        earlier=[
            'migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True))]),'
        ],
    )


def test_a_lock_follows_the_new_name_of_its_table(held):
    held("""
        migrations.AlterModelTable("order", "sales"),
        migrations.AddIndex(  # DJM415 reads and writes of sales wait
            "customer", models.Index(fields=["name"], name="name_idx")
        ),
    """)


# DJM416 ---------------------------------------------------------------------------------------


def test_one_table_is_silent(several):
    several(NOTE + 'migrations.AddField("order", "remark", models.TextField(null=True)),')


def test_the_two_tables_of_one_operation_are_silent(several):
    several('migrations.RemoveField("order", "customer"),')


def test_a_weaker_lock_is_silent(several):
    several(NOTE + NAME_IDX)


def test_tables_of_a_migration_that_is_not_atomic_are_silent(several):
    several(NOTE + CUSTOMER_NOTE, atomic=False)


def test_only_the_first_further_table_is_reported(several):
    several("""
        migrations.AddField("order", "note", models.TextField(null=True)),
        migrations.AddField("customer", "note", models.TextField(null=True)),  # DJM416 shop_customer
        migrations.AddField("customer", "remark", models.TextField(null=True)),
    """)
