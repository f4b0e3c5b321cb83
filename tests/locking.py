"""What the tests of locks share: a shop with rows in it, and operations on it."""

from __future__ import annotations

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
        ("email", models.EmailField(max_length=254)),
        ("note", models.TextField(null=True)),
        ("total", models.IntegerField(null=True)),
        ("weight", models.DecimalField(decimal_places=2, max_digits=8)),
        ("placed", models.DateTimeField(null=True)),
        ("customer", models.ForeignKey(on_delete=models.CASCADE, to="shop.customer")),
        ("payer", models.ForeignKey(
            db_constraint=False, on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
    ],
),
"""
TOTAL_SET = """
AddConstraintNotValid(
    model_name="order",
    constraint=models.CheckConstraint(
        condition=models.Q(("total__isnull", False)), name="total_set"
    ),
),
"""
VALIDATED = 'ValidateConstraint(model_name="order", name="total_set"),'
NOT_NULL = 'migrations.AlterField("order", "total", models.IntegerField()),{}'
INDEX = """
migrations.AddIndex("order", models.Index(fields=["placed"], name="placed_idx")),{}
"""
CONCURRENTLY = """
AddIndexConcurrently("order", models.Index(fields=["placed"], name="placed_idx")),{}
"""


def on(name, **sizes):
    """The options for one database, with the sizes of tables."""
    return Options(databases=(parse_database(name),), table_rows=sizes)
