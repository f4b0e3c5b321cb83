"""The operations that the plan oracle asks Django and us about, on one small shop."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from django.contrib.postgres import constraints as pg_constraints
from django.contrib.postgres import fields as pg_fields
from django.contrib.postgres import indexes as pg_indexes
from django.contrib.postgres import operations as pg
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now, Random
from django.utils import timezone
from oracle.plan_case import case, since
from oracle.plan_cases_keywords import KEYWORD_CASES
from oracle.plan_cases_more import MORE
from oracle.plan_shop import CASCADE, check, generated


def nothing():
    return 7


def add(name, field, *, preserve_default=True, model="order"):
    return migrations.AddField(model, name, field, preserve_default)


def alter(name, field, *, preserve_default=True, model="order"):
    return migrations.AlterField(model, name, field, preserve_default)


ADDED = [
    add("a", models.IntegerField(null=True)),
    add("a", models.IntegerField(default=5)),
    add("a", models.IntegerField(default=5), preserve_default=False),
    add("a", models.IntegerField(default=nothing, null=True)),
    add("a", models.IntegerField()),
    *since((5, 0), lambda: [add("a", models.IntegerField(db_default=5))]),
    *since((5, 0), lambda: [add("a", models.DateTimeField(db_default=Now()))]),
    *since((5, 0), lambda: [add("a", models.FloatField(db_default=Random()))]),
    *since((5, 0), lambda: [add("a", models.IntegerField(default=1, db_default=2))]),
    add("a", models.CharField(max_length=10, blank=True)),
    add("a", models.CharField(max_length=10, null=True, db_index=True)),
    add("a", models.CharField(max_length=10, null=True, unique=True)),
    add("a", models.CharField(max_length=10, null=True, db_collation="C")),
    add("a", models.TextField(default="x", db_index=True)),
    add("a", models.BinaryField(blank=True)),
    add("a", models.SlugField(null=True)),
    add("a", models.EmailField(null=True, db_index=True)),
    add("a", models.IntegerField(null=True, db_index=True)),
    add("a", models.IntegerField(null=True, unique=True)),
    add("a", models.PositiveIntegerField(null=True)),
    add("a", models.PositiveBigIntegerField(default=3)),
    add("a", models.PositiveSmallIntegerField(null=True, unique=True)),
    add("a", models.DateTimeField(auto_now=True)),
    add("a", models.DateTimeField(auto_now_add=True, null=True)),
    add("a", models.DateTimeField(default=timezone.now)),
    add("a", models.UUIDField(default=uuid.uuid4)),
    add("a", models.DecimalField(max_digits=8, decimal_places=3, default=Decimal("1.5"))),
    add("a", models.JSONField(default=dict)),
    add("a", models.BooleanField(default=True)),
    add("a", models.DurationField(default=dt.timedelta(1))),
    *since((5, 0), lambda: [add("a", generated(F("big") + 1, models.IntegerField()))]),
    add("a", models.IntegerField(null=True, db_comment="a comment")),
    add("a", models.FileField(upload_to="x", null=True)),
    add("a", pg_fields.ArrayField(models.IntegerField(), default=list)),
    add("a", pg_fields.DateRangeField(null=True)),
    add("a", models.ForeignKey("shop.Customer", CASCADE, null=True, related_name="+")),
    add("a", models.ForeignKey("shop.Customer", CASCADE, default=1, related_name="+")),
    add("a", models.ForeignKey("shop.Customer", CASCADE, related_name="+")),
    add(
        "a",
        models.ForeignKey(
            "shop.Customer", CASCADE, null=True, db_constraint=False, related_name="+"
        ),
    ),
    add(
        "a",
        models.ForeignKey("shop.Customer", CASCADE, null=True, db_index=False, related_name="+"),
    ),
    add(
        "a",
        models.ForeignKey("shop.Customer", CASCADE, null=True, to_field="code", related_name="+"),
    ),
    add("a", models.ForeignKey("shop.Product", CASCADE, null=True, related_name="+")),
    add("a", models.ForeignKey("shop.Product", CASCADE, null=True, unique=True, related_name="+")),
    add("a", models.ForeignKey("self", CASCADE, null=True)),
    add("a", models.ForeignKey("shop.Invoice", CASCADE, null=True, related_name="+")),
    add("a", models.OneToOneField("shop.Customer", CASCADE, null=True, related_name="+")),
    add("a", models.ManyToManyField("shop.Customer", related_name="+")),
    add("a", models.ManyToManyField("self")),
    add("a", models.ManyToManyField("shop.Customer", db_table="joined", related_name="+")),
    add("a", models.ManyToManyField("shop.Customer", db_constraint=False, related_name="+")),
    add("a", models.IntegerField(null=True), model="elsewhere"),
    add("a", models.IntegerField(null=True), model="pinned"),
]

REMOVED = [
    migrations.RemoveField("order", name)
    for name in ("title", "status", "customer", "loose", "profile", "products", "count")
] + [
    *since((5, 0), lambda: [migrations.RemoveField("order", "double")]),
    migrations.RemoveField("employee", "boss"),
    migrations.RemoveField("employee", "friends"),
    migrations.RemoveField("pinned", "seller"),
]

FK = models.ForeignKey

ALTERED = [
    alter("title", models.CharField(max_length=100, default="x", verbose_name="t", blank=True)),
    alter("title", models.CharField(max_length=200, default="")),
    alter("title", models.CharField(max_length=50, default="")),
    alter("title", models.CharField(default="")),
    alter("title", models.TextField(default="")),
    alter("title", models.TextField(default="", db_index=True)),
    alter("title", models.SlugField(max_length=50, default="")),
    alter("title", models.SlugField(max_length=200, default="")),
    alter("title", models.EmailField(max_length=100, default="")),
    alter("title", models.FileField(max_length=100, default="")),
    alter("title", models.CharField(max_length=100, default="", null=True)),
    alter("title", models.CharField(max_length=100, default="", unique=True)),
    alter("title", models.CharField(max_length=100, default="", db_index=True)),
    alter("title", models.CharField(max_length=100, default="", db_collation="C")),
    alter("title", models.CharField(max_length=100, default="", db_comment="c")),
    alter("title", models.CharField(max_length=120, default="", db_comment="c")),
    alter("title", models.CharField(max_length=100, default="", db_column="heading")),
    *since((5, 0), lambda: [alter("title", models.CharField(max_length=100, db_default="z"))]),
    alter("status", models.CharField(max_length=20)),
    alter("status", models.CharField(max_length=30, db_index=True)),
    alter("status", models.CharField(max_length=20, unique=True)),
    alter("status", models.TextField(db_index=True)),
    alter("status", models.CharField(max_length=20, db_index=True, db_collation="C")),
    alter("code", models.CharField(max_length=20), model="customer"),
    alter("code", models.CharField(max_length=40, unique=True), model="customer"),
    alter("code", models.CharField(max_length=20, db_index=True), model="customer"),
    alter("slug", models.SlugField(unique=True)),
    alter("slug", models.SlugField(db_index=False)),
    alter("slug", models.CharField(max_length=50)),
    alter("text", models.CharField(max_length=40, null=True)),
    alter("text", models.TextField()),
    alter("text", models.TextField(default="n")),
    alter("text", models.IntegerField(null=True)),
    alter("text", models.TextField(blank=True)),
    alter("email", models.EmailField(blank=True), model="customer"),
    alter("email", models.EmailField(default="n"), preserve_default=False, model="customer"),
    alter("email", models.EmailField(), model="customer"),
    alter("number", models.IntegerField()),
    alter("number", models.IntegerField(default=3)),
    alter("number", models.IntegerField(default=3), preserve_default=False),
    *since((5, 0), lambda: [alter("number", models.IntegerField(db_default=3))]),
    *since((5, 0), lambda: [alter("number", models.IntegerField(null=True, db_default=3))]),
    alter("number", models.BigIntegerField(null=True)),
    alter("number", models.SmallIntegerField(null=True)),
    alter("number", models.PositiveIntegerField(null=True)),
    alter("number", models.BooleanField(null=True)),
    alter("number", models.CharField(max_length=5, null=True)),
    alter("number", models.FloatField(null=True)),
    alter("number", models.BigIntegerField(default=1)),
    alter("count", models.IntegerField(default=0)),
    alter("count", models.PositiveBigIntegerField(default=0)),
    alter("count", models.PositiveIntegerField()),
    alter("big", models.IntegerField(default=0)),
    *since((5, 0), lambda: [alter("filled", models.IntegerField(db_default=2))]),
    *since((5, 0), lambda: [alter("filled", models.IntegerField(default=1))]),
    *since((5, 0), lambda: [alter("filled", models.IntegerField(db_default=models.Value(1)))]),
    alter("total", models.DecimalField(max_digits=12, decimal_places=2, default=0)),
    alter("total", models.DecimalField(max_digits=8, decimal_places=2, default=0)),
    alter("total", models.DecimalField(max_digits=10, decimal_places=1, default=0)),
    alter("total", models.DecimalField(max_digits=12, decimal_places=4, default=0)),
    alter("total", models.FloatField(default=0)),
    alter("weight", models.IntegerField(null=True)),
    alter("weight", models.DecimalField(max_digits=8, decimal_places=2, null=True)),
    alter("created", models.DateField(null=True)),
    alter("created", models.DateTimeField(auto_now=True)),
    alter("created", models.DateTimeField(auto_now_add=True, null=True)),
    alter("day", models.DateTimeField(null=True)),
    alter("data", models.TextField(null=True)),
    alter("uid", models.CharField(max_length=36, null=True)),
    alter("ip", models.CharField(max_length=50, null=True)),
    alter("tags", pg_fields.ArrayField(models.CharField(max_length=10), size=3, null=True)),
    alter("tags", pg_fields.ArrayField(models.CharField(max_length=30), null=True)),
    alter("tags", pg_fields.ArrayField(models.TextField(), null=True)),
    alter("paid", models.BooleanField(null=True)),
    alter("paid", models.IntegerField(default=0)),
    alter("customer", FK("shop.Customer", models.PROTECT)),
    alter("customer", FK("shop.Customer", CASCADE, null=True)),
    alter("customer", FK("shop.Customer", CASCADE, default=1)),
    alter("customer", FK("shop.Customer", CASCADE, db_index=False)),
    alter("customer", FK("shop.Customer", CASCADE, db_constraint=False)),
    alter("customer", FK("shop.Customer", CASCADE, db_column="client")),
    alter("customer", FK("shop.Customer", CASCADE, db_comment="c")),
    alter("customer", FK("shop.Employee", CASCADE)),
    alter("customer", FK("shop.Customer", CASCADE, unique=True)),
    alter("customer", models.OneToOneField("shop.Customer", CASCADE)),
    alter("customer", models.IntegerField()),
    alter("other", FK("shop.Customer", CASCADE, related_name="+")),
    alter("other", FK("shop.Customer", CASCADE, related_name="others", null=True)),
    alter("other", FK("shop.Customer", CASCADE, related_name="+", default=1)),
    alter("loose", FK("shop.Customer", CASCADE, null=True, related_name="+")),
    alter("loose", FK("shop.Customer", CASCADE, db_constraint=False, related_name="+")),
    alter("profile", FK("shop.Customer", CASCADE, null=True, related_name="+")),
    alter("number", FK("shop.Customer", CASCADE, null=True, related_name="+", db_column="number")),
    alter("products", models.ManyToManyField("shop.Product", related_name="p", blank=True)),
    alter("products", models.ManyToManyField("shop.Product", related_name="+", db_table="joined")),
    alter("products", models.ManyToManyField("shop.Customer", related_name="+")),
    alter("id", models.BigAutoField(primary_key=True), model="customer"),
    alter("id", models.IntegerField(primary_key=True), model="customer"),
    alter("id", models.AutoField(primary_key=True)),
    alter("id", models.AutoField(primary_key=True), model="employee"),
    alter("sku", models.CharField(max_length=60, primary_key=True), model="product"),
    alter("sku", models.TextField(primary_key=True), model="product"),
    alter("sku", models.UUIDField(primary_key=True), model="product"),
    alter("seller", FK("shop.Customer", CASCADE, db_column="by", null=True), model="pinned"),
    alter("a", models.IntegerField(null=True), model="elsewhere"),
]

RENAMED = [
    migrations.RenameField("order", "title", "heading"),
    migrations.RenameField("order", "number", "nr"),
    migrations.RenameField("order", "status", "state"),
    migrations.RenameField("order", "customer", "client"),
    migrations.RenameField("order", "loose", "weak"),
    migrations.RenameField("order", "products", "wares"),
    migrations.RenameField("order", "count", "amount"),
    migrations.RenameField("pinned", "name", "title"),
    migrations.RenameField("pinned", "seller", "vendor"),
    migrations.RenameField("customer", "code", "key"),
    migrations.RenameModel("Customer", "Client"),
    migrations.RenameModel("Product", "Ware"),
    migrations.RenameModel("Order", "Purchase"),
    migrations.RenameModel("Employee", "Person"),
    migrations.RenameModel("Pinned", "Fixed"),
    migrations.RenameModel("Invoice", "Bill"),
    migrations.AlterModelTable("order", "orders"),
    migrations.AlterModelTable("employee", "people"),
    migrations.AlterModelTable("pinned", "pinned"),
    migrations.AlterModelTable("pinned", None),
    migrations.AlterModelTableComment("order", "a comment"),
]

MODELS = [
    migrations.CreateModel("Plain", [("id", models.BigAutoField(primary_key=True))]),
    migrations.CreateModel(
        "Full",
        [
            ("code", models.CharField(max_length=10, primary_key=True)),
            ("name", models.CharField(max_length=10, unique=True, db_comment="c")),
            ("slug", models.SlugField()),
            ("count", models.PositiveIntegerField(default=1)),
            ("order", models.ForeignKey("shop.Order", CASCADE)),
            ("me", models.ForeignKey("self", CASCADE, null=True)),
            ("loose", models.ForeignKey("shop.Customer", CASCADE, db_constraint=False)),
            ("one", models.OneToOneField("shop.Customer", CASCADE, related_name="+")),
            ("many", models.ManyToManyField("shop.Product")),
        ],
        options={
            "db_table_comment": "full",
            "unique_together": {("name", "slug")},
            "indexes": [
                models.Index(fields=["count", "-slug"], name="full_idx"),
                models.Index(Lower("name"), name="full_lower"),
            ],
            "constraints": [
                check(Q(count__gt=0), "full_check"),
                models.UniqueConstraint(fields=["count"], name="full_plain"),
                models.UniqueConstraint(fields=["slug"], condition=Q(count=1), name="full_part"),
                models.UniqueConstraint(Lower("slug"), name="full_expr"),
            ],
        },
    ),
    migrations.CreateModel(
        "Through",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("friends", models.ManyToManyField("self", symmetrical=False)),
        ],
    ),
    migrations.CreateModel(
        "Child",
        [
            (
                "order_ptr",
                models.OneToOneField("shop.Order", CASCADE, parent_link=True, primary_key=True),
            ),
            ("extra", models.IntegerField(null=True)),
        ],
        bases=("shop.order",),
    ),
    migrations.CreateModel("Proxy", [], options={"proxy": True}, bases=("shop.order",)),
    migrations.CreateModel(
        "Unmanaged",
        [("id", models.BigAutoField(primary_key=True))],
        options={"managed": False},
    ),
    migrations.CreateModel(
        "Sorted",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("order", models.ForeignKey("shop.Order", CASCADE)),
        ],
        options={"order_with_respect_to": "order"},
    ),
    migrations.DeleteModel("PinnedChild"),
    migrations.DeleteModel("Invoice"),
    migrations.DeleteModel("Employee"),
    migrations.DeleteModel("Elsewhere"),
]

INDEXES = [
    migrations.AddIndex("order", models.Index(fields=["big", "-small"], name="i")),
    migrations.AddIndex("order", models.Index(fields=["customer"], name="i")),
    migrations.AddIndex("order", models.Index(Lower("title"), name="i")),
    migrations.AddIndex("order", models.Index(fields=["big"], condition=Q(paid=True), name="i")),
    migrations.AddIndex("order", models.Index(fields=["big"], include=["small"], name="i")),
    migrations.AddIndex("order", pg_indexes.GinIndex(fields=["data"], name="i")),
    migrations.AddIndex("order", pg_indexes.BrinIndex(fields=["created"], name="i")),
    migrations.AddIndex("pinned", models.Index(fields=["name"], name="i")),
    pg.AddIndexConcurrently("order", models.Index(fields=["big"], name="i")),
    migrations.RemoveIndex("order", "order_number"),
    pg.RemoveIndexConcurrently("order", "order_number"),
    migrations.RenameIndex("order", "new_number", old_name="order_number"),
    migrations.AddConstraint("order", models.UniqueConstraint(fields=["big"], name="c")),
    migrations.AddConstraint(
        "order",
        models.UniqueConstraint(
            fields=["customer", "big"], name="c", deferrable=models.Deferrable.DEFERRED
        ),
    ),
    migrations.AddConstraint(
        "order", models.UniqueConstraint(fields=["big"], name="c", condition=Q(small=1))
    ),
    migrations.AddConstraint(
        "order", models.UniqueConstraint(fields=["big"], name="c", include=["small"])
    ),
    *since(
        (5, 0),
        lambda: [
            migrations.AddConstraint(
                "order", models.UniqueConstraint(fields=["big"], name="c", nulls_distinct=False)
            )
        ],
    ),
    migrations.AddConstraint("order", models.UniqueConstraint(Lower("title"), name="c")),
    migrations.AddConstraint(
        "order",
        models.UniqueConstraint(fields=["title"], name="c", opclasses=["varchar_pattern_ops"]),
    ),
    migrations.AddConstraint("order", check(Q(big__gt=0), "c")),
    migrations.AddConstraint("order", check(Q(big__gt=F("small")) | Q(paid=False), "c")),
    migrations.AddConstraint(
        "order",
        pg_constraints.ExclusionConstraint(
            name="c", expressions=[("period", "&&")], index_type="gist"
        ),
    ),
    pg.AddConstraintNotValid("order", check(Q(big__gt=0), "c")),
    pg.ValidateConstraint("order", "order_check"),
    migrations.RemoveConstraint("order", "order_unique"),
    migrations.RemoveConstraint("order", "order_paid"),
    migrations.RemoveConstraint("order", "order_check"),
    migrations.AlterUniqueTogether("order", set()),
    migrations.AlterUniqueTogether("order", {("number", "big"), ("customer", "big")}),
    migrations.AlterIndexTogether("order", {("customer", "big")}),
    migrations.AlterOrderWithRespectTo("order", "customer"),
    migrations.AlterModelOptions("order", {"ordering": ["id"]}),
    pg.HStoreExtension(),
    pg.TrigramExtension(),
]

OWN = (*ADDED, *REMOVED, *ALTERED, *RENAMED, *MODELS, *INDEXES)

CASES = [*map(case, OWN), *MORE, *KEYWORD_CASES]
