"""5xx: what a table's size makes of it."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

SHOP = """
migrations.CreateModel(
    name="Customer",
    fields=[("id", models.BigAutoField(primary_key=True))],
),
migrations.CreateModel(
    name="Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("number", models.IntegerField(null=True)),
        ("placed", models.DateTimeField(null=True)),
        ("customer", models.ForeignKey(on_delete=models.CASCADE, to="shop.customer")),
    ],
    options={"unique_together": {("code", "number")}},
),
migrations.AddIndex("order", models.Index(fields=["placed"], name="placed_idx")),
migrations.AddIndex("order", models.Index(fields=["-placed"], name="latest_idx")),
migrations.AddIndex(
    "order", models.Index(condition=models.Q(code=""), fields=["code"], name="empty_idx")
),
migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], name="code_u")),
"""


def sized(database="postgresql:14", **sizes):
    return Options(databases=(parse_database(database),), table_rows=sizes)


LARGE = sized(shop_order=48_000_000, shop_customer=1_000_000)

# DJM501 ----------------------------------------------------------------------------------


def test_a_table_that_is_not_listed_is_not_said_to_be_large(check):
    check(
        'migrations.AddField("order", "n", models.TextField(null=True)),',
        earlier=[SHOP],
        only="DJM501",
    )


def test_a_table_of_just_a_million_rows_is_not_above_it(check):
    check(
        'migrations.AddField("customer", "n", models.TextField(null=True)),',
        earlier=[SHOP],
        only="DJM501",
        options=LARGE,
    )


@pytest.mark.parametrize("database", ["mysql:8.0", "mariadb:10.11", "sqlite"])
def test_only_postgresql_has_that_lock(check, database):
    check(
        'migrations.AddField("order", "n", models.TextField(null=True)),',
        earlier=[SHOP],
        only="DJM501",
        options=sized(database, shop_order=48_000_000),
    )


def test_weaker_locks_are_silent_at_any_size(check):
    check(
        """
        AddIndexConcurrently("order", models.Index(fields=["code"], name="c")),
        migrations.AlterModelTableComment("order", "all of them"),
        migrations.RunSQL("UPDATE shop_order SET code = '' WHERE id < 9", migrations.RunSQL.noop),
        """,
        earlier=[SHOP],
        only="DJM501",
        options=LARGE,
        atomic=False,
    )


def test_a_new_table_is_silent_whatever_the_list_says(check):
    check(
        """
        migrations.CreateModel(
            name="Cart", fields=[("id", models.BigAutoField(primary_key=True))]
        ),
        migrations.AddField("cart", "n", models.TextField(null=True)),
        """,
        earlier=[SHOP],
        only="DJM501",
        options=sized(shop_cart=5_000_000),
    )


def test_state_operations_lock_nothing(check):
    check(
        """
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddField("order", "n", models.TextField(null=True))]
        ),
        """,
        earlier=[SHOP],
        only="DJM501",
        options=LARGE,
    )


def test_every_exclusive_lock_on_a_large_table_is_reported_with_its_statement(check):
    check(
        """
        migrations.AddField("order", "n", models.TextField(null=True)),  # DJM501 by ADD COLUMN n
        migrations.AddField("order", "d", models.TextField(default="")),  # DJM501 by ADD COLUMN d
        migrations.AlterField("order", "code", models.TextField()),  # DJM501 by ALTER TYPE code
        migrations.RenameField("order", "code", "sku"),  # DJM501 48,000,000 rows
        migrations.RemoveIndex("order", "latest_idx"),  # DJM501 by DROP INDEX placed
        """,
        earlier=[SHOP],
        only="DJM501",
        options=LARGE,
    )


def test_a_table_locked_through_another_names_the_other(check):
    check(
        'migrations.RemoveField("order", "customer"),  # DJM501 FOREIGN KEY shop_order.customer_id',
        earlier=[SHOP],
        only="DJM501",
        options=sized(shop_customer=2_000_000),
    )


# DJM502 ----------------------------------------------------------------------------------


def python(line):
    return f"""
from django.db import migrations


def work(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    {line}


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_earlier")]
    operations = [migrations.RunPython(work, migrations.RunPython.noop)]
"""


@pytest.mark.parametrize(
    "line",
    [
        'Order.objects.filter(code="").update(code="new")',
        'Order.objects.exclude(code="").delete()',
        'Order.objects.filter(pk__in=[1, 2]).update(code="new")',
        "Order.objects.get(pk=1).delete()",
        'Order.objects.create(code="new")',
        'apps.get_model("sites", "Site").objects.update(name="shop")',
        'build(Order).update(code="new")',
    ],
)
def test_a_queryset_that_is_narrowed_or_unknown_is_silent(check, line):
    check(python(line), earlier=[SHOP], only="DJM502")


def test_a_queryset_in_a_loop_over_keys_is_silent(check):
    check(
        python(
            'pending = Order.objects.filter(code="")\n'
            '    while ids := list(pending.values_list("pk", flat=True)[:1000]):\n'
            '        Order.objects.filter(pk__in=ids).update(code="new")'
        ),
        earlier=[SHOP],
        only="DJM502",
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE shop_order SET code = 'a' WHERE code = ''",
        "DELETE FROM shop_order WHERE id = 1",
        "-- UPDATE shop_order SET code = ''\\nSELECT 1",
        "INSERT INTO shop_order (code) VALUES ('a')",
        "UPDATE django_site SET name = 'shop'",
    ],
)
def test_sql_with_a_condition_or_on_a_table_small_by_nature_is_silent(check, sql):
    check(f'migrations.RunSQL("{sql}", migrations.RunSQL.noop),', earlier=[SHOP], only="DJM502")


def test_a_table_of_the_same_migration_or_a_small_one_is_silent(check):
    check(
        """
        migrations.CreateModel(
            name="Cart", fields=[("id", models.BigAutoField(primary_key=True))]
        ),
        migrations.RunSQL("UPDATE shop_cart SET id = id + 1", migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM shop_order", migrations.RunSQL.noop),
        """,
        earlier=[SHOP],
        only="DJM502",
        options=sized(shop_order=9_999),
    )


def test_a_small_or_new_table_is_silent_in_python_too(check):
    check(
        python('Order.objects.update(code="new")'),
        earlier=[SHOP],
        only="DJM502",
        options=sized(shop_order=9_999),
    )


def test_an_update_that_django_sends_before_not_null_is_narrowed(check):
    check(
        'migrations.AlterField("order", "number", models.IntegerField(default=0)),',
        earlier=[SHOP],
        only="DJM502",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('Order.objects.update(code="new")', "updates all rows of shop_order"),
        ('Order.objects.all().update(code="new")', "updates all rows of shop_order"),
        ("Order.objects.all().delete()", "deletes all rows of shop_order"),
    ],
)
def test_a_queryset_over_every_row_is_reported_where_it_stands(check, line, words):
    check(python(f"{line}  # DJM502 {words}"), earlier=[SHOP], only="DJM502")


def test_sql_over_every_row_is_reported(check):
    check(
        """
        migrations.RunSQL(
            [
                "update shop_order set code = 'a'",  # DJM502 updates all rows of shop_order
                "DELETE FROM shop_order",  # DJM502 deletes all rows of shop_order
            ],
            migrations.RunSQL.noop,
        ),
        """,
        earlier=[SHOP],
        only="DJM502",
    )


def test_sql_that_a_function_sends_is_reported_too(check):
    check(
        python("schema_editor.execute(\"UPDATE shop_order SET code = 'a'\")  # DJM502"),
        earlier=[SHOP],
        only="DJM502",
    )


# DJM503 ----------------------------------------------------------------------------------


def test_another_index_has_to_be_built(check):
    check(
        """
        migrations.RemoveIndex("order", "placed_idx"),
        migrations.RemoveIndex("order", "latest_idx"),
        migrations.RemoveIndex("order", "empty_idx"),
        migrations.AddIndex("order", models.Index(fields=["placed", "code"], name="wider")),
        migrations.AddIndex(
            "order", models.Index(fields=["placed"], include=["code"], name="covering")
        ),
        migrations.AddIndex("order", models.Index(fields=["code"], name="whole")),
        migrations.AddConstraint(
            "order", models.UniqueConstraint(fields=["placed"], name="placed_u")
        ),
        """,
        earlier=[SHOP],
        only="DJM503",
    )


def test_another_order_is_another_index(check):
    check(
        """
        migrations.RemoveIndex("order", "latest_idx"),
        migrations.AddIndex("order", models.Index(fields=["placed"], name="oldest_idx")),
        """,
        earlier=[SHOP],
        only="DJM503",
    )
    check(
        """
        migrations.RemoveIndex("order", "placed_idx"),
        migrations.AddIndex("order", models.Index(fields=["-placed"], name="newest_idx")),
        """,
        earlier=[SHOP],
        only="DJM503",
    )


def test_another_constraint_has_to_be_built(check):
    check(
        """
        migrations.RemoveConstraint("order", "code_u"),
        migrations.AddConstraint(
            "order",
            models.UniqueConstraint(condition=models.Q(number=1), fields=["code"], name="a"),
        ),
        migrations.AddConstraint(
            "order",
            models.UniqueConstraint(deferrable=models.Deferrable.DEFERRED, fields=["code"], name="b"),
        ),
        migrations.AddIndex("order", models.Index(fields=["code"], name="c")),
        """,
        earlier=[SHOP],
        only="DJM503",
    )


def test_an_index_taken_off_for_heavy_work_is_put_back_on_purpose(check):
    check(
        """
        migrations.RemoveIndex("order", "placed_idx"),
        migrations.RunSQL("UPDATE shop_order SET placed = now()", migrations.RunSQL.noop),
        migrations.AddIndex("order", models.Index(fields=["placed"], name="placed_idx")),
        """,
        earlier=[SHOP],
        only="DJM503",
    )
    check(
        """
        migrations.RemoveIndex("order", "placed_idx"),
        migrations.AlterField("order", "placed", models.DateField(null=True)),
        migrations.AddIndex("order", models.Index(fields=["placed"], name="placed_idx")),
        """,
        earlier=[SHOP],
        only="DJM503",
    )


def test_the_new_one_first_leaves_no_gap(check):
    check(
        """
        migrations.AddConstraint("order", models.UniqueConstraint(
            fields=["code", "number"], name="both_u"
        )),
        migrations.AlterUniqueTogether("order", set()),
        """,
        earlier=[SHOP],
        only="DJM503",
    )


def test_a_rename_or_a_small_table_rebuilds_nothing(check):
    check(
        'migrations.RenameIndex("order", new_name="b", old_name="placed_idx"),',
        earlier=[SHOP],
        only="DJM503",
    )
    check(
        """
        migrations.RemoveIndex("order", "placed_idx"),
        migrations.AddIndex("order", models.Index(fields=["placed"], name="b")),
        """,
        earlier=[SHOP],
        only="DJM503",
        options=sized(shop_order=100),
    )


TAKEN_OFF = """
migrations.AlterUniqueTogether("order", set()),
migrations.AlterUniqueTogether("order", {{("code", "number")}}),{}
"""


def test_what_is_taken_off_and_put_back_under_its_name_is_left_out(check):
    """One finding: who leaves out both builds no index either."""
    check(TAKEN_OFF.format(""), earlier=[SHOP], only="DJM406")
    check(TAKEN_OFF.format("  # DJM503 leave out both"), earlier=[SHOP], only="DJM503")


def test_an_index_that_need_not_be_built_is_told_once(check):
    again = """
        migrations.RemoveIndex("order", "placed_idx"),
        migrations.AddIndex("order", models.Index(fields=["placed"], name="again_idx")),{}
        migrations.AddIndex("order", models.Index(fields=["code"], name="code_idx")),  # DJM402
    """
    check(again.format(""), earlier=[SHOP], only="DJM402")


def test_a_constraint_written_anew_is_built_again(check):
    check(
        """
        migrations.AlterUniqueTogether("order", set()),
        migrations.AddConstraint("order", models.UniqueConstraint(  # DJM503 rename it instead
            fields=["code", "number"], name="both_u"
        )),
        migrations.RemoveConstraint("order", "code_u"),
        migrations.AddConstraint("order", models.UniqueConstraint(  # DJM503 the unique constraint
            fields=["code"], name="order_code_u"
        )),
        """,
        earlier=[SHOP],
        only="DJM503",
    )


def test_a_field_that_stops_being_unique_or_indexed_for_an_entry_of_meta_is_built_again(check):
    check(
        """
        migrations.AlterField("order", "number", models.IntegerField(null=True)),
        migrations.AddIndex(  # DJM503 the index on shop_order
            "order", models.Index(fields=["number"], name="number_idx")
        ),
        """,
        earlier=[
            SHOP,
            (
                'migrations.AlterField("order", "number", models.IntegerField('
                "db_index=True, null=True)),"
            ),
        ],
        only="DJM503",
    )


def test_an_index_around_a_rename_of_its_column_is_built_again(check):
    check(
        """
        migrations.RemoveIndex("order", "placed_idx"),
        migrations.RenameField("order", "placed", "ordered"),
        migrations.AddIndex(  # DJM503 rename the column alone
            "order", models.Index(fields=["ordered"], name="placed_idx")
        ),
        """,
        earlier=[SHOP],
        only="DJM503",
    )
