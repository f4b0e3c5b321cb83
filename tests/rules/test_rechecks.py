"""What is done over all rows again because the type of a column changes in place."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import Database

TABLE = """
    migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),
    migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)),
                                     ("code", models.CharField(max_length=20)),
                                     ("note", models.CharField(max_length=20))]),
"""
CHECK = """
    migrations.AddConstraint(
        "order", models.CheckConstraint(check=~models.Q(code=""), name="code_given")
    ),
"""
PARTIAL = """
    migrations.AddIndex(
        "order", models.Index(fields=["id"], condition=~models.Q(code=""), name="given_idx")
    ),
"""
WIDER = 'migrations.AlterField("order", "code", models.CharField(max_length=40)),'


@pytest.fixture
def widen(check):
    def verb(snippet, before=CHECK, **keywords):
        check(snippet, earlier=[TABLE, before], only="DJM405", **keywords)

    return verb


@pytest.mark.parametrize(
    "before",
    [
        "",
        'migrations.AddIndex("order", models.Index(fields=["code"], name="code_idx")),',
        CHECK.replace("code=", "note="),
        CHECK.replace("migrations.AddConstraint", "AddConstraintNotValid"),
        CHECK.replace('name="code_given"', "name=unknown()"),
        'migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], name="u")),',
    ],
)
def test_a_column_that_no_check_names_is_silent(widen, before):
    widen(WIDER, before=before)


def test_a_change_that_sends_nothing_is_silent(widen):
    widen('migrations.AlterField("order", "code", models.CharField(max_length=20, blank=True)),')


def test_a_check_that_is_removed_first_is_silent(widen):
    widen('migrations.RemoveConstraint("order", "code_given"),' + WIDER)


def test_a_new_table_is_silent(check):
    check(TABLE + CHECK + WIDER, only="DJM405")


def test_a_small_table_is_silent(widen):
    widen(WIDER, options=Options(table_rows={"shop_order": 7}))


def test_other_databases_are_silent(widen):
    widen(WIDER, options=Options(databases=(Database("mariadb", (10, 11)),)))


def test_a_model_of_which_something_is_not_known_is_silent(widen):
    widen(WIDER, before=CHECK + 'migrations.AddField("order", "x", unknown()),')


def test_a_check_on_the_column_is_reported(widen):
    widen(f"{WIDER}  # DJM405 check code_given on code scans shop_order under ACCESS EXCLUSIVE")


def test_even_a_comment_wakes_the_check(widen):
    widen("""
        migrations.AlterField(  # DJM405 add it again NOT VALID
            "order", "code", models.CharField(max_length=20, db_comment="as printed")
        ),
    """)


def test_a_validated_check_is_reported(widen):
    widen(
        f"{WIDER}  # DJM405",
        before=CHECK.replace("migrations.AddConstraint", "AddConstraintNotValid")
        + 'ValidateConstraint("order", "code_given"),',
    )


def test_a_partial_index_is_built_again(widen):
    widen(f"{WIDER}  # DJM405 index given_idx on code is built again", before=PARTIAL)


def test_of_several_the_first_is_named(widen):
    widen(f"{WIDER}  # DJM405 check code_given", before=PARTIAL + CHECK)


COLLATED = """
    migrations.AlterField(  # DJM405 is built again over shop_order
        "order", "code", models.CharField(max_length=20, db_collation="C")
    ),
"""


@pytest.mark.parametrize(
    "before",
    [
        "",
        'migrations.AddIndex("order", models.Index(fields=["note"], name="note_idx")),',
    ],
)
def test_another_order_of_values_without_an_index_is_silent(widen, before):
    widen(COLLATED.replace("# DJM405", "#"), before=before)


@pytest.mark.parametrize(
    "before",
    [
        'migrations.AddIndex("order", models.Index(fields=["id", "code"], name="i")),',
        'migrations.AlterUniqueTogether("order", {("note", "code")}),',
    ],
)
def test_another_order_of_values_builds_indexes_again(widen, before):
    widen(COLLATED, before=before)
