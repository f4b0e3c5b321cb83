"""DJM811: rows written and their table changed in one transaction."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ONLY = "DJM811"
SHOP = """
migrations.CreateModel(
    "Customer",
    [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20))],
),
migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True))]),
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("total", models.IntegerField(null=True)),
        ("customer", models.ForeignKey("shop.customer", models.CASCADE)),
        ("tags", models.ManyToManyField("shop.tag")),
    ],
),
migrations.CreateModel(
    "Loose",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("customer", models.ForeignKey("shop.customer", models.CASCADE, db_constraint=False)),
    ],
),
migrations.CreateModel(
    "Note",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("rank", models.IntegerField(null=True)),
        ("tag", models.ForeignKey("shop.tag", models.CASCADE, null=True)),
    ],
),
"""
ADD = "migrations.AddField('order', 'note', models.TextField(null=True)),"
NOW = "migrations.RunSQL('SET CONSTRAINTS ALL IMMEDIATE'),"


def add(model):
    return f"migrations.AddField('{model}', 'more', models.TextField(null=True)),"


def module(body, operations, head="", after="0001_earlier"):
    return (
        "from django.db import migrations, models\n\n\n"
        f"def work(apps, schema_editor):\n    {body}\n\n\n"
        "class Migration(migrations.Migration):\n"
        f"    {head}\n"
        f"    dependencies = [('shop', '{after}')]\n"
        f"    operations = [\n{operations}\n    ]\n"
    )


def model(name):
    return f"apps.get_model('shop', '{name}').objects"


RUN = "migrations.RunPython(work),"
INSERT = f"{model('order')}.create(code='2', customer_id=1)"
INSERT_NOTE = f"{model('note')}.create(rank=1)"
DELETE = f"{model('customer')}.filter(name='').delete()"


@pytest.mark.parametrize(
    "operations",
    [
        f"{RUN} migrations.RemoveIndex('order', 'one'),",
        f"{RUN} migrations.RenameField('order', 'code', 'name'),",
        f"{RUN} migrations.AlterModelTable('order', 'sales'),",
        f"{RUN} migrations.AlterModelTableComment('order', 'sold'),",
        f"{RUN} migrations.AlterField('order', 'code', models.CharField('x', max_length=20)),",
        f"{RUN} {add('customer')}",
        f"{RUN} migrations.AddField('order', 'more', models.ManyToManyField('shop.tag')),",
        f"{RUN} {NOW} {ADD}",
        f"{NOW} {RUN} {ADD}",
        f"{RUN} migrations.AlterField('note', 'rank', models.IntegerField(default=0)), {ADD}",
        f"{RUN} migrations.RunSQL('COMMIT'), {ADD}",
        f"{RUN} migrations.RunSQL(imported.sql), {ADD}",
        f"{ADD} {RUN}",
        f"migrations.AddIndex('order', models.Index(fields=['code'], name='i')), {RUN}",
    ],
)
def test_what_works_on_such_a_table_is_silent(check, operations):
    index = "migrations.AddIndex('order', models.Index(fields=['total'], name='one')),"
    check(module(INSERT, operations), earlier=[SHOP + index], only=ONLY)


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        (f"{model('order')}.update(total=2)", ADD),
        (f"{model('customer')}.create(name='c')", add("customer")),
        (f"{model('customer')}.update(name='c')", add("customer")),
        (f"{model('loose')}.create(customer_id=1)", add("loose")),
        (DELETE, ADD),
        ("imported.work(apps)", ADD),
    ],
)
def test_rows_that_wait_for_nothing_are_silent(check, body, changed):
    check(module(body, RUN + changed), earlier=[SHOP], only=ONLY)


def test_a_key_that_is_made_here_is_checked_at_once(check):
    made = "migrations.AddField('order', 'late', models.ForeignKey('shop.tag', None, null=True)),"
    fill = f"{model('order')}.update(late=1)"
    check(module(fill, made + RUN + ADD), earlier=[SHOP], only=ONLY)


def test_a_table_that_is_made_here_gets_its_keys_last(check):
    made = (
        "migrations.CreateModel('Line', [('id', models.BigAutoField(primary_key=True)), "
        "('order', models.ForeignKey('shop.order', models.CASCADE))]),"
    )
    insert = f"{model('line')}.create(order_id=1)"
    check(module(insert, made + RUN + add("line")), earlier=[SHOP], only=ONLY)


def test_django_has_a_key_checked_before_it_drops_it(check):
    drop = "migrations.RemoveField('note', 'tag'),"
    check(module(INSERT_NOTE, RUN + drop), earlier=[SHOP], only=ONLY)


def test_outside_a_transaction_nothing_waits(check):
    check(module(INSERT, RUN + ADD, "atomic = False"), earlier=[SHOP], only=ONLY)


@pytest.mark.parametrize(
    "more",
    [
        "imported.Operation(),",
        "migrations.AlterModelOptions('order', {'managed': False}),",
        "migrations.AlterModelTable('order', imported.table),",
        "migrations.RunSQL('ALTER TABLE shop_order ALTER CONSTRAINT x NOT DEFERRABLE'),",
    ],
)
def test_keys_that_may_be_others_are_silent(check, more):
    check(module(INSERT, RUN + ADD, after="0002_earlier"), earlier=[SHOP, more], only=ONLY)


def test_other_databases_do_not_refuse(check):
    options = Options(databases=(parse_database("mysql:8.0"),))
    check(module(INSERT, RUN + ADD), earlier=[SHOP], options=options, only=ONLY)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (ADD, "after RunPython(work), ALTER TABLE on shop_order fails"),
        ("migrations.RemoveField('order', 'total'),", "ALTER TABLE on shop_order"),
        (
            "migrations.AddIndex('order', models.Index(fields=['code'], name='i')),",
            "CREATE INDEX on shop_order",
        ),
        (
            (
                "migrations.AddConstraint('order', "
                "models.UniqueConstraint(fields=['code'], name='u')),"
            ),
            "ALTER TABLE on shop_order",
        ),
        ("migrations.DeleteModel('Order'),", "DROP TABLE on shop_order"),
        ("migrations.RunSQL('TRUNCATE shop_order'),", "TRUNCATE on shop_order"),
        ("migrations.RunSQL('ALTER TABLE shop_order ADD note text'),", "ALTER TABLE"),
        (
            "migrations.AlterField('order', 'code', models.CharField(max_length=30)),",
            "ALTER TABLE",
        ),
    ],
)
def test_an_insert_keeps_the_table_from_being_changed(check, changed, words):
    check(module(INSERT, f"{RUN}  # DJM811 {words}\n{changed}"), earlier=[SHOP], only=ONLY)


def test_keys_that_are_deferred_again_wait_again(check):
    again = "migrations.RunSQL('SET CONSTRAINTS ALL DEFERRED'),\n"
    operations = f"{NOW} {again} {RUN}  # DJM811 shop_order\n {ADD}"
    check(module(INSERT, operations), earlier=[SHOP], only=ONLY)


@pytest.mark.parametrize(
    ("body", "changed", "table"),
    [
        (f"{model('order')}.update(customer=1)", ADD, "shop_order"),
        (f"{model('order')}.update(customer_id=1)", ADD, "shop_order"),
        (f"{model('order')}.all().delete()", ADD, "shop_order"),
        (DELETE, add("customer"), "shop_customer"),
        (INSERT_NOTE, add("note"), "shop_note"),
    ],
)
def test_rows_that_wait_keep_the_table(check, body, changed, table):
    check(module(body, f"{RUN}  # DJM811 {table}\n{changed}"), earlier=[SHOP], only=ONLY)


def test_a_table_that_django_does_not_manage_is_silent(check):
    mine = SHOP.replace(
        "null=True)),\n    ],\n),", "null=True)),\n    ],\n    options={'managed': False},\n),"
    )
    assert mine != SHOP
    told = module(INSERT, f"{RUN}  # DJM811 shop_order\n{ADD}")
    check(told, earlier=[mine], only=ONLY)
    check(module(INSERT_NOTE, f"{RUN}\n{add('note')}"), earlier=[mine], only=ONLY)


def test_a_key_to_a_model_that_is_not_known_hides_no_other_key(check):
    user = "('user', models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)),"
    users = SHOP.replace('("customer", models.ForeignKey', f'{user} ("customer", models.ForeignKey')
    told = module(DELETE, f"{RUN}  # DJM811 shop_customer\n{add('customer')}")
    check(told, earlier=[users], only=ONLY)


def test_sql_that_writes_is_told_by_its_operation(check):
    insert = "migrations.RunSQL('INSERT INTO shop_order (code) VALUES (1)'),"
    check(f"{insert}  # DJM811 after RunSQL, ALTER\n{ADD}", earlier=[SHOP], only=ONLY)


def test_an_index_that_django_builds_last_is_told(check):
    made = "migrations.AddField('order', 'slug', models.SlugField(null=True)),"
    check(
        module(INSERT, f"{made}\n{RUN}  # DJM811 CREATE INDEX on shop_order"),
        earlier=[SHOP],
        only=ONLY,
    )


def test_sql_that_names_the_constraints_of_the_table_is_trusted(check):
    drop = "migrations.RunSQL('ALTER TABLE shop_note DROP CONSTRAINT shop_note_tag_id_1_fk_x'),"
    check(module(INSERT_NOTE, f"{RUN}\n{drop}"), earlier=[SHOP], only=ONLY)


def test_a_key_dropped_needs_the_table_that_it_points_at(check):
    delete = f"{model('tag')}.filter(pk=1).delete()"
    drop = "migrations.RemoveField('note', 'tag'),"
    told = f"{RUN}  # DJM811 ALTER TABLE on shop_tag\n{drop}"
    check(module(delete, told), earlier=[SHOP], only=ONLY)
