"""Data and schema in one atomic migration, run by Django on PostgreSQL: a JSON line a case.

A process of its own, because Django is set up once in a process. Argument: Django's settings of the database.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

Operation = Any


def setup() -> list[Operation]:
    """The tables that were there before."""
    return [
        migrations.CreateModel(
            "Customer",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            "Tag",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            "Order",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("code", models.CharField(max_length=20)),
                ("total", models.IntegerField(null=True)),
                ("customer", models.ForeignKey("shop.customer", models.CASCADE)),
                ("other", models.ForeignKey("shop.customer", models.CASCADE, "+", null=True)),
                ("tags", models.ManyToManyField("shop.tag")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["code"], name="order_code_uniq")],
                "indexes": [models.Index(fields=["total"], name="order_total_idx")],
            },
        ),
        migrations.CreateModel("Alone", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(
            "Note",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("rank", models.IntegerField(null=True)),
                ("tag", models.ForeignKey("shop.tag", models.CASCADE, null=True)),
            ],
        ),
        migrations.CreateModel(
            "Loose",
            [
                ("id", models.BigAutoField(primary_key=True)),
                (
                    "customer",
                    models.ForeignKey("shop.customer", models.DO_NOTHING, db_constraint=False),
                ),
            ],
        ),
    ]


def fill(apps: Any, _editor: Any) -> None:
    """One row in every table, and a parent that nobody points at."""
    get = apps.get_model
    customer = get("shop", "customer").objects.create(name="a")
    get("shop", "customer").objects.create(name="b")
    tag = get("shop", "tag").objects.create(name="t")
    order = get("shop", "order").objects.create(code="1", total=1, customer=customer)
    order.tags.add(tag)
    get("shop", "tag").objects.create(name="u")
    get("shop", "alone").objects.create()
    get("shop", "loose").objects.create(customer_id=customer.pk)


def insert(apps: Any, _editor: Any) -> None:
    model = apps.get_model("shop", "order")
    model.objects.create(code="2", customer_id=model.objects.first().customer_id)


def bulk_insert(apps: Any, _editor: Any) -> None:
    model = apps.get_model("shop", "order")
    model.objects.bulk_create([model(code="2", customer_id=model.objects.first().customer_id)])


def update_plain(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "order").objects.update(total=2)


def update_same_key(apps: Any, _editor: Any) -> None:
    model = apps.get_model("shop", "order")
    model.objects.update(customer_id=model.objects.first().customer_id)


def update_key(apps: Any, _editor: Any) -> None:
    last = apps.get_model("shop", "customer").objects.last()
    apps.get_model("shop", "order").objects.update(customer_id=last.pk)


def update_key_to_null(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "order").objects.update(other=None)


def update_null_key(apps: Any, _editor: Any) -> None:
    last = apps.get_model("shop", "customer").objects.last()
    apps.get_model("shop", "order").objects.update(other_id=last.pk)


def save_unchanged(apps: Any, _editor: Any) -> None:
    for order in apps.get_model("shop", "order").objects.all():
        order.total = 3
        order.save()


def delete_child(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "order").objects.all().delete()


def delete_parent(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "customer").objects.filter(name="b").delete()


def insert_parent(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "customer").objects.create(name="c")


def update_parent(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "customer").objects.update(name="c")


def add_tag(apps: Any, _editor: Any) -> None:
    tag = apps.get_model("shop", "tag").objects.create(name="x")
    apps.get_model("shop", "order").objects.first().tags.add(tag)


def insert_alone(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "alone").objects.create()


def insert_note(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "note").objects.create()


def insert_tagged(apps: Any, _editor: Any) -> None:
    tag = apps.get_model("shop", "tag").objects.first()
    apps.get_model("shop", "note").objects.create(tag=tag)


def delete_tag(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "tag").objects.filter(name="u").delete()


def insert_loose(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "loose").objects.create(customer_id=1)


def delete_nothing(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "customer").objects.filter(name="nobody").delete()


def insert_null(apps: Any, _editor: Any) -> None:
    apps.get_model("shop", "late").objects.create()


def fill_late(apps: Any, _editor: Any) -> None:
    first = apps.get_model("shop", "customer").objects.first()
    apps.get_model("shop", "order").objects.update(late_id=first.pk)


def python(function: Any) -> Operation:
    return migrations.RunPython(function, migrations.RunPython.noop)


def late(*, null: bool = True) -> models.ForeignKey:
    return models.ForeignKey("shop.customer", models.CASCADE, "+", null=null)


ADD = migrations.AddField("order", "note", models.TextField(null=True))
SQL_INSERT = migrations.RunSQL(
    "INSERT INTO shop_order (code, customer_id) SELECT '2', customer_id FROM shop_order LIMIT 1"
)
NOW = migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE")
AGAIN = migrations.RunSQL("SET CONSTRAINTS ALL DEFERRED")
UNIQUE = models.UniqueConstraint(fields=["total"], name="order_total_uniq")
CHECK = models.CheckConstraint(condition=models.Q(total__lt=99), name="order_total_check")

CASES: dict[str, list[Operation]] = {
    "insert without a value for its key, AddField": [
        python(insert_note),
        migrations.AddField("note", "more", models.TextField(null=True)),
    ],
    "insert, AlterField of its only key": [
        python(insert_tagged),
        migrations.AlterField("note", "tag", models.ForeignKey("shop.tag", models.CASCADE)),
    ],
    "insert, RemoveField of its only key": [
        python(insert_note),
        migrations.RemoveField("note", "tag"),
    ],
    "insert, RemoveField of its only key, AddField": [
        python(insert_note),
        migrations.RemoveField("note", "tag"),
        migrations.AddField("note", "more", models.TextField(null=True)),
    ],
    "insert, RenameModel": [python(insert_note), migrations.RenameModel("Note", "Remark")],
    "insert, TRUNCATE": [python(insert_note), migrations.RunSQL("TRUNCATE shop_note")],
    "insert, VALIDATE": [
        migrations.RunSQL("ALTER TABLE shop_note ADD CONSTRAINT c CHECK (rank < 9) NOT VALID"),
        python(insert_note),
        migrations.RunSQL("ALTER TABLE shop_note VALIDATE CONSTRAINT c"),
    ],
    "insert, UPDATE of a default elsewhere, AddField": [
        python(insert),
        migrations.AlterField("note", "rank", models.IntegerField(default=0)),
        ADD,
    ],
    "insert, DeleteModel that it points at": [
        python(insert_note),
        migrations.RemoveField("order", "tags"),
        migrations.DeleteModel("Tag"),
    ],
    "delete of parents, RemoveField of the only key to them": [
        python(delete_tag),
        migrations.RemoveField("note", "tag"),
    ],
    "delete of parents, DeleteModel of a child": [
        python(delete_tag),
        migrations.DeleteModel("Note"),
    ],
    "delete of parents, RunSQL DROP CONSTRAINT": [
        python(delete_tag),
        migrations.RunSQL(
            "DO $$ DECLARE n text; BEGIN SELECT conname INTO n FROM pg_constraint WHERE contype = "
            "'f' AND conrelid = 'shop_note'::regclass; EXECUTE 'ALTER TABLE shop_note DROP "
            "CONSTRAINT ' || n; END $$"
        ),
    ],
    "insert, AddField": [python(insert), ADD],
    "bulk insert, AddField": [python(bulk_insert), ADD],
    "SQL insert, AddField": [SQL_INSERT, ADD],
    "insert, RemoveField": [python(insert), migrations.RemoveField("order", "total")],
    "insert, RemoveField of the key": [
        python(insert),
        migrations.RemoveField("order", "customer"),
    ],
    "insert, AddIndex": [
        python(insert),
        migrations.AddIndex("order", models.Index(fields=["code"], name="order_code_idx")),
    ],
    "insert, RemoveIndex": [python(insert), migrations.RemoveIndex("order", "order_total_idx")],
    "insert, RenameIndex": [
        python(insert),
        migrations.RenameIndex("order", new_name="order_new", old_name="order_total_idx"),
    ],
    "insert, AddConstraint unique": [
        python(insert),
        migrations.AddConstraint("order", UNIQUE),
    ],
    "insert, AddConstraint check": [python(insert), migrations.AddConstraint("order", CHECK)],
    "insert, RemoveConstraint": [
        python(insert),
        migrations.RemoveConstraint("order", "order_code_uniq"),
    ],
    "insert, DeleteModel": [python(insert), migrations.DeleteModel("Order")],
    "insert, AlterField of the key": [
        python(insert),
        migrations.AlterField(
            "order",
            "customer",
            models.ForeignKey("shop.customer", models.CASCADE, null=True),
        ),
    ],
    "insert, AlterField of the key without SQL": [
        python(insert),
        migrations.AlterField(
            "order", "customer", models.ForeignKey("shop.customer", models.PROTECT)
        ),
        ADD,
    ],
    "insert, AlterField type": [
        python(insert),
        migrations.AlterField("order", "total", models.BigIntegerField(null=True)),
    ],
    "insert, AlterField wider": [
        python(insert),
        migrations.AlterField("order", "code", models.CharField(max_length=30)),
    ],
    "insert, AlterField to null": [
        python(insert),
        migrations.AlterField("order", "code", models.CharField(max_length=20, null=True)),
    ],
    "insert, AlterField not null with default": [
        python(insert),
        migrations.AlterField("order", "total", models.IntegerField(default=0)),
    ],
    "insert, AlterField not null with default, AddField": [
        python(insert),
        migrations.AlterField("order", "total", models.IntegerField(default=0)),
        ADD,
    ],
    "insert, AlterField not null without default": [
        migrations.RunSQL("UPDATE shop_order SET total = 0"),
        migrations.RunSQL(
            "INSERT INTO shop_order (code, total, customer_id) "
            "SELECT '2', 5, customer_id FROM shop_order LIMIT 1"
        ),
        migrations.AlterField("order", "total", models.IntegerField()),
    ],
    "insert, AlterField without SQL": [
        python(insert),
        migrations.AlterField("order", "total", models.IntegerField(null=True, blank=True)),
    ],
    "insert, AlterField db_index": [
        python(insert),
        migrations.AlterField("order", "total", models.IntegerField(null=True, db_index=True)),
    ],
    "insert, RenameField": [python(insert), migrations.RenameField("order", "code", "name")],
    "insert, RenameModel with a table between": [
        python(insert),
        migrations.RenameModel("Order", "Sale"),
    ],
    "insert, AlterModelTable": [python(insert), migrations.AlterModelTable("order", "sales")],
    "insert, comment": [
        python(insert),
        migrations.AlterModelTableComment("order", "what is sold"),
    ],
    "insert, CreateModel with a key to it": [
        python(insert),
        migrations.CreateModel(
            "Line",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("order", models.ForeignKey("shop.order", models.CASCADE)),
            ],
        ),
    ],
    "insert, AddField elsewhere": [
        python(insert),
        migrations.AddField("customer", "note", models.TextField(null=True)),
    ],
    "insert, AddField of a key to it elsewhere": [
        python(insert),
        migrations.AddField(
            "alone", "order", models.ForeignKey("shop.order", models.CASCADE, null=True)
        ),
    ],
    "insert, AddField many-to-many": [
        python(insert),
        migrations.AddField("order", "more", models.ManyToManyField("shop.tag", related_name="+")),
    ],
    "insert, RunSQL ALTER TABLE": [
        python(insert),
        migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN note text"),
    ],
    "insert, immediate, AddField": [python(insert), NOW, ADD],
    "immediate, insert, AddField": [NOW, python(insert), ADD],
    "immediate, deferred, insert, AddField": [NOW, AGAIN, python(insert), ADD],
    "immediate with more, insert, AddField": [
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SELECT 1"),
        python(insert),
        ADD,
    ],
    "update of another column, AddField": [python(update_plain), ADD],
    "update of the key, AddField": [python(update_key), ADD],
    "update of the key to what it was, AddField": [python(update_same_key), ADD],
    "update of a key from NULL, AddField": [python(update_null_key), ADD],
    "update of a key that is NULL to NULL, AddField": [python(update_key_to_null), ADD],
    "save of rows, AddField": [python(save_unchanged), ADD],
    "delete of children, AddField": [python(delete_child), ADD],
    "delete of children, AddField on the parent": [
        python(delete_child),
        migrations.AddField("customer", "note", models.TextField(null=True)),
    ],
    "delete of children with a table between, AddField on the table between": [
        python(delete_child),
        migrations.RunSQL("ALTER TABLE shop_order_tags ADD COLUMN note text"),
    ],
    "delete of parents, AddField on the parent": [
        python(delete_parent),
        migrations.AddField("customer", "note", models.TextField(null=True)),
    ],
    "delete of parents, AddField on the child": [python(delete_parent), ADD],
    "delete of no parents, AddField on the parent": [
        python(delete_nothing),
        migrations.AddField("customer", "note", models.TextField(null=True)),
    ],
    "insert of parents, AddField on the parent": [
        python(insert_parent),
        migrations.AddField("customer", "note", models.TextField(null=True)),
    ],
    "update of parents, AddField on the parent": [
        python(update_parent),
        migrations.AddField("customer", "note", models.TextField(null=True)),
    ],
    "insert without a key, AddField": [
        python(insert_alone),
        migrations.AddField("alone", "note", models.TextField(null=True)),
    ],
    "insert with a key that is not checked, AddField": [
        python(insert_loose),
        migrations.AddField("loose", "note", models.TextField(null=True)),
    ],
    "many-to-many add, RemoveField of it": [
        python(add_tag),
        migrations.RemoveField("order", "tags"),
    ],
    "many-to-many add, AddField": [python(add_tag), ADD],
    "AddField of a slug, insert": [
        migrations.AddField("order", "slug", models.SlugField(default="a")),
        python(insert),
    ],
    "AddField with an index, insert": [
        migrations.AddField("order", "rank", models.IntegerField(null=True, db_index=True)),
        python(insert),
    ],
    "AddField unique text, insert": [
        migrations.AddField("order", "key", models.CharField(max_length=9, null=True, unique=True)),
        python(insert),
    ],
    "AlterField with an index, insert": [
        migrations.AlterField("order", "total", models.IntegerField(null=True, db_index=True)),
        python(insert),
    ],
    "AddIndex, insert": [
        migrations.AddIndex("order", models.Index(fields=["code"], name="order_code_idx")),
        python(insert),
    ],
    "AddField, insert": [ADD, python(insert)],
    "AddField of a key, fill": [
        migrations.AddField("order", "late", late()),
        python(fill_late),
    ],
    "AddField of a key, insert": [
        migrations.AddField("order", "late", late()),
        python(insert),
    ],
    "AddField of a key, fill, AlterField of it": [
        migrations.AddField("order", "late", late()),
        migrations.RunSQL("UPDATE shop_order SET late_id = customer_id"),
        migrations.AlterField("order", "late", late(null=False)),
    ],
    "AddField of a key, fill, AddField": [
        migrations.AddField("order", "late", late()),
        python(fill_late),
        ADD,
    ],
    "AddField of a key, insert, AddField": [
        migrations.AddField("order", "late", late()),
        python(insert),
        ADD,
    ],
    "AddField of a key with the old one removed, fill": [
        migrations.AddField("order", "late", late()),
        python(fill_late),
        migrations.RemoveField("order", "customer"),
    ],
    "CreateModel, insert, AddField on it": [
        migrations.CreateModel(
            "Late",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", late()),
            ],
        ),
        python(insert_null),
        migrations.AddField("late", "note", models.TextField(null=True)),
    ],
}


def apply(operations: list[Operation], before: ProjectState) -> ProjectState:
    """The operations as one migration, in the transaction that Django opens for it."""
    migration = type("Migration", (migrations.Migration,), {"operations": operations})
    with transaction.atomic(), connection.schema_editor(atomic=False) as editor:
        return migration("0002", "shop").apply(before, editor)


def outcome(operations: list[Operation]) -> str:
    """What the database says to it, on tables with rows: an error's first words, or ``ok``."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS pending CASCADE; CREATE SCHEMA pending")
    state = apply([*setup()], ProjectState())
    state = apply([python(fill)], state)
    try:
        apply(operations, state)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return "ok"


def main(database: str) -> None:
    """Print every case with its outcome."""
    options = {"options": "-c search_path=pending"}
    settings.configure(
        DATABASES={"default": json.loads(database) | {"OPTIONS": options}}, USE_TZ=True
    )
    django.setup()
    for name, operations in CASES.items():
        sys.stdout.write(f"{json.dumps([name, outcome(operations)])}\n")


if __name__ == "__main__":
    main(sys.argv[1])
