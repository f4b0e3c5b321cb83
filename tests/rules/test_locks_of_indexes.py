"""4xx: indexes built, and the upkeep of tables."""

from __future__ import annotations

import pytest
from locking import CONCURRENTLY, INDEX, SHOP

# DJM402 ----------------------------------------------------------------------------------


def test_a_predicate_or_a_comment_in_sql_is_no_index(check):
    check(
        """
        migrations.RunSQL(
            "-- CREATE INDEX a ON shop_order (code)\\nSELECT 'CREATE INDEX b ON shop_order (code)'",
            migrations.RunSQL.noop,
        ),
        """,
        earlier=[SHOP],
        only="DJM402",
    )


def test_an_index_dropped_or_renamed_is_not_built(check):
    check(
        """
        migrations.RenameIndex("order", new_name="b", old_name="a"),
        migrations.RemoveIndex("order", "b"),
        """,
        earlier=[SHOP, 'migrations.AddIndex("order", models.Index(fields=["code"], name="a")),'],
        only="DJM402",
    )


def test_an_index_names_the_lock_it_is_built_under(check):
    check(
        INDEX.format("  # DJM402 index on shop_order is built under SHARE: writes wait"),
        earlier=[SHOP],
        only="DJM402",
    )


def test_the_lock_of_an_earlier_operation_is_kept_to_the_end_of_the_transaction(check):
    added = 'migrations.AddField("order", "a", models.TextField(null=True)),'
    check(added + INDEX.format("  # DJM402 ACCESS EXCLUSIVE"), earlier=[SHOP], only="DJM402")


def test_without_a_transaction_each_lock_is_given_back(check):
    added = 'migrations.AddField("order", "a", models.TextField(null=True)),'
    check(
        added + INDEX.format("  # DJM402 under SHARE:"),
        earlier=[SHOP],
        only="DJM402",
        atomic=False,
    )


def test_the_lock_on_another_table_does_not_count(check):
    added = 'migrations.AddField("customer", "a", models.TextField(null=True)),'
    check(added + INDEX.format("  # DJM402 under SHARE:"), earlier=[SHOP], only="DJM402")


def test_an_indexed_field_in_a_migration_that_is_not_atomic_is_an_index_of_its_own(check):
    added = 'migrations.AddField("order", "a", models.SlugField(null=True)),{}'
    check(added.format("  # DJM402"), earlier=[SHOP], only="DJM402", atomic=False)
    check(added.format(""), earlier=[SHOP], only="DJM409", atomic=False)


def test_a_change_of_type_that_builds_indexes_anyway_is_told_once(check):
    earlier = [SHOP, 'migrations.AlterField("order", "code", models.SlugField(max_length=20)),']
    change = 'migrations.AlterField("order", "code", models.IntegerField(db_index=True)),{}'
    check(change.format(""), earlier=earlier, only="DJM402")
    check(change.format("  # DJM404"), earlier=earlier, only="DJM404")


def test_the_collation_of_an_indexed_column_builds_its_indexes_again(check):
    check(
        """
        migrations.AlterField(  # DJM402 ACCESS EXCLUSIVE
            "order", "code", models.CharField(db_collation="C", db_index=True, max_length=20)
        ),
        """,
        earlier=[
            SHOP,
            (
                'migrations.AlterField("order", "code", models.CharField('
                "db_index=True, max_length=20)),"
            ),
        ],
        only="DJM402",
    )


# DJM403 ----------------------------------------------------------------------------------


def test_a_concurrent_index_alone_is_what_is_wanted(check):
    check(CONCURRENTLY.format(""), earlier=[SHOP], atomic=False)


def test_a_list_is_one_statement_at_a_time(check):
    check(
        """
        migrations.RunSQL(
            ["SET lock_timeout = 0", "CREATE INDEX CONCURRENTLY a ON shop_order (code)"],
            "DROP INDEX CONCURRENTLY a",
        ),
        """,
        earlier=[SHOP],
        only="DJM403",
        atomic=False,
    )


def test_a_commit_has_ended_the_transaction(check):
    check(
        """
        migrations.RunSQL("COMMIT", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY a ON shop_order (code)", "DROP INDEX a"),
        """,
        earlier=[SHOP],
        only="DJM403",
    )


def test_atomic_that_cannot_be_read_is_silent(check):
    check(
        """
        import os

        from django.contrib.postgres.operations import AddIndexConcurrently
        from django.db import migrations, models


        class Migration(migrations.Migration):
            atomic = os.environ.get("ATOMIC")
            dependencies = [("shop", "0001_earlier")]
            operations = [
                AddIndexConcurrently("order", models.Index(fields=["placed"], name="p")),
                migrations.AddField("order", "at", models.DateField(db_index=True, null=True)),
            ]
        """,
        earlier=[SHOP],
        only="DJM403",
    )


def test_a_concurrent_index_in_a_transaction_fails(check):
    check(CONCURRENTLY.format("  # DJM403 set atomic = False"), earlier=[SHOP], only="DJM403")
    check(
        'RemoveIndexConcurrently("order", "p"),  # DJM403 DROP INDEX CONCURRENTLY',
        earlier=[SHOP, INDEX.format("").replace("placed_idx", "p")],
        only="DJM403",
    )


def test_a_concurrent_index_in_a_transaction_fails_on_a_new_table_too(check):
    check(SHOP + CONCURRENTLY.format("  # DJM403"), only="DJM403", initial=True)


def test_several_statements_in_one_string_are_a_transaction(check):
    check(
        """
        migrations.RunSQL(
            "SET lock_timeout = 0; CREATE INDEX CONCURRENTLY a ON shop_order (code)",  # DJM403 own
            "DROP INDEX CONCURRENTLY a",
        ),
        """,
        earlier=[SHOP],
        only="DJM403",
        atomic=False,
    )


def test_vacuum_refuses_a_transaction(check):
    check(
        'migrations.RunSQL("VACUUM shop_order", migrations.RunSQL.noop),  # DJM403 VACUUM cannot',
        earlier=[SHOP],
        only="DJM403",
    )
    check(
        'migrations.RunSQL("VACUUM shop_order", migrations.RunSQL.noop),',
        earlier=[SHOP],
        only="DJM403",
        atomic=False,
    )


# DJM409 ----------------------------------------------------------------------------------


def test_a_column_without_an_index_is_silent(check):
    check(
        """
        migrations.AddField("order", "at", models.DateField(null=True)),
        migrations.AddField("order", "slug", models.SlugField(db_index=False, null=True)),
        migrations.AddField("order", "giver", models.ForeignKey(
            db_index=False, null=True, on_delete=models.CASCADE, related_name="+",
            to="shop.customer",
        )),
        migrations.AddField("order", "givers", models.ManyToManyField(to="shop.customer")),
        """,
        earlier=[SHOP],
        only="DJM409",
    )


def test_an_index_that_comes_with_its_column_is_told_once(check):
    check(
        """
        migrations.AddField("order", "slug", models.SlugField(null=True)),  # DJM409 shop.order.slug
        migrations.AddField("order", "giver", models.ForeignKey(  # DJM409 shop.order.giver
            null=True, on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
        """,
        earlier=[SHOP],
        only="DJM409",
    )


# DJM410 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql", ["REINDEX TABLE CONCURRENTLY shop_order", "ANALYZE shop_order", "VACUUM shop_order"]
)
def test_upkeep_that_does_not_block_is_silent(check, sql):
    check(
        f'migrations.RunSQL("{sql}", migrations.RunSQL.noop),',
        earlier=[SHOP],
        only="DJM410",
        atomic=False,
    )


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CLUSTER shop_order USING shop_order_pkey", "the rewrite of shop_order"),
        ("VACUUM FULL shop_order", "use pg_repack"),
        ("REINDEX TABLE shop_order", "REINDEX of shop_order holds ACCESS EXCLUSIVE on an index"),
        ("ALTER TABLE shop_order SET UNLOGGED", "holds ACCESS EXCLUSIVE"),
        ("REFRESH MATERIALIZED VIEW totals", "the refresh of totals"),
    ],
)
def test_upkeep_that_blocks_is_reported(check, sql, words):
    check(
        f'migrations.RunSQL("{sql}", migrations.RunSQL.noop),  # DJM410 {words}',
        earlier=[SHOP],
        only="DJM410",
        atomic=False,
    )


class TestConcurrentOnTheWayBack:
    only = "DJM403"

    def sql(self, there, back):
        return f"migrations.RunSQL(\n{there},\n{back},\n),"

    def test_outside_a_transaction_it_is_silent(self, check):
        drop = self.sql("'DROP INDEX CONCURRENTLY p'", "'CREATE INDEX CONCURRENTLY p ON a (b)'")
        check(drop, earlier=[SHOP], atomic=False, only=self.only)

    def test_one_line_is_told_once(self, check):
        both = (
            "migrations.RunSQL('DROP INDEX CONCURRENTLY p', 'CREATE INDEX CONCURRENTLY p ON a (b)')"
        )
        check(f"{both},  # DJM403 DROP INDEX", earlier=[SHOP], only=self.only)

    def test_inside_a_transaction_going_back_fails(self, check):
        drop = self.sql(
            "'DROP INDEX p'",
            "'CREATE INDEX CONCURRENTLY p ON a (b)'  # DJM403 CREATE INDEX CONCURRENTLY cannot\n",
        )
        check(drop, earlier=[SHOP], only=self.only)


def test_an_index_on_another_column_than_the_new_one_is_told_as_an_index(check):
    check(
        """
        migrations.RunSQL(
            [
                "ALTER TABLE shop_order ADD COLUMN size integer NULL",
                "CREATE INDEX code_idx ON shop_order (code)",  # DJM402
            ],
            migrations.RunSQL.noop,
        ),
        """,
        earlier=[
            (
                'migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)), '
                '("code", models.CharField(max_length=20))]),'
            )
        ],
        only="DJM402",
    )
