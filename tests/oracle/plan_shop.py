"""The shop that the plan oracle's operations are asked about, as every database can hold it."""

from __future__ import annotations

import django
from django.contrib.postgres import fields as pg_fields
from django.db import migrations, models
from django.db.models import F, Q

DJANGO = django.VERSION[:2]
CASCADE = models.CASCADE


def check(condition, name):
    """A check in the words of the Django at hand."""
    key = "condition" if DJANGO >= (5, 1) else "check"
    return models.CheckConstraint(name=name, **{key: condition})


def generated(expression, output_field, *, db_persist=True, **keywords):
    """A generated column."""
    return models.GeneratedField(
        expression=expression, output_field=output_field, db_persist=db_persist, **keywords
    )


def setup(vendor):
    """The operations that make the shop on a database of that vendor."""
    return [
        migrations.CreateModel(
            "Customer",
            [
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=100)),
                ("code", models.CharField(max_length=20, unique=True)),
                ("email", models.EmailField(null=True)),
                ("note", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            "Product",
            [
                ("sku", models.CharField(max_length=30, primary_key=True)),
                ("label", models.CharField(max_length=50, db_index=True)),
            ],
        ),
        migrations.CreateModel(
            "Order",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", models.ForeignKey("shop.Customer", CASCADE)),
                ("other", models.ForeignKey("shop.Customer", CASCADE, null=True, related_name="+")),
                (
                    "loose",
                    models.ForeignKey(
                        "shop.Customer", CASCADE, null=True, db_constraint=False, related_name="+"
                    ),
                ),
                (
                    "profile",
                    models.OneToOneField("shop.Customer", CASCADE, null=True, related_name="+"),
                ),
                ("product", models.ForeignKey("shop.Product", CASCADE, null=True)),
                ("products", models.ManyToManyField("shop.Product", related_name="+")),
                ("number", models.IntegerField(null=True)),
                ("count", models.PositiveIntegerField(default=0)),
                ("small", models.SmallIntegerField(default=0)),
                ("big", models.BigIntegerField(default=0)),
                ("total", models.DecimalField(max_digits=10, decimal_places=2, default=0)),
                ("weight", models.FloatField(null=True)),
                ("status", models.CharField(max_length=20, db_index=True)),
                ("title", models.CharField(max_length=100, default="")),
                ("text", models.TextField(null=True)),
                ("slug", models.SlugField()),
                ("paid", models.BooleanField(default=False)),
                ("created", models.DateTimeField(null=True)),
                ("day", models.DateField(null=True)),
                ("data", models.JSONField(null=True)),
                ("uid", models.UUIDField(null=True)),
                ("ip", models.GenericIPAddressField(null=True)),
                *_recent_fields(),
                *_fields_of_postgresql(vendor),
            ],
            options={
                "indexes": [models.Index(fields=["number"], name="order_number")],
                "constraints": [
                    models.UniqueConstraint(fields=["number", "small"], name="order_unique"),
                    check(Q(big__gte=0), "order_check"),
                    check(Q(text__isnull=False), "text_there"),
                ],
                "unique_together": {("number", "big")},
            },
        ),
        # Django's CreateModel on MySQL fails over it where a default is a parameter.
        migrations.AddConstraint(
            "order",
            models.UniqueConstraint(fields=["big"], condition=Q(paid=True), name="order_paid"),
        ),
        migrations.CreateModel(
            "Employee",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("boss", models.ForeignKey("self", CASCADE, null=True)),
                ("friends", models.ManyToManyField("self")),
            ],
        ),
        migrations.CreateModel(
            "Invoice",
            [
                ("order", models.OneToOneField("shop.Order", CASCADE, primary_key=True)),
                ("by", models.ForeignKey("shop.Customer", CASCADE, to_field="code", null=True)),
            ],
            options={"db_table": "invoices"},
        ),
        migrations.CreateModel(
            "Pinned",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=10, db_column="title")),
                ("seller", models.ForeignKey("shop.Customer", CASCADE, db_column="by")),
            ],
            options={"db_table": "pinned"},
        ),
        migrations.CreateModel(
            "PinnedChild",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("pinned", models.ForeignKey("shop.Pinned", CASCADE)),
            ],
        ),
        migrations.CreateModel(
            "Elsewhere",
            [("id", models.BigAutoField(primary_key=True)), ("a", models.IntegerField())],
            options={"managed": False},
        ),
        migrations.CreateModel(
            "Parent",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=20, unique=True)),
                ("tag", models.SlugField(null=True)),
            ],
        ),
        migrations.CreateModel(
            "Kid",
            [
                (
                    "parent_ptr",
                    models.OneToOneField(
                        "shop.Parent", CASCADE, parent_link=True, primary_key=True
                    ),
                ),
                ("extra", models.IntegerField(null=True)),
            ],
            bases=("shop.parent",),
        ),
        migrations.CreateModel("KidProxy", [], options={"proxy": True}, bases=("shop.kid",)),
        migrations.CreateModel(
            "Ranked",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("order", models.ForeignKey("shop.Order", CASCADE)),
            ],
            options={"order_with_respect_to": "order"},
        ),
        migrations.CreateModel(
            "Node",
            [
                ("id", models.UUIDField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
                ("up", models.ForeignKey("self", CASCADE, null=True)),
            ],
        ),
        migrations.CreateModel(
            "Link",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("node", models.ForeignKey("shop.Node", CASCADE)),
                ("customer", models.ForeignKey("shop.Customer", CASCADE)),
                ("grade", models.IntegerField()),
            ],
            options={
                "unique_together": {("node", "grade")},
                "indexes": [models.Index(fields=["customer", "grade"], name="link_index")],
                "constraints": [
                    models.UniqueConstraint(fields=["customer", "node"], name="link_once")
                ],
            },
        ),
        migrations.AddField(
            "node",
            "customers",
            models.ManyToManyField("shop.Customer", through="shop.Link", related_name="nodes"),
        ),
        migrations.CreateModel(
            "Told",
            [
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=20, db_comment="what it is called")),
                ("size", models.PositiveSmallIntegerField(db_comment="how big", null=True)),
            ],
            options={"db_table_comment": "a table of words"},
        ),
        *_recent_models(),
    ]


def _recent_fields():
    """What only recent releases of Django have."""
    if DJANGO < (5, 0):
        return []
    return [
        ("filled", models.IntegerField(db_default=1)),
        ("double", generated(F("small") * 2, models.IntegerField())),
    ]


def _fields_of_postgresql(vendor):
    if vendor != "postgresql":
        return []
    return [
        ("period", pg_fields.DateRangeField(null=True)),
        ("tags", pg_fields.ArrayField(models.CharField(max_length=10), null=True)),
    ]


def _recent_models():
    if DJANGO < (5, 2):
        return []
    return [
        migrations.CreateModel(
            "Line",
            [
                ("pk", models.CompositePrimaryKey("order", "row")),
                ("order", models.ForeignKey("shop.Order", CASCADE)),
                ("row", models.IntegerField()),
                ("text", models.TextField(null=True)),
            ],
        ),
    ]


ROWS = """
INSERT INTO shop_customer (id, name, code, note) VALUES (1, 'a', 'a', '');
INSERT INTO shop_product (sku, label) VALUES ('1', 'a');
INSERT INTO shop_order (id, customer_id, product_id, number, count, small, big, total, status,
    title, text, slug, paid, created, day, ip) VALUES
    (1, 1, '1', 1, 1, 1, 1, 1, 'a', 't', '1', 's', false, now(), now(), '::1');
INSERT INTO shop_employee (id, boss_id) VALUES (1, 1);
INSERT INTO invoices (order_id) VALUES (1);
INSERT INTO pinned (id, title, by) VALUES (1, 'a', 1);
INSERT INTO "shop_pinnedchild" (id, pinned_id) VALUES (1, 1);
"""
