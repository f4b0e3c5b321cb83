"""Fields that a data migration reads or writes and the state does not have."""

from __future__ import annotations

import pytest

ORDER = """
migrations.CreateModel(
    "Order",
    [
        ("id", models.AutoField(primary_key=True)),
        ("code", models.TextField()),
        ("old", models.TextField()),
        ("price", shop.fields.PriceField()),
    ],
),
"""
EARLIER = """
import shop.fields
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    operations = [{order}]
"""
REMOVED = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_earlier")]
    operations = [migrations.RemoveField("order", "old")]
"""
MODULE = """
from django.db import migrations, models

def work(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    {body}

class Migration(migrations.Migration):
    dependencies = [("shop", "0002_earlier")]
    operations = [
        migrations.RunPython(work),
        migrations.AddField("order", "late", models.TextField()),
    ]
"""
LOOP = "for order in Order.objects.iterator():\n        "


def verify(check, body, code):
    earlier = [EARLIER.format(order=ORDER), REMOVED]
    check(MODULE.format(body=body), earlier=earlier, only=code)


@pytest.mark.parametrize(
    "body",
    [
        "print([order.code for order in Order.objects.iterator()])",
        LOOP + "print(order.old())",
        LOOP + "print(getattr(order, 'old', ''), getattr(order, 'late', None))",
        LOOP
        + "try:\n            print(order.old)\n        except AttributeError:\n            pass",
        "for order in Order.objects.annotate(old=models.F('code')):\n        print(order.old)",
        "for order in Order.objects.raw('SELECT 1 AS old'):\n        print(order.old)",
        LOOP + "print(order.whatever)",
    ],
)
def test_what_may_be_there_is_silent(check, body):
    verify(check, body, "DJM803")
    verify(check, body, "DJM802")


@pytest.mark.parametrize("read", ["order.old", "getattr(order, 'old')", "order.old.strip()"])
def test_a_removed_field_that_is_read_is_told(check, read):
    words = "DJM803 work uses shop.order.old"
    verify(check, f"{LOOP}print({read})  # {words}", "DJM803")


def test_a_field_that_is_read_too_early_is_told(check):
    body = f"{LOOP}print(order.late)  # DJM802 work uses shop.order.late, which is made further"
    verify(check, body, "DJM802")


@pytest.mark.parametrize(
    "body",
    [
        "Order.objects.filter(colour=1).exists()",
        "Order.objects.get_or_create(colour=1)",
        "Order.objects.update(price_currency='EUR')",
        "Order(code='a').save()",
    ],
)
def test_a_name_that_may_come_from_elsewhere_is_silent(check, body):
    verify(check, body, "DJM802")


@pytest.mark.parametrize("call", ["update(colour=1)", "create(colour=1)"])
def test_a_field_that_no_migration_makes_is_told_where_it_is_written(check, call):
    body = f"Order.objects.{call}  # DJM802 shop.order.colour, which is not in the state here"
    verify(check, body, "DJM802")


def test_a_field_of_a_related_model_that_was_removed_is_told(check):
    line = "order.replaced_by.old"
    earlier = EARLIER.format(
        order=ORDER.replace(
            '("code"',
            '("replaced_by", models.ForeignKey("shop.Order", models.CASCADE)), ("code"',
        )
    )
    source = MODULE.format(body=f"{LOOP}print({line})  # DJM803 shop.order.old")
    check(source, earlier=[earlier, REMOVED], only="DJM803")
