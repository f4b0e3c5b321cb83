"""DJM411: a name that is kept only after it has been taken away."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ONLY = "DJM411"
ORDER = """
migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("total", models.IntegerField()),
        ("customer", models.ForeignKey("shop.customer", models.CASCADE)),
        ("tags", models.ManyToManyField("shop.customer")),
    ],
),
"""
RENAME = "migrations.RenameField('order', 'total', 'amount'),"
PIN = "migrations.AlterField('order', 'amount', models.IntegerField(db_column='total')),"
MODEL = "migrations.RenameModel('Order', 'Sale'),"
TABLE = "migrations.AlterModelTable('sale', 'shop_order'),"


@pytest.mark.parametrize(
    "operations",
    [
        RENAME,
        RENAME + PIN.replace("'total'", "'sum'"),
        RENAME + "migrations.AlterField('order', 'amount', models.BigIntegerField()),",
        RENAME + "migrations.RenameField('order', 'amount', 'total'),",
        "migrations.AlterField('order', 'total', models.IntegerField(db_column='total')),"
        + RENAME
        + PIN,
        "migrations.AlterModelTable('order', 'shop_order')," + MODEL + TABLE,
        MODEL,
        MODEL + TABLE.replace("shop_order", "sales"),
        (
            "migrations.RunSQL('ALTER TABLE shop_order RENAME COLUMN total TO amount'),"
            "migrations.AlterField('order', 'total', models.IntegerField(db_column='amount')),"
        ),
    ],
)
def test_a_name_that_is_kept_first_or_given_up_is_silent(check, operations):
    check(operations, earlier=[ORDER], only=ONLY)


def test_the_state_alone_sends_nothing(check):
    state = f"migrations.SeparateDatabaseAndState(state_operations=[{RENAME}{PIN}]),"
    check(state, earlier=[ORDER], only=ONLY)


def test_a_new_table_and_a_new_column_are_silent(check):
    check(ORDER + RENAME + PIN, only=ONLY)
    check(ORDER + MODEL + TABLE, only=ONLY)
    add = "migrations.AddField('order', 'late', models.IntegerField(null=True)),"
    late = (RENAME + PIN).replace("total", "late").replace("()", "(null=True)")
    check(add + late, earlier=[ORDER], only=ONLY)


def test_a_name_that_is_not_known_is_silent(check):
    pin = PIN.replace("'total'", "imported.name")
    check(RENAME + pin, earlier=[ORDER], only=ONLY)


@pytest.mark.parametrize("database", ["postgresql:14", "mysql:8.0"])
def test_a_column_is_renamed_and_back(check, database):
    words = "column shop_order.total is renamed to amount and back: put AlterField before"
    options = Options(databases=(parse_database(database),))
    check(f"{RENAME}\n{PIN}  # DJM411 {words}", earlier=[ORDER], options=options, only=ONLY)


def test_a_foreign_key_is_made_twice(check):
    key = "models.ForeignKey('shop.customer', models.CASCADE, db_column='customer_id')"
    operations = (
        "migrations.RenameField('order', 'customer', 'buyer'),\n"
        f"migrations.AlterField('order', 'buyer', {key}),  # DJM411 to buyer_id and back"
    )
    check(operations, earlier=[ORDER], only=ONLY)


def test_a_many_to_many_table_is_renamed_and_back(check):
    operations = (
        "migrations.RenameField('order', 'tags', 'labels'),\n"
        "migrations.AlterField('order', 'labels', models.ManyToManyField('shop.customer', "
        "db_table='shop_order_tags')),  # DJM411 table shop_order_tags is renamed to shop_order_labels and back"
    )
    check(operations, earlier=[ORDER], only=ONLY)


def test_a_table_is_renamed_and_back_and_told_once(check):
    words = "table shop_order is renamed to shop_sale and back: put AlterModelTable before RenameM"
    check(f"{MODEL}\n{TABLE}  # DJM411 {words}", earlier=[ORDER], only=ONLY)
