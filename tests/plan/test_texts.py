"""The statements as sqlmigrate shows them: names with their digests, and the columns of tables."""

from __future__ import annotations

import pytest
from plan.building import (
    ID,
    MARIADB,
    MYSQL,
    PLACE,
    POSTGRESQL,
    SQLITE,
    check,
    construct,
    create,
    field,
    fk,
    index,
    plan,
    q,
    shop,
    state,
    unique,
)

from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    Reference,
    RenameModel,
)
from flake8_django_migrations.plan.columns import Column
from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.plan.names import foreign_key_name, made_up


def added(definition, database=POSTGRESQL, model="order"):
    operation = AddField(model_name=model, name="x", field=definition, place=PLACE)
    return plan(operation, database=database)


# Names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "columns", "suffix", "name"),
    [
        ("shop_customer", ("code",), "", "shop_customer_code_a46664c8"),
        ("shop_customer", ("code",), "_like", "shop_customer_code_a46664c8_like"),
        ('"own"."shop_customer"', ("code",), "", "shop_customer_code_a46664c8"),
        (
            "shop_employee_friends",
            ("to_employee_id",),
            "_fk_shop_employee_id",
            "shop_employee_friend_to_employee_id_a4b972b3_fk_shop_empl",
        ),
    ],
)
def test_a_name_is_the_one_that_django_makes_up(table, columns, suffix, name):
    assert made_up(POSTGRESQL, table, columns, suffix) == name


def test_each_database_has_a_length_of_its_own():
    names = {
        len(made_up(database, "t" * 80, ("c" * 80,))) for database in (POSTGRESQL, MYSQL, SQLITE)
    }
    assert names == {62, 64, 170}


def test_a_name_that_is_cut_begins_with_a_letter():
    assert made_up(POSTGRESQL, "_" + "t" * 80, ("c" * 80,)).startswith("D_ttt")
    assert made_up(POSTGRESQL, "9" + "t" * 80, ("c" * 80,)).startswith("D9ttt")


def test_a_key_whose_column_is_not_known_has_no_digest():
    unknown = Column(name="", column="", field=fk(UNKNOWN), type=UNKNOWN)
    assert foreign_key_name(POSTGRESQL, "shop_order", unknown) == "shop_order_fk_?_?"


def test_a_key_keeps_its_name_when_its_table_gets_another():
    before = state(create("Node", id=ID, up=fk("self", null=True)))
    rename = RenameModel(old_name="Node", new_name="Point", place=PLACE)
    _, dropped, made = plan(rename, before)
    assert dropped.name.startswith("shop_node_up_id_")
    assert made.name.startswith("shop_point_up_id_")


def test_mysql_gives_the_index_of_a_key_the_name_of_the_key():
    before = state(create("Customer", id=ID), create("Order", id=ID, customer=fk("shop.Customer")))
    loose = AlterField(
        model_name="order",
        name="customer",
        field=field("BigIntegerField", db_column="customer_id"),
        place=PLACE,
    )
    found = plan(loose, before, MYSQL)
    assert [each.name for each in found] == [
        "shop_order_customer_id_f638df20_fk_shop_customer_id"
    ] * 2


def test_mysql_gives_a_unique_column_its_own_name():
    loose = AlterField(
        model_name="customer", name="code", field=field("CharField", max_length=20), place=PLACE
    )
    assert [each.name for each in plan(loose, database=MYSQL)] == ["code"]
    assert next(each.name for each in plan(loose)) == "shop_customer_code_key"


# Foreign keys ------------------------------------------------------------------------------

KEY = "shop_order_x_id_0f69fdc3_fk_shop_customer_id"
DEFERRED = "DEFERRABLE INITIALLY DEFERRED"
NOW = f'SET CONSTRAINTS "{KEY}" IMMEDIATE'


@pytest.mark.parametrize(
    ("database", "text"),
    [
        (
            POSTGRESQL,
            f'NULL CONSTRAINT "{KEY}" REFERENCES "shop_customer" ("id") {DEFERRED}; {NOW}',
        ),
        (
            MARIADB,
            f"NULL, ADD CONSTRAINT `{KEY}` FOREIGN KEY (`x_id`) REFERENCES `shop_customer` (`id`)",
        ),
        (SQLITE, 'REFERENCES "shop_customer" ("id") DEFERRABLE INITIALLY DEFERRED'),
    ],
)
def test_a_new_key_is_a_part_of_its_column(database, text):
    assert added(fk("shop.Customer", null=True), database)[0].sql.endswith(text)


def test_a_key_without_a_constraint_brings_none():
    for database in (POSTGRESQL, MARIADB, SQLITE):
        found = added(fk("shop.Customer", null=True, db_constraint=False), database)[0]
        assert "REFERENCES" not in found.sql


def test_the_empty_string_is_no_value_of_a_key():
    found = added(fk("shop.Customer", null=True, default=""))[0]
    assert found.kind.name == "ADD_COLUMN"
    assert added(fk("shop.Customer", null=True, default=1))[0].kind.name == "ADD_COLUMN_DEFAULT"


# Tables ------------------------------------------------------------------------------------


def table(operation, database=POSTGRESQL):
    return plan(operation, shop(), database)[0].sql


FULL = create(
    "Full",
    constraints=(
        check("full_check", q(count__gt=0)),
        unique("full_once", "name", "count"),
        unique("full_part", "name", condition=q(count=1)),
    ),
    id=ID,
    name=field("CharField", max_length=9, unique=True, db_collation="C", db_comment="it's"),
    count=field("PositiveIntegerField", null=True),
    customer=fk("shop.Customer"),
)


def test_a_table_has_its_columns_then_its_constraints():
    assert table(FULL) == (
        'CREATE TABLE "shop_full" ('
        '"id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, '
        '"name" varchar(9) COLLATE "C" NOT NULL UNIQUE, '
        '"count" integer NULL CHECK ("count" >= 0), '
        '"customer_id" integer NOT NULL, '
        'CONSTRAINT "full_check" CHECK (...), '
        'CONSTRAINT "full_once" UNIQUE ("name", "count"))'
    )


def test_mysql_numbers_and_comments_in_its_own_words():
    assert table(FULL, MYSQL) == (
        "CREATE TABLE `shop_full` ("
        "`id` bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, "
        "`name` varchar(9) COLLATE `C` COMMENT 'it''s' NOT NULL UNIQUE, "
        "`count` integer UNSIGNED NULL CHECK (`count` >= 0), "
        "`customer_id` integer NOT NULL, "
        "CONSTRAINT `full_check` CHECK (...), "
        "CONSTRAINT `full_once` UNIQUE (`name`, `count`))"
    )


def test_a_server_without_checks_is_told_those_that_have_a_name():
    assert "CONSTRAINT `full_check` CHECK (...)" in table(FULL, parse_database("mysql:5.7"))
    assert "`count` >= 0" not in table(FULL, parse_database("mysql:5.7"))


def test_sqlite_has_its_keys_in_the_table():
    text = table(FULL, SQLITE)
    assert '"id" integer NOT NULL PRIMARY KEY AUTOINCREMENT' in text
    assert '"customer_id" integer NOT NULL REFERENCES "shop_customer" ("id") DEFERRABLE' in text
    assert text.endswith('CONSTRAINT "full_once" UNIQUE ("name", "count"))')


def test_constraints_follow_where_a_value_is_handed_over_beside_the_table():
    with_value = create(
        "Full",
        constraints=(unique("full_once", "name"),),
        id=ID,
        name=field("IntegerField", db_default=1),
    )
    assert "CONSTRAINT" not in table(with_value)
    assert "DEFAULT 1 NOT NULL" in table(with_value)
    assert "CONSTRAINT" in table(with_value, SQLITE)


def test_a_default_of_python_is_no_part_of_a_new_table():
    text = table(create("Full", id=ID, name=field("IntegerField", default=5)))
    assert '"name" integer NOT NULL' in text


def test_a_composite_key_is_a_part_of_its_own():
    pair = create(
        "Pair",
        pk=field("CompositePrimaryKey", field_names=("customer", "row")),
        customer=fk("shop.Customer"),
        row=field("IntegerField"),
    )
    assert table(pair).endswith(', PRIMARY KEY ("customer_id", "row"))')
    unread = create("Pair", pk=field("CompositePrimaryKey"), row=field("IntegerField"))
    assert "PRIMARY KEY" not in table(unread)


def test_the_order_of_related_rows_is_a_column():
    ranked = create("Full", options={"order_with_respect_to": "customer"}, id=ID)
    assert table(ranked).endswith('"_order" integer NOT NULL)')


def test_what_is_not_known_is_left_open():
    assert table(create("Empty")) == 'CREATE TABLE "shop_empty" (...)'
    odd = create("Full", constraints=(check(UNKNOWN, q(a=1)),), id=field("vendored.KeyField"))
    assert table(odd) == 'CREATE TABLE "shop_full" (...)'


def test_the_table_of_a_many_to_many_field_leaves_its_own_key_open():
    found = added(field("ManyToManyField", to="shop.Customer"))[0]
    assert found.sql == (
        'CREATE TABLE "shop_order_x" ("id" ..., "order_id" bigint NOT NULL, '
        '"customer_id" integer NOT NULL)'
    )
    unknown = added(field("ManyToManyField", to=Reference("settings.AUTH_USER_MODEL")))
    assert unknown[0].sql.endswith('"order_id" bigint NOT NULL, "?" ? NOT NULL)')
    assert unknown[1].name == "shop_order_x_uniq"


def test_the_user_model_may_point_at_itself():
    user = create("User", id=ID, last_login=field("DateTimeField", null=True))
    follows = field("ManyToManyField", to=Reference("settings.AUTH_USER_MODEL"))
    operation = AddField(model_name="user", name="follows", field=follows, place=PLACE)
    found = plan(operation, state(user))
    assert {each.columns for each in found} == {()}
    known = field("ManyToManyField", to="other.Thing")
    operation = AddField(model_name="user", name="follows", field=known, place=PLACE)
    assert ("user_id",) in {each.columns for each in plan(operation, state(user))}


# Expressions that are columns --------------------------------------------------------------


@pytest.mark.parametrize(
    ("expressions", "is_plain"),
    [
        ((construct("F", "number"),), True),
        (("number", construct("F", "small")), True),
        ((construct("OrderBy", construct("F", "number")),), False),
        ((construct("Lower", "title"),), False),
        (UNKNOWN, False),
    ],
)
def test_an_index_on_nothing_but_fields_is_one_on_columns(expressions, is_plain):
    made = index("i", expressions=expressions)
    (found,) = plan(AddIndex(model_name="order", index=made, place=PLACE))
    assert found.is_plain is is_plain
    made = unique("u", expressions=expressions)
    operation = AddConstraint(model_name="order", constraint=made, place=PLACE)
    (found,) = plan(operation)
    assert found.is_plain is is_plain
