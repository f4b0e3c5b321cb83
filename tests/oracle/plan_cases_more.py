"""Operations that meet: several in one migration, and models that share tables."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q
from oracle.plan_case import case
from oracle.plan_shop import CASCADE, check

FK = models.ForeignKey


def add(name, field, *, preserve_default=True, model="order"):
    return migrations.AddField(model, name, field, preserve_default)


def alter(name, field, *, preserve_default=True, model="order"):
    return migrations.AlterField(model, name, field, preserve_default)


def add_index(name, *expressions, model="order", **keywords):
    return migrations.AddIndex(model, models.Index(*expressions, name=name, **keywords))


def add_unique(name, *expressions, model="order", **keywords):
    unique = models.UniqueConstraint(*expressions, name=name, **keywords)
    return migrations.AddConstraint(model, unique)


NOTE = migrations.CreateModel(
    "Note",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("order", FK("shop.Order", CASCADE)),
        ("text", models.TextField(blank=True)),
        ("slug", models.SlugField(unique=True)),
    ],
)

TOGETHER = [
    (add("a", models.IntegerField(null=True)), add("b", models.IntegerField(null=True))),
    (add("a", models.SlugField(null=True)), add("b", models.IntegerField(default=1))),
    (add("a", models.IntegerField(null=True, db_index=True)), add_index("i", fields=["a", "big"])),
    (
        add("a", FK("shop.Customer", CASCADE, null=True, related_name="+")),
        add_index("i", fields=["a"]),
    ),
    (add("a", models.IntegerField(null=True)), alter("a", models.IntegerField(default=2))),
    (add("a", models.IntegerField(null=True)), alter("a", models.BigIntegerField(null=True))),
    (add("a", models.CharField(max_length=9, null=True)), add_unique("u", fields=["a"])),
    (NOTE, add("a", models.IntegerField(null=True), model="note")),
    (NOTE, add_index("i", model="note", fields=["order", "slug"])),
    (NOTE, add_unique("u", model="note", fields=["order", "slug"])),
    (NOTE, migrations.AlterUniqueTogether("note", {("order", "slug")})),
    (NOTE, add("notes", models.ManyToManyField("shop.Note", related_name="+"))),
    (NOTE, add("note", FK("shop.Note", CASCADE, null=True, related_name="+"))),
    (NOTE, migrations.RemoveField("order", "text")),
    (NOTE, migrations.AlterField("note", "text", models.TextField(null=True))),
    (NOTE, migrations.AddConstraint("note", check(Q(text="x"), "c"))),
    (migrations.RemoveField("order", "text"), migrations.RemoveField("order", "weight")),
    (migrations.RemoveIndex("order", "order_number"), add_index("i", fields=["number", "day"])),
    (
        migrations.RemoveConstraint("order", "order_check"),
        alter("big", models.IntegerField(default=0)),
    ),
    (
        alter("title", models.CharField(max_length=200)),
        migrations.RenameField("order", "title", "head"),
    ),
    (migrations.RenameField("order", "title", "head"), alter("head", models.TextField(default=""))),
    (
        migrations.RenameField("order", "number", "nr"),
        migrations.RenameField("order", "weight", "mass"),
    ),
    (migrations.DeleteModel("Invoice"), migrations.DeleteModel("PinnedChild")),
    (migrations.DeleteModel("PinnedChild"), migrations.DeleteModel("Pinned")),
    (
        migrations.CreateModel("A", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(
            "B", [("id", models.BigAutoField(primary_key=True)), ("a", FK("shop.A", CASCADE))]
        ),
    ),
    (
        migrations.CreateModel("A", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel("B", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("a", "b", FK("shop.B", CASCADE, null=True, related_name="+")),
        migrations.AddField("b", "a", FK("shop.A", CASCADE, null=True, related_name="+")),
    ),
    (
        migrations.CreateModel(
            "A", [("id", models.BigAutoField(primary_key=True)), ("n", models.SlugField())]
        ),
        migrations.DeleteModel("Invoice"),
    ),
]

SEPARATE = [
    migrations.SeparateDatabaseAndState([], [add("a", models.IntegerField(null=True))]),
    migrations.SeparateDatabaseAndState([add("a", models.IntegerField(null=True))], []),
    migrations.SeparateDatabaseAndState(
        [add_index("i", fields=["big"])], [add_index("i", fields=["big"])]
    ),
    migrations.SeparateDatabaseAndState(
        [], [alter("title", models.CharField(max_length=10, default=""))]
    ),
    migrations.SeparateDatabaseAndState(
        [migrations.AlterModelTable("order", "orders")],
        [migrations.AlterModelTable("order", "orders")],
    ),
    migrations.SeparateDatabaseAndState([], [migrations.DeleteModel("Invoice")]),
    migrations.SeparateDatabaseAndState(
        [
            migrations.SeparateDatabaseAndState([add("a", models.IntegerField(null=True))], []),
            add_index("i", fields=["big"]),
        ],
        [],
    ),
]

FAMILIES = [
    # Multi-table inheritance, proxies, tables that Django does not manage.
    add("a", models.IntegerField(null=True), model="kid"),
    add("a", models.IntegerField(default=1), model="parent"),
    add("a", models.IntegerField(null=True), model="kidproxy"),
    alter("extra", models.BigIntegerField(null=True), model="kid"),
    alter("id", models.AutoField(primary_key=True), model="parent"),
    alter("name", models.CharField(max_length=40, unique=True), model="parent"),
    alter("tag", models.SlugField(), model="parent"),
    migrations.RemoveField("kid", "extra"),
    migrations.RemoveField("parent", "tag"),
    migrations.RenameModel("Kid", "Child"),
    migrations.RenameModel("KidProxy", "ChildProxy"),
    migrations.DeleteModel("KidProxy"),
    migrations.DeleteModel("Kid"),
    migrations.RenameField("parent", "tag", "label"),
    migrations.RenameField("kid", "extra", "more"),
    migrations.AlterModelTable("kid", "kids"),
    migrations.AlterModelTable("kidproxy", "proxies"),
    add_index("i", model="kid", fields=["extra"]),
    migrations.RenameModel("Elsewhere", "Nowhere"),
    migrations.RemoveField("elsewhere", "a"),
    add_index("i", model="elsewhere", fields=["a"]),
    migrations.AlterModelTable("elsewhere", "else"),
    migrations.AlterModelOptions("elsewhere", {"managed": True}),
    # order_with_respect_to
    migrations.AlterOrderWithRespectTo("ranked", None),
    migrations.RenameModel("Ranked", "Sorted"),
    migrations.DeleteModel("Ranked"),
    migrations.AlterOrderWithRespectTo("link", "node"),
    # A many-to-many table of one's own
    migrations.RenameModel("Node", "Point"),
    migrations.RenameModel("Link", "Edge"),
    migrations.RemoveField("node", "customers"),
    add("mark", models.IntegerField(null=True), model="link"),
    migrations.AlterUniqueTogether("link", set()),
    migrations.AlterUniqueTogether("link", {("node", "grade"), ("customer", "grade")}),
    migrations.RemoveConstraint("link", "link_once"),
    migrations.RemoveIndex("link", "link_index"),
    alter("node", FK("shop.Node", CASCADE, null=True), model="link"),
    alter("node", FK("shop.Node", CASCADE, db_index=False), model="link"),
    alter("id", models.CharField(max_length=40, primary_key=True), model="node"),
    alter("up", FK("self", CASCADE, null=True, db_constraint=False), model="node"),
    alter("up", FK("self", models.SET_NULL, null=True), model="node"),
    migrations.DeleteModel("Link"),
    add("near", models.ManyToManyField("self"), model="node"),
    add("watchers", models.ManyToManyField("shop.Employee"), model="node"),
    migrations.AddField(
        "employee",
        "orders",
        models.ManyToManyField("shop.Order", db_table="worked_on", related_name="workers"),
    ),
    alter("friends", models.ManyToManyField("self", db_table="mates"), model="employee"),
    alter("friends", models.ManyToManyField("self", symmetrical=False), model="employee"),
    migrations.RenameField("employee", "friends", "mates"),
    migrations.RenameField("employee", "boss", "chief"),
    alter("boss", FK("self", models.SET_NULL, null=True, related_name="team"), model="employee"),
    alter("boss", FK("self", CASCADE), model="employee"),
    # Comments
    migrations.AlterModelTableComment("told", "other words"),
    migrations.AlterModelTableComment("told", None),
    alter("name", models.CharField(max_length=20), model="told"),
    alter("name", models.CharField(max_length=20, db_comment="another"), model="told"),
    alter("name", models.CharField(max_length=30, db_comment="what it is called"), model="told"),
    alter("name", models.CharField(max_length=20, null=True, db_comment="x"), model="told"),
    alter("size", models.PositiveIntegerField(null=True, db_comment="how big"), model="told"),
    alter("size", models.SmallIntegerField(null=True, db_comment="how big"), model="told"),
    alter("size", models.PositiveSmallIntegerField(db_comment="how big", default=1), model="told"),
    alter("id", models.BigAutoField(primary_key=True), model="told"),
    alter("id", models.BigIntegerField(primary_key=True), model="told"),
    migrations.RemoveField("told", "name"),
    migrations.RenameField("told", "name", "title"),
    migrations.RenameModel("Told", "Said"),
    migrations.DeleteModel("Told"),
]

MORE = [case(each) for each in (*TOGETHER, *SEPARATE, *FAMILIES)]
