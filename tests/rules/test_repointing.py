"""DJM307: relations that keep their ids and point at another model."""

from __future__ import annotations

import pytest

ONLY = "DJM307"
SHOP = """
migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),
migrations.CreateModel("Company", [("id", models.BigAutoField(primary_key=True))]),
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("customer", models.ForeignKey("shop.Customer", models.CASCADE)),
        ("partner", models.OneToOneField("Customer", models.CASCADE)),
        ("tags", models.ManyToManyField("shop.customer")),
    ],
),
"""
MODULE = """
from django.db import migrations, models
{imports}


class Migration(migrations.Migration):
    dependencies = [{dependencies}]
    operations = [{operations}]
"""


def module(operations, dependencies="", imports=""):
    return MODULE.format(operations=operations, dependencies=dependencies, imports=imports)


def key(to, rest=""):
    return f"models.ForeignKey({to!r}, models.CASCADE{rest})"


def alter(field, name="customer"):
    return f"migrations.AlterField('order', {name!r}, {field}),"


@pytest.mark.parametrize("to", ["shop.customer", "Customer", "shop.Customer"])
def test_another_spelling_is_the_same_model(check, to):
    check(alter(key(to, ", null=True")), earlier=[SHOP], only=ONLY)


@pytest.mark.parametrize(
    "field",
    [
        "models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)",
        "models.ForeignKey(imported.target, models.CASCADE)",
        "imported.Key('shop.company')",
        "imported.field",
        "models.IntegerField()",
        "models.ManyToManyField('shop.company')",
        key("outside.company"),
        key("shop.missing"),
        key("shop.company", ", to_field='id'"),
    ],
)
def test_what_is_not_certain_to_be_another_table_is_silent(check, field):
    check(alter(field), earlier=[SHOP], only=ONLY)


def test_a_renamed_model_is_the_same_model(check):
    rename = "migrations.RenameModel('Customer', 'Buyer'),"
    check(alter(key("shop.buyer")), earlier=[SHOP, rename], only=ONLY)


def test_a_model_renamed_in_the_state_alone_is_the_same_model(check):
    rename = (
        "migrations.SeparateDatabaseAndState(state_operations=["
        "migrations.CreateModel('Buyer', [('id', models.BigAutoField(primary_key=True))])]),"
    )
    check(alter(key("shop.buyer")), earlier=[SHOP, rename], only=ONLY)


def test_what_the_state_alone_was_told_about_others_does_not_matter(check):
    other = "migrations.SeparateDatabaseAndState(state_operations=[{}]),"
    add = other.format("migrations.AddField('company', 'note', models.TextField(null=True))")
    model = other.format("migrations.CreateModel('Tag', [('id', models.AutoField())])")
    marked = f"{alter(key('shop.company'))}  # DJM307"
    check(marked, earlier=[SHOP, add + model], only=ONLY)


def test_a_function_that_does_nothing_or_something_else_maps_no_ids(check):
    noop = "migrations.RunPython(migrations.RunPython.noop),"
    other = "migrations.RunSQL('UPDATE shop_product SET total = 0'),"
    marked = f"{noop}\n{other}\n{alter(key('shop.company'))}  # DJM307"
    check(marked, earlier=[SHOP], only=ONLY)


@pytest.mark.parametrize(
    "company",
    [
        "'Firm', [], options={'proxy': True}, bases=('shop.customer',)",
        (
            "'Firm', [('customer_ptr', models.OneToOneField('shop.customer', models.CASCADE, "
            "parent_link=True, primary_key=True))], bases=('shop.customer',)"
        ),
        "'Firm', [('customer', models.OneToOneField('Customer', models.CASCADE, primary_key=True))]",
        (
            "'Firm', [('user', models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, "
            "primary_key=True))]"
        ),
        "'Firm', [('id', imported.Key(primary_key=True))]",
        "'Firm', [('name', models.TextField())], bases=('outside.firm',)",
        "'Firm', [('id', models.BigAutoField(primary_key=True))], options={'managed': False}",
        "'Firm', [('id', models.BigAutoField(primary_key=True))], options={'swappable': 'FIRM'}",
        (
            "'Firm', [('id', models.BigAutoField(primary_key=True))], "
            "options={'db_table': 'shop_customer'}"
        ),
    ],
)
def test_a_model_whose_ids_may_be_the_same_is_silent(check, company):
    created = f"migrations.CreateModel({company}),"
    check(alter(key("shop.firm")), earlier=[SHOP, created], only=ONLY)


def test_a_new_table_has_no_ids_yet(check):
    check(SHOP + alter(key("shop.company")), only=ONLY)


@pytest.mark.parametrize(
    "beside",
    [
        "migrations.RunPython(imported.work),",
        "migrations.RunSQL('UPDATE shop_order SET customer_id = NULL'),",
        "migrations.RunSQL('INSERT INTO shop_company SELECT id FROM shop_customer'),",
    ],
)
def test_ids_that_may_have_been_mapped_are_silent(check, beside):
    check(beside + alter(key("shop.company")), earlier=[SHOP], only=ONLY)


def test_the_state_alone_may_be_told(check):
    nested = alter(key("shop.company"))
    state = f"migrations.SeparateDatabaseAndState(state_operations=[{nested}]),"
    check(state, earlier=[SHOP], only=ONLY)


def test_a_model_that_moved_to_another_app_is_the_same_model(check):
    moved = module(
        "migrations.CreateModel('Customer', [('id', models.BigAutoField(primary_key=True))])"
    )
    checked = module(
        alter(key("people.customer")), "('shop', '0001_earlier'), ('people', '0001_initial')"
    )
    check(checked, earlier=[SHOP], files={"people/migrations/0001_initial.py": moved}, only=ONLY)


def test_a_many_to_many_table_of_its_own_model_is_silent(check):
    through = "migrations.AddField('order', 'known', models.ManyToManyField('shop.customer', through='shop.X')),"
    field = "models.ManyToManyField('shop.company', through='shop.X')"
    check(alter(field, "known"), earlier=[SHOP, through], only=ONLY)


def test_a_missing_model_or_field_is_silent(check):
    check(alter(key("shop.company"), "missing"), earlier=[SHOP], only=ONLY)
    check(alter(key("shop.company")), only=ONLY)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (key("shop.company"), "customer"),
        (key("Company", ", db_constraint=False"), "customer"),
        ("models.OneToOneField('shop.company', models.CASCADE)", "customer"),
        (key("shop.company"), "partner"),
        ("models.ManyToManyField('shop.company')", "tags"),
    ],
)
def test_the_ids_of_one_table_are_taken_for_those_of_another(check, field, name):
    words = f"order.{name} keeps its ids of shop.customer and points at shop.company"
    check(f"{alter(field, name)}  # DJM307 {words}", earlier=[SHOP], only=ONLY)


def test_a_model_of_another_app_on_disk_is_one_too(check):
    other = module(
        "migrations.CreateModel('Firm', [('id', models.BigAutoField(primary_key=True))])"
    )
    checked = module(
        f"\n        {alter(key('people.firm'))}  # DJM307 points at people.firm\n    ",
        "('shop', '0001_earlier'), ('people', '0001_initial')",
    )
    check(checked, earlier=[SHOP], files={"people/migrations/0001_initial.py": other}, only=ONLY)
