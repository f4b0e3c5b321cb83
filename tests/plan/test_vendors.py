"""What Django sends to MySQL, MariaDB and SQLite where that differs from PostgreSQL."""

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
    kinds,
    plan,
    q,
    rollback,
    state,
    unique,
)

from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterIndexTogether,
    AlterModelTable,
    AlterUniqueTogether,
    Constraint,
    Index,
    Reference,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
)
from flake8_django_migrations.plan.actions import Kind, Work
from flake8_django_migrations.plan.databases import Database

OLD_MYSQL = Database("mysql", (5, 7))
LATE_MYSQL = Database("mysql", (8, 0, 40))


def add(definition, name="x", model="order"):
    return AddField(model_name=model, name=name, field=definition, place=PLACE)


def alter(name, definition, model="order"):
    return AlterField(model_name=model, name=name, field=definition, place=PLACE)


def sql(operation, database, before=None):
    return [action.sql for action in plan(operation, before, database)]


# SQLite ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [
        add(field("IntegerField", null=True)),
        add(field("TextField", null=True, db_index=True)),
        add(fk("shop.Product", null=True)),
        add(field("IntegerField", null=True, db_default=1)),
        add(field("IntegerField", null=True, db_default=construct("Value", 1))),
        RemoveField(model_name="order", name="title", place=PLACE),
        RenameField(model_name="order", old_name="title", new_name="head", place=PLACE),
        alter("title", field("CharField", max_length=50, db_column="head")),
        alter("title", field("CharField", max_length=50, help_text="x")),
        AlterModelTable(name="order", table="orders", place=PLACE),
        AlterUniqueTogether(name="order", unique_together=(), place=PLACE),
        AddIndex(model_name="order", index=index("i", "small"), place=PLACE),
        AddConstraint(
            model_name="order",
            constraint=unique("u", "small", condition=q(small=1)),
            place=PLACE,
        ),
    ],
)
def test_sqlite_writes_no_table_anew(operation):
    found = plan(operation, database=SQLITE)
    assert not any(action.is_remade for action in found)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (add(field("IntegerField", default=1)), ["ADD_COLUMN_DEFAULT"]),
        (add(field("IntegerField")), ["ADD_COLUMN"]),
        (add(field("IntegerField", null=True, default=1)), ["ADD_COLUMN_DEFAULT"]),
        (add(field("IntegerField", null=True, unique=True)), ["ADD_COLUMN", "ADD_UNIQUE"]),
        (
            add(field("DateTimeField", null=True, db_default=construct("Now"))),
            ["ADD_COLUMN_DEFAULT"],
        ),
        (add(field("SlugField")), ["ADD_COLUMN", "CREATE_INDEX"]),
        (add(field("ManyToManyField", to="shop.Product", through="shop.L")), ["REWRITE_TABLE"]),
        (RemoveField(model_name="order", name="slug", place=PLACE), ["DROP_COLUMN"]),
        (RemoveField(model_name="order", name="customer", place=PLACE), ["DROP_COLUMN"]),
        (alter("title", field("TextField")), ["ALTER_TYPE"]),
        (alter("title", field("CharField", max_length=50, default="x")), ["REWRITE_TABLE"]),
        (alter("slug", field("SlugField", db_index=False)), ["REWRITE_TABLE"]),
        (
            alter("title", field("CharField", max_length=50, db_index=True)),
            ["REWRITE_TABLE", "CREATE_INDEX"],
        ),
        (alter("number", field("IntegerField")), ["SET_NOT_NULL"]),
        (alter("number", field("IntegerField", default=1)), ["UPDATE", "SET_NOT_NULL"]),
        (alter("customer", fk("shop.Product")), ["ALTER_TYPE", "ADD_FOREIGN_KEY"]),
        (alter("customer", fk("shop.Customer", null=True)), ["DROP_NOT_NULL"]),
        (
            RenameField(model_name="order", old_name="customer", new_name="who", place=PLACE),
            ["RENAME_COLUMN"],
        ),
        (
            AddConstraint(model_name="order", constraint=check("c", q(small__gt=0)), place=PLACE),
            ["ADD_CHECK"],
        ),
        (
            AddConstraint(model_name="order", constraint=unique("u", "small"), place=PLACE),
            ["ADD_UNIQUE"],
        ),
        (
            RemoveConstraint(model_name="order", name="one_number", place=PLACE),
            ["DROP_CONSTRAINT"],
        ),
    ],
)
def test_sqlite_writes_the_table_anew(operation, expected):
    found = plan(operation, database=SQLITE)
    assert kinds(found) == expected
    assert {a.work for a in found if a.kind is not Kind.CREATE_INDEX} == {Work.REWRITE}
    assert found[0].is_remade
    assert found[0].sql.startswith('CREATE TABLE "new__shop_order"')


def test_sqlite_writes_the_tables_that_follow_a_key_anew_too():
    found = plan(alter("id", ID, model="customer"), database=SQLITE)
    assert [(each.kind.name, each.table) for each in found] == [
        ("REWRITE_TABLE", "shop_customer"),
    ]
    wider = alter("sku", field("CharField", max_length=60, primary_key=True), model="product")
    found = plan(wider, database=SQLITE)
    assert [each.table for each in found if each.is_remade] == [
        "shop_product",
        "shop_order",
        "shop_order_goods",
    ]


def test_sqlite_renames_an_index_by_dropping_it():
    renamed = RenameIndex(
        model_name="order", new_name="new", old_name="by_number", old_fields=None, place=PLACE
    )
    assert kinds(plan(renamed, database=SQLITE)) == ["DROP_INDEX", "CREATE_INDEX"]
    unknown = RenameIndex(
        model_name="order", new_name="new", old_name="lost", old_fields=None, place=PLACE
    )
    assert plan(unknown, database=SQLITE) == ()


def test_sqlite_makes_a_many_to_many_table_anew_under_its_new_name():
    moved = alter("goods", field("ManyToManyField", to="shop.Product", db_table="joined"))
    first, *later = plan(moved, database=SQLITE)
    assert (first.kind, first.name, first.is_remade) == (Kind.RENAME_TABLE, "joined", True)
    assert set(kinds(later)) == {"ADD_UNIQUE", "CREATE_INDEX"}
    turned = alter("goods", field("ManyToManyField", to="shop.Customer"))
    assert kinds(plan(turned, database=SQLITE)) == ["REWRITE_TABLE"]
    model = RenameModel(old_name="Product", new_name="Ware", place=PLACE)
    assert "REWRITE_TABLE" in kinds(plan(model, database=SQLITE))


def test_a_table_whose_name_is_not_known_is_not_written_anew():
    before = state(create("Order", options={"db_table": UNKNOWN}, id=ID, a=field("TextField")))
    assert plan(add(field("IntegerField", default=1)), before, SQLITE) == ()
    added = AddConstraint(model_name="order", constraint=unique("u", "a"), place=PLACE)
    assert plan(added, before, SQLITE) == ()


# MySQL and MariaDB -------------------------------------------------------------------------


def test_mysql_modifies_a_column_with_its_whole_definition():
    before = state(
        create("Order", id=ID, a=field("IntegerField", null=True, db_default=1), b=ID),
    )
    changed = alter("a", field("BigIntegerField", null=True, db_default=1, db_comment="x"))
    assert sql(changed, MYSQL, before) == [
        "ALTER TABLE `shop_order` MODIFY `a` bigint DEFAULT 1 NULL COMMENT 'x'"
    ]
    collated = alter("title", field("CharField", max_length=50, db_collation="c"))
    assert sql(collated, MYSQL) == [
        "ALTER TABLE `shop_order` MODIFY `title` varchar(50) NOT NULL COLLATE `c`"
    ]
    assert sql(alter("number", field("IntegerField")), MYSQL) == [
        "ALTER TABLE `shop_order` MODIFY `number` integer NOT NULL"
    ]
    numbered = alter("id", ID, model="customer")
    assert "MODIFY `id` bigint AUTO_INCREMENT NOT NULL" in " ".join(sql(numbered, MYSQL))


@pytest.mark.parametrize(
    ("definition", "database", "expected"),
    [
        (field("TextField", blank=True), MYSQL, ["ADD_COLUMN"]),
        (field("TextField", default=""), MYSQL, ["ADD_COLUMN", "UPDATE"]),
        (field("TextField", default="x"), MYSQL, ["ADD_COLUMN_DEFAULT"]),
        (field("TextField", default="x", null=True), MYSQL, ["ADD_COLUMN"]),
        (field("TextField", db_default="x", null=True), MYSQL, ["ADD_COLUMN_DEFAULT"]),
        (field("TextField", default="x"), OLD_MYSQL, ["ADD_COLUMN", "UPDATE"]),
        (field("TextField", default="x"), MARIADB, ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]),
        (field("TextField", null=True, db_index=True), MYSQL, ["ADD_COLUMN"]),
        (
            field("IntegerField", default=1, null=True),
            MYSQL,
            ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"],
        ),
        (field("PositiveIntegerField", null=True), LATE_MYSQL, ["ADD_COLUMN", "ADD_CHECK"]),
        (field("PositiveIntegerField", null=True), OLD_MYSQL, ["ADD_COLUMN"]),
        (field("JSONField", null=True), SQLITE, ["ADD_COLUMN", "ADD_CHECK"]),
    ],
)
def test_a_new_column_gets_what_the_server_can_give(definition, database, expected):
    assert kinds(plan(add(definition), database=database)) == expected


def test_old_django_gives_text_its_empty_default():
    empty = add(field("TextField", default=""))
    expected = ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]
    assert kinds(plan(empty, database=MARIADB, django=(5, 0))) == expected


def test_a_default_that_mysql_cannot_set_on_text_is_not_set():
    filled = alter("text", field("TextField", default="x"))
    assert kinds(plan(filled, database=MYSQL)) == ["UPDATE", "SET_NOT_NULL_PROVEN"]
    expected = ["SET_DEFAULT", "UPDATE", "SET_NOT_NULL_PROVEN", "DROP_DEFAULT"]
    assert kinds(plan(filled, database=MARIADB)) == expected
    nullable = sql(add(field("IntegerField", default=1, null=True)), MYSQL)
    assert nullable[-1].endswith("SET DEFAULT NULL")


def test_a_renamed_column_has_its_check_made_again_on_mysql_and_by_old_django():
    before = state(create("Order", id=ID, count=field("PositiveIntegerField")))
    renamed = RenameField(model_name="order", old_name="count", new_name="n", place=PLACE)
    both = ["DROP_CONSTRAINT", "RENAME_COLUMN", "ADD_CHECK"]
    assert kinds(plan(renamed, before, MYSQL)) == both
    assert kinds(plan(renamed, before, POSTGRESQL, (4, 2))) == both
    assert kinds(plan(renamed, before, MARIADB)) == ["RENAME_COLUMN"]
    assert kinds(plan(renamed, before)) == ["RENAME_COLUMN"]


EXPRESSION = Index(
    "django.db.models.Index", "i", (), {"expressions": (construct("F", "small"), "number")}
)
GIN = Index("django.contrib.postgres.indexes.GinIndex", "i", ("text",), {})


@pytest.mark.parametrize(
    ("made", "database", "expected"),
    [
        (EXPRESSION, OLD_MYSQL, []),
        (EXPRESSION, MARIADB, []),
        (EXPRESSION, LATE_MYSQL, ["CREATE_INDEX"]),
        (GIN, MYSQL, []),
        (GIN, POSTGRESQL, ["CREATE_INDEX"]),
        (index("i", "small", condition=q(small=1)), MYSQL, ["CREATE_INDEX"]),
    ],
)
def test_an_index_is_what_the_server_can_have(made, database, expected):
    operation = AddIndex(model_name="order", index=made, place=PLACE)
    assert kinds(plan(operation, database=database)) == expected
    drops = [name.replace("CREATE", "DROP") for name in expected]
    before = state(create("Order", indexes=(made,), id=ID, small=ID, number=ID, text=ID))
    removed = RemoveIndex(model_name="order", name="i", place=PLACE)
    assert kinds(plan(removed, before, database)) == drops


def test_the_fields_that_an_expression_names_alone_are_its_columns():
    sorted_by = construct("OrderBy", construct("F", "small"), descending=True)
    lower = construct("Lower", "title")
    made = Index(
        "django.db.models.Index", "i", (), {"expressions": (sorted_by, lower, 3, "number")}
    )
    (found,) = plan(AddIndex(model_name="order", index=made, place=PLACE))
    assert (found.columns, found.is_plain) == (("small", "number"), False)


def test_mysql_reads_over_the_condition_of_an_index():
    made = index("i", "small", condition=q(small=1))
    operation = AddIndex(model_name="order", index=made, place=PLACE)
    assert plan(operation, database=MYSQL)[0].is_plain
    assert not plan(operation)[0].is_plain


@pytest.mark.parametrize(
    ("made", "database"),
    [
        (unique("u", "small", condition=q(small=1)), MYSQL),
        (unique("u", "small", include=("number",)), SQLITE),
        (unique("u", "small", nulls_distinct=False), POSTGRESQL),
        (check("c", q(small__gt=0)), OLD_MYSQL),
        (
            Constraint("django.db.models.UniqueConstraint", "u", {"expressions": ("small",)}),
            MARIADB,
        ),
    ],
)
def test_a_constraint_that_the_server_cannot_have_is_not_sent(made, database):
    operation = AddConstraint(model_name="order", constraint=made, place=PLACE)
    assert plan(operation, database=database) == ()
    assert rollback(operation, database=database) == ()


def test_mysql_spells_what_it_drops_in_its_own_way():
    before = state(
        create(
            "Order",
            indexes=(index("i", "a"),),
            constraints=(unique("u", "a"), check("c", q(a=1))),
            id=ID,
            a=field("IntegerField"),
        )
    )

    def dropped(name, database=MYSQL):
        operation = RemoveConstraint(model_name="order", name=name, place=PLACE)
        return sql(operation, database, before)

    assert dropped("u") == ["ALTER TABLE `shop_order` DROP INDEX `u`"]
    assert dropped("c") == ["ALTER TABLE `shop_order` DROP CHECK `c`"]
    assert dropped("c", MARIADB) == ["ALTER TABLE `shop_order` DROP CONSTRAINT IF EXISTS `c`"]
    renamed = RenameIndex(
        model_name="order", new_name="j", old_name="i", old_fields=None, place=PLACE
    )
    assert sql(renamed, MYSQL, before) == ["ALTER TABLE `shop_order` RENAME INDEX `i` TO `j`"]


def keyed(**options):
    """A foreign key whose column stands first in an index or a constraint."""
    more = {"db_constraint": options.pop("db_constraint", True)}
    return state(
        create("Base", id=ID),
        create("Order", id=ID, base=fk("shop.Base", **more), a=field("IntegerField"), **options),
    )


TOGETHER = {"options": {"unique_together": (("base", "a"),), "index_together": (("a", "base"),)}}


def test_mysql_needs_an_index_for_a_foreign_key_in_place_of_the_one_that_goes():
    unindexed = alter("base", fk("shop.Base", db_index=False))
    again = ["DROP_FOREIGN_KEY", "ADD_FOREIGN_KEY"]
    assert kinds(plan(unindexed, keyed(**TOGETHER), MYSQL)) == again
    gone = AlterUniqueTogether(name="order", unique_together=(), place=PLACE)
    assert kinds(plan(gone, keyed(**TOGETHER), MYSQL)) == ["CREATE_INDEX", "DROP_CONSTRAINT"]
    assert kinds(plan(gone, keyed(**TOGETHER))) == ["DROP_CONSTRAINT"]
    loose = keyed(**TOGETHER, db_constraint=False)
    assert kinds(plan(gone, loose, MYSQL)) == ["DROP_CONSTRAINT"]
    other = AlterIndexTogether(name="order", index_together=(), place=PLACE)
    assert kinds(plan(other, keyed(**TOGETHER), MYSQL)) == ["DROP_INDEX"]
    pairs = (("base", "a"), ("a", "base"))
    both = keyed(options={"index_together": pairs})
    one = AlterIndexTogether(name="order", index_together=pairs[1:], place=PLACE)
    assert kinds(plan(one, both, MYSQL)) == ["CREATE_INDEX", "DROP_INDEX"]
    removed = RemoveConstraint(model_name="order", name="u", place=PLACE)
    alone = keyed(constraints=(unique("u", "base", "a"),))
    assert kinds(plan(removed, alone, MYSQL)) == ["CREATE_INDEX", "DROP_CONSTRAINT"]
    covered = keyed(constraints=(unique("u", "base", "a"),), indexes=(index("i", "base"),))
    assert kinds(plan(removed, covered, MYSQL)) == ["DROP_CONSTRAINT"]


def test_mariadb_has_a_type_for_uuids():
    assert "`x` uuid" in sql(add(field("UUIDField")), MARIADB)[0]
    assert "`x` char(32)" in sql(add(field("UUIDField")), MYSQL)[0]
    assert "`x` char(32)" in sql(add(field("UUIDField")), Database("mariadb", (10, 6)))[0]


# Generated columns -------------------------------------------------------------------------


def twice(**keywords):
    given = {"expression": construct("F", "small"), "db_persist": True}
    given["output_field"] = construct("IntegerField")
    return field("GeneratedField", **{**given, **keywords})


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (twice(help_text="x"), []),
        (twice(expression=construct("F", "number")), []),
        (twice(db_persist=False), []),
        (field("IntegerField"), []),
        (twice(db_index=True), ["CREATE_INDEX"]),
        (twice(unique=True), ["ADD_UNIQUE"]),
        (twice(output_field=construct("BigIntegerField")), ["ALTER_TYPE"]),
    ],
)
def test_what_django_allows_of_a_generated_column_is_sent(definition, expected):
    before = state(create("Order", id=ID, small=field("IntegerField"), double=twice()))
    found = plan(alter("double", definition), before)
    assert kinds(found) == expected
    assert not any("USING" in action.sql for action in found)


def test_a_check_comes_after_a_new_table_whose_definition_holds_a_value():
    made = (check("c", q(a=1)),)
    late = create("Late", constraints=made, id=ID, a=field("IntegerField", db_default=1))
    assert "ADD_CHECK" in kinds(plan(late))
    assert "ADD_CHECK" not in kinds(plan(late, database=SQLITE))
    now = field("DateTimeField", db_default=construct("Now"))
    assert "ADD_CHECK" not in kinds(plan(create("Early", constraints=made, id=ID, a=now)))
    sum_of = construct("CombinedExpression", construct("F", "a"), "+", construct("Value", 1))
    generated = twice(expression=sum_of)
    assert "ADD_CHECK" in kinds(plan(create("Sum", constraints=made, id=ID, b=generated)))
    bare = twice(expression=construct("Power", construct("F", "a"), 2))
    assert "ADD_CHECK" in kinds(plan(create("Square", constraints=made, id=ID, b=bare)))


def test_what_the_database_does_on_delete_stands_with_the_key():
    owner = field(
        "ForeignKey",
        to="shop.Product",
        on_delete=Reference("django.db.models.DB_CASCADE"),
        null=True,
    )
    added = " ".join(sql(add(owner), POSTGRESQL))
    assert " ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED" in added
    assert "ON DELETE" not in " ".join(sql(add(fk("shop.Product", null=True)), POSTGRESQL))


def test_a_comment_ends_the_definition_since_the_django_that_says_so():
    told = add(field("IntegerField", null=True, db_comment="why"))
    old, new = (plan(told, database=MYSQL, django=release)[0].sql for release in ((6, 0), (6, 1)))
    assert old.endswith("COMMENT 'why' NULL")
    assert new.endswith("NULL COMMENT 'why'")
