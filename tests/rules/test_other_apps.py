"""What a change does to the tables of other apps, which point at what it changes."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options

SHOP = """
    migrations.CreateModel("Order", [("id", models.AutoField(primary_key=True))]),
"""
BILL = """
    migrations.CreateModel(
        "Bill",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("order", models.ForeignKey("shop.Order", models.CASCADE)),
        ],
    ),
"""
WIDER = 'migrations.AlterField("order", "id", models.BigAutoField(primary_key=True)),'
BOTH = [("shop", "0002_earlier"), ("billing", "0001_initial")]
LARGE = Options(table_rows={"billing_bill": 5_000_000})


def billing(operations=BILL, needs=(("shop", "0001_earlier"),)):
    """The other app's files: what it does once the orders are there."""
    head = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
    text = f"{head}    dependencies = {list(needs)!r}\n    operations = [{operations}]\n"
    return {"billing/migrations/0001_initial.py": text, "manage.py": ""}


@pytest.mark.parametrize("code", ["DJM407", "DJM408", "DJM501"])
def test_an_app_that_may_not_have_run_is_not_told(check, code):
    check(WIDER, earlier=[SHOP, ""], files=billing(), options=LARGE, only=code)


@pytest.mark.parametrize("code", ["DJM407", "DJM408", "DJM501"])
def test_an_app_without_a_key_to_the_model_is_not_told(check, code):
    files = billing(BILL.replace("shop.Order", "other.Order"))
    check(
        WIDER,
        earlier=[SHOP, ""],
        files=files,
        dependencies=[*BOTH, ("other", "0001")],
        options=LARGE,
        only=code,
    )


def test_a_wider_key_has_the_table_of_the_other_app_written_anew(check):
    check(
        f"{WIDER}  # DJM404 shop_order and 1 more",
        earlier=[SHOP, ""],
        files=billing(),
        dependencies=BOTH,
        only="DJM404",
    )


def test_a_table_of_another_app_that_is_listed_as_large_is_named(check):
    check(
        f"{WIDER}  # DJM501 billing_bill",
        earlier=[SHOP, ""],
        files=billing(),
        dependencies=BOTH,
        options=LARGE,
        only="DJM501",
    )


def test_a_renamed_model_locks_the_large_table_of_the_other_app(check):
    check(
        'migrations.RenameModel("Order", "Purchase"),  # DJM501 billing_bill',
        earlier=[SHOP, ""],
        files=billing(),
        dependencies=BOTH,
        options=LARGE,
        only="DJM501",
    )


def test_a_deleted_model_locks_the_table_of_the_other_app(check):
    check(
        'migrations.DeleteModel("Order"),  # DJM408 billing_bill',
        earlier=[SHOP, ""],
        files=billing(),
        dependencies=BOTH,
        only="DJM408",
    )
