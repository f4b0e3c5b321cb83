"""Rarer keywords of fields, indexes and constraints, and what each release of Django brought."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres import constraints as pg_constraints
from django.contrib.postgres import fields as pg_fields
from django.contrib.postgres import indexes as pg_indexes
from django.contrib.postgres import operations as pg
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Now, Upper
from oracle.plan_case import case, since
from oracle.plan_cases_more import FK, add, add_index, add_unique, alter
from oracle.plan_shop import CASCADE, check, generated

KEYWORDS = [
    add("a", models.TextField(default="")),
    add("a", models.TextField(default="x")),
    add("a", models.TextField(blank=True)),
    add("a", models.TextField(null=True, default="x")),
    add("a", models.BinaryField(default=b"x")),
    add("a", models.JSONField(null=True)),
    add("a", models.JSONField(default=list)),
    add("a", models.TimeField(auto_now_add=True)),
    add("a", models.DateField(auto_now=True)),
    add("a", models.DecimalField(max_digits=5, decimal_places=2, null=True)),
    add("a", models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))),
    add("a", models.SmallIntegerField(unique=True, null=True)),
    add("a", models.BigIntegerField(unique=True, default=1)),
    add("a", models.URLField(blank=True)),
    add("a", models.FilePathField(null=True)),
    add("a", models.GenericIPAddressField(null=True)),
    add("a", models.SlugField(unique=True, null=True)),
    add("a", models.SlugField(default="a")),
    add("a", models.SlugField(db_index=False, null=True)),
    add("a", models.CharField(max_length=5, db_column="b", default="")),
    add("a", models.CharField(max_length=5, db_comment="words", default="")),
    add("a", models.PositiveSmallIntegerField(default=0, db_index=True)),
    add("a", models.UUIDField(null=True, unique=True)),
    add("a", FK("shop.Product", CASCADE, null=True, db_index=False, related_name="+")),
    add("a", FK("shop.Product", CASCADE, default="1", related_name="+")),
    add("a", FK("shop.Node", CASCADE, null=True, related_name="+")),
    add("a", FK("shop.Told", CASCADE, null=True, db_comment="told", related_name="+")),
    add("a", FK("shop.Kid", CASCADE, null=True, related_name="+")),
    add("a", FK("shop.Customer", CASCADE, null=True, db_column="who", related_name="+")),
    add("a", FK("shop.Elsewhere", CASCADE, null=True, related_name="+")),
    alter("title", models.TextField(default="", null=True)),
    alter("title", models.CharField(max_length=100, default="", db_index=True, null=True)),
    alter("title", models.CharField(max_length=200, default="", unique=True)),
    alter("title", models.CharField(max_length=200, default="", db_column="heading")),
    alter("title", models.TextField(default="", unique=True)),
    alter("title", models.BinaryField()),
    alter("status", models.CharField(max_length=20, null=True, db_index=True)),
    alter("status", models.CharField(max_length=20, db_index=True, db_column="state")),
    alter("status", models.CharField(max_length=20, default="new")),
    alter("status", models.IntegerField(db_index=True)),
    alter("slug", models.SlugField(max_length=80)),
    alter("slug", models.SlugField(max_length=80, unique=True)),
    alter("slug", models.SlugField(null=True)),
    alter("slug", models.TextField(db_index=True)),
    alter("code", models.TextField(unique=True), model="customer"),
    alter("code", models.CharField(max_length=20, unique=True, null=True), model="customer"),
    alter("code", models.SlugField(max_length=20, unique=True), model="customer"),
    alter("code", models.CharField(max_length=20, unique=True, db_column="key"), model="customer"),
    alter("email", models.EmailField(null=True, unique=True), model="customer"),
    alter("email", models.EmailField(default="", db_index=True), model="customer"),
    alter("note", models.TextField(blank=True, null=True), model="customer"),
    alter("note", models.CharField(max_length=300, blank=True), model="customer"),
    alter("count", models.PositiveIntegerField(default=0, db_column="amount")),
    alter("count", models.PositiveIntegerField(default=0, null=True)),
    alter("count", models.PositiveSmallIntegerField(default=0)),
    alter("count", models.PositiveIntegerField(default=0, unique=True)),
    alter("count", models.CharField(max_length=10, default="0")),
    alter("weight", models.FloatField()),
    alter("weight", models.FloatField(default=1.5)),
    alter("weight", models.FloatField(null=True, db_index=True)),
    alter("weight", models.FloatField(null=True, unique=True)),
    alter("weight", models.CharField(max_length=30, null=True)),
    alter("total", models.DecimalField(max_digits=10, decimal_places=2, null=True)),
    alter("total", models.IntegerField(default=0)),
    alter("created", models.DateTimeField()),
    alter("created", models.TimeField(null=True)),
    alter("created", models.CharField(max_length=40, null=True)),
    alter("day", models.DateField(auto_now_add=True)),
    alter("data", models.JSONField(default=dict)),
    alter("data", models.JSONField()),
    alter("uid", models.UUIDField()),
    alter("uid", models.UUIDField(null=True, unique=True)),
    alter("uid", models.UUIDField(null=True, db_index=True)),
    alter("ip", models.GenericIPAddressField()),
    alter("ip", models.TextField(null=True)),
    alter("paid", models.BooleanField(default=True)),
    alter("paid", models.CharField(max_length=5, default="")),
    alter("customer", FK("shop.Customer", CASCADE, db_index=False, db_constraint=False)),
    alter("customer", FK("shop.Customer", CASCADE, null=True, db_constraint=False)),
    alter("customer", FK("shop.Customer", models.DO_NOTHING)),
    alter("customer", FK("shop.Customer", CASCADE, to_field="code")),
    alter("customer", models.OneToOneField("shop.Customer", CASCADE, null=True)),
    alter("loose", FK("shop.Customer", CASCADE, null=True, related_name="+", unique=True)),
    alter("loose", models.IntegerField(null=True)),
    alter("profile", models.OneToOneField("shop.Customer", CASCADE, related_name="+")),
    alter("profile", FK("shop.Customer", CASCADE, null=True, db_index=False, related_name="+")),
    alter("product", FK("shop.Product", CASCADE)),
    alter("product", FK("shop.Product", CASCADE, null=True, db_column="ware")),
    alter("product", models.CharField(max_length=30, null=True)),
    alter("by", FK("shop.Customer", CASCADE, null=True), model="invoice"),
    alter(
        "order",
        models.OneToOneField("shop.Order", models.PROTECT, primary_key=True),
        model="invoice",
    ),
    alter("label", models.CharField(max_length=50), model="product"),
    alter("label", models.CharField(max_length=50, unique=True), model="product"),
    alter("sku", models.CharField(max_length=20, primary_key=True), model="product"),
    alter("sku", models.SlugField(max_length=30, primary_key=True), model="product"),
    alter("name", models.CharField(max_length=10, db_column="title", unique=True), model="pinned"),
    alter("name", models.CharField(max_length=10), model="pinned"),
    alter(
        "name", models.CharField(max_length=10, db_column="title", db_index=True), model="pinned"
    ),
    alter("id", models.AutoField(primary_key=True), model="pinned"),
    alter("id", models.SmallAutoField(primary_key=True), model="customer"),
    alter("id", models.CharField(max_length=30, primary_key=True), model="customer"),
    migrations.RemoveField("order", "slug"),
    migrations.RemoveField("order", "uid"),
    migrations.RemoveField("order", "data"),
    migrations.RemoveField("order", "other"),
    migrations.RemoveField("order", "product"),
    migrations.RemoveField("order", "weight"),
    migrations.RemoveField("customer", "name"),
    migrations.RemoveField("customer", "note"),
    migrations.RemoveField("product", "label"),
    migrations.RemoveField("invoice", "by"),
    migrations.RenameField("order", "slug", "nick"),
    migrations.RenameField("order", "profile", "face"),
    migrations.RenameField("order", "product", "ware"),
    migrations.RenameField("order", "data", "extra"),
    migrations.RenameField("product", "label", "name"),
    migrations.RenameField("customer", "name", "title"),
    migrations.RenameField("invoice", "by", "writer"),
]

INDEXES = [
    add_index("i", fields=["status"]),
    add_index("i", fields=["-created"]),
    add_index("i", fields=["product", "day"]),
    add_index("i", fields=["title"], opclasses=["varchar_pattern_ops"]),
    add_index("i", fields=["title", "big"], condition=Q(big__gt=0)),
    add_index("i", Lower("title"), Upper("slug")),
    add_index("i", F("big").desc(), "small"),
    add_index("i", F("small").asc()),
    migrations.AddIndex("order", pg_indexes.GistIndex(fields=["period"], name="i")),
    migrations.AddIndex("order", pg_indexes.HashIndex(fields=["title"], name="i")),
    migrations.AddIndex("order", pg_indexes.BTreeIndex(fields=["big"], name="i", fillfactor=80)),
    migrations.AddIndex("order", pg_indexes.SpGistIndex(fields=["ip"], name="i")),
    migrations.AddIndex("order", pg_indexes.GinIndex(fields=["tags"], name="i")),
    migrations.RenameIndex("link", "links", old_name="link_index"),
    migrations.RenameIndex("order", "order_number", old_name="order_number"),
    add_unique("u", fields=["title", "big"]),
    add_unique("u", fields=["product"]),
    add_unique("u", fields=["title"], condition=Q(title="x")),
    add_unique("u", Lower("title"), "big"),
    add_unique("u", Lower("title"), condition=Q(big=1)),
    add_unique("u", fields=["big"], include=["title"], condition=Q(paid=True)),
    add_unique("u", fields=["big"], deferrable=models.Deferrable.IMMEDIATE),
    *since(
        (5, 0),
        lambda: [
            add_unique("u", fields=["big"], nulls_distinct=True),
            add_unique("u", fields=["title"], nulls_distinct=False, condition=Q(big=1)),
        ],
    ),
    migrations.AddConstraint("order", check(Q(title__gt="a") & ~Q(slug=""), "c")),
    migrations.AddConstraint("order", check(Q(day__isnull=False), "c")),
    migrations.AddConstraint("order", check(Q(title__in=["a", "b"]), "c")),
    migrations.RemoveConstraint("order", "text_there"),
    migrations.AddConstraint(
        "order",
        pg_constraints.ExclusionConstraint(
            name="c", expressions=[("period", "&&")], index_type="gist", condition=Q(paid=True)
        ),
    ),
    pg.AddConstraintNotValid("order", check(Q(day__isnull=False), "c")),
    (
        pg.AddConstraintNotValid("order", check(Q(day__isnull=False), "c")),
        pg.ValidateConstraint("order", "c"),
    ),
    pg.CreateExtension("unaccent"),
    pg.CITextExtension(),
    pg.BtreeGinExtension(),
    pg.CreateCollation("words", provider="icu", locale="und-u-ks-level2", deterministic=False),
    pg.RemoveCollation("words", locale="C"),
    add("a", pg_fields.HStoreField(null=True)),
    add("a", pg_fields.ArrayField(models.TextField(), null=True, db_index=True)),
    add("a", pg_fields.ArrayField(pg_fields.ArrayField(models.IntegerField()), null=True)),
    add("a", pg_fields.DateTimeRangeField(null=True)),
    add("a", pg_fields.DecimalRangeField(default=None, null=True)),
    alter("period", pg_fields.DateTimeRangeField(null=True)),
    alter("tags", pg_fields.ArrayField(models.CharField(max_length=5), null=True)),
    alter("tags", pg_fields.ArrayField(models.CharField(max_length=10), default=list)),
    alter("tags", pg_fields.ArrayField(models.CharField(max_length=10), null=True, db_index=True)),
    migrations.RemoveField("order", "tags"),
    migrations.RenameField("order", "tags", "words"),
]


def of_django_5():
    """Defaults of the database, and generated columns."""
    return [
        add("a", models.TextField(db_default="x")),
        add("a", models.CharField(max_length=5, db_default="x", unique=True)),
        add("a", models.BooleanField(db_default=False)),
        add("a", models.IntegerField(db_default=Value(3), null=True)),
        add("a", models.DateField(db_default=Now(), null=True)),
        add("a", models.IntegerField(db_default=1 + Value(2))),
        add("a", models.PositiveIntegerField(db_default=1)),
        add("a", models.SlugField(db_default="a")),
        add("a", FK("shop.Customer", CASCADE, db_default=1, related_name="+")),
        add("a", generated(Lower("title"), models.CharField(max_length=100))),
        add("a", generated(F("big") + F("small"), models.BigIntegerField())),
        alter("title", models.CharField(max_length=100, default="", db_default="z")),
        alter("title", models.CharField(max_length=200, db_default="z")),
        alter("text", models.TextField(db_default="z")),
        alter("number", models.BigIntegerField(db_default=3)),
        alter("number", models.IntegerField(default=4, db_default=3)),
        alter("created", models.DateTimeField(db_default=Now())),
        alter("paid", models.BooleanField(db_default=False)),
        alter("filled", models.IntegerField(db_default=1, null=True)),
        alter("filled", models.BigIntegerField(db_default=1)),
        alter("filled", models.IntegerField(db_default=1, db_index=True)),
        alter("filled", models.IntegerField(null=True)),
        alter("double", generated(F("small") * 2, models.IntegerField(), verbose_name="twice")),
        migrations.RenameField("order", "double", "twice"),
        migrations.RenameField("order", "filled", "full"),
        migrations.RemoveField("order", "filled"),
        migrations.CreateModel(
            "Fresh",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("at", models.DateTimeField(db_default=Now())),
                ("n", models.IntegerField(db_default=1)),
                ("m", generated(F("n") + 1, models.IntegerField())),
            ],
            options={"constraints": [check(Q(n__gt=0), "n_positive")]},
        ),
    ]


def of_django_52():
    """Keys of several columns."""
    return [
        add("a", models.IntegerField(null=True), model="line"),
        alter("text", models.CharField(max_length=10, null=True), model="line"),
        migrations.RenameField("line", "text", "words"),
        migrations.RenameModel("Line", "Row"),
        migrations.DeleteModel("Line"),
        migrations.CreateModel(
            "Pair",
            [
                ("pk", models.CompositePrimaryKey("left", "right")),
                ("left", FK("shop.Customer", CASCADE, related_name="+")),
                ("right", models.SlugField()),
            ],
        ),
        migrations.AlterConstraint("order", "order_check", check(Q(big__gte=0), "order_check")),
        alter("double", generated(F("small") * 2, models.BigIntegerField())),
        alter("double", generated(F("small") * 2, models.IntegerField(), db_index=True)),
        alter("double", generated(F("small") * 2, models.IntegerField(), unique=True)),
    ]


def of_django_61():
    """Deletions that the database carries on."""
    return [
        add("a", FK("shop.Customer", models.DB_CASCADE, null=True, related_name="+")),
        add("a", FK("shop.Customer", models.DB_SET_NULL, null=True, related_name="+")),
        alter("customer", FK("shop.Customer", models.DB_CASCADE)),
        alter("other", FK("shop.Customer", models.DB_SET_NULL, null=True, related_name="+")),
        migrations.CreateModel(
            "Owned",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("owner", FK("shop.Customer", models.DB_CASCADE)),
            ],
        ),
    ]


KEYWORD_CASES = [
    case(each)
    for each in (
        *KEYWORDS,
        *INDEXES,
        *since((5, 0), of_django_5),
        *since((5, 2), of_django_52),
        *since((6, 1), of_django_61),
    )
]
