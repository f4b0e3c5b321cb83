"""Indexes that come and go: who waits, and what is without one meanwhile."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import Database

TABLE = """
    migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)),
                                     ("code", models.CharField(max_length=20)),
                                     ("total", models.IntegerField())]),
"""
CODE_IDX = """
    migrations.AddIndex("order", models.Index(fields=["code"], name="code_idx")),
"""
BUILD = """
    AddIndexConcurrently("order", models.Index(fields=["code", "total"], name="code_total_idx")),
"""


@pytest.fixture
def drop(check):
    def verb(snippet, **keywords):
        check(snippet, earlier=[TABLE, CODE_IDX], only="DJM412", **keywords)

    return verb


@pytest.fixture
def gap(check):
    def verb(snippet, index=CODE_IDX, **keywords):
        keywords.setdefault("atomic", False)
        check(snippet, earlier=[TABLE, index], only="DJM413", **keywords)

    return verb


@pytest.fixture
def build(check):
    def verb(snippet, version, **keywords):
        options = Options(databases=(Database("postgresql", version),))
        check(snippet, earlier=[TABLE, CODE_IDX], only="DJM414", options=options, **keywords)

    return verb


# DJM412 ---------------------------------------------------------------------------------------


def test_a_concurrent_drop_is_silent(drop):
    drop('RemoveIndexConcurrently("order", "code_idx"),', atomic=False)


def test_a_drop_on_a_table_that_is_locked_already_is_silent(drop):
    drop("""
        migrations.AddField("order", "note", models.TextField(null=True)),
        migrations.RemoveIndex("order", "code_idx"),
    """)


def test_a_drop_that_belongs_to_a_change_of_type_is_silent(drop):
    drop('migrations.AlterField("order", "code", models.IntegerField()),')


@pytest.mark.parametrize("rows", [{"shop_order": 3}])
def test_a_drop_on_a_small_table_is_silent(drop, rows):
    drop('migrations.RemoveIndex("order", "code_idx"),', options=Options(table_rows=rows))


def test_a_drop_on_a_new_table_is_silent(check):
    check(TABLE + CODE_IDX + 'migrations.RemoveIndex("order", "code_idx"),', only="DJM412")


def test_a_drop_of_an_index_whose_table_sql_does_not_name_is_silent(drop):
    drop('migrations.RunSQL("DROP INDEX of_nobody", ""),')


def test_a_drop_is_reported(drop):
    drop('migrations.RemoveIndex("order", "code_idx"),  # DJM412 code_idx takes ACCESS EXCLUSIVE')


def test_a_lock_of_another_transaction_does_not_cover_the_drop(drop):
    drop(
        """
        migrations.AddField("order", "note", models.TextField(null=True)),
        migrations.RemoveIndex("order", "code_idx"),  # DJM412
        """,
        atomic=False,
    )


def test_the_indexes_of_one_field_are_one_finding(check):
    check(
        'migrations.AlterField("order", "code", models.CharField(max_length=20)),  # DJM412',
        earlier=[TABLE.replace("max_length=20", "max_length=20, db_index=True")],
        only="DJM412",
    )


# DJM413 ---------------------------------------------------------------------------------------


def test_the_new_index_first_is_silent(gap):
    gap(BUILD + 'RemoveIndexConcurrently("order", "code_idx"),')


def test_an_index_on_another_column_is_silent(gap):
    gap("""
        RemoveIndexConcurrently("order", "code_idx"),
        AddIndexConcurrently("order", models.Index(fields=["total"], name="total_idx")),
    """)


def test_a_column_with_a_further_index_is_silent(gap):
    gap(
        'RemoveIndexConcurrently("order", "code_idx"),' + BUILD,
        index=CODE_IDX + 'migrations.AlterUniqueTogether("order", {("code", "id")}),',
    )


def test_an_index_that_is_not_on_plain_columns_is_silent(gap):
    gap(
        'RemoveIndexConcurrently("order", "code_idx"),' + BUILD,
        index="""migrations.AddIndex(
            "order", models.Index(models.functions.Lower("code"), name="code_idx")
        ),""",
    )


def test_a_table_of_no_model_is_silent(gap):
    gap("""
        migrations.RunSQL("DROP INDEX CONCURRENTLY old_idx", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY new_idx ON other (code)", ""),
    """)


def test_a_model_that_may_have_more_indexes_is_silent(gap):
    gap(
        'migrations.RemoveIndex("order", "code_idx"),' + BUILD,
        index=CODE_IDX + 'migrations.AddField("order", "x", unknown()),',
    )


def test_a_new_table_has_no_queries(check):
    check(
        TABLE + CODE_IDX + 'RemoveIndexConcurrently("order", "code_idx"),' + BUILD,
        atomic=False,
        only="DJM413",
    )


@pytest.mark.parametrize("drop", ["RemoveIndexConcurrently", "migrations.RemoveIndex"])
def test_a_drop_before_the_build_is_reported(gap, drop):
    gap(f"""
        {drop}("order", "code_idx"),
        AddIndexConcurrently(  # DJM413 shop_order.code has no index from the drop of code_idx
            "order", models.Index(fields=["code", "total"], name="code_total_idx")
        ),
    """)


# DJM414 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(13,), (14,), (14, 4), (14, 10), (15, 1), (18,)])
def test_releases_that_build_well_are_silent(build, version):
    build(BUILD, version, atomic=False)


def test_a_plain_build_is_silent(build):
    build(BUILD.replace("AddIndexConcurrently", "migrations.AddIndex"), (14, 2))


def test_a_new_table_is_silent(check):
    options = Options(databases=(Database("postgresql", (14, 2)),))
    check(TABLE + BUILD, options=options, only="DJM414", atomic=False)


@pytest.mark.parametrize("version", [(14, 0), (14, 3)])
def test_a_concurrent_build_on_a_broken_release_is_reported(build, version):
    build(
        """
        migrations.RunSQL("REINDEX INDEX CONCURRENTLY code_idx", ""),  # DJM414
        AddIndexConcurrently(  # DJM414 CREATE INDEX CONCURRENTLY on PostgreSQL 14.
            "order", models.Index(fields=["total"], name="total_idx")
        ),
        """,
        version,
        atomic=False,
    )
