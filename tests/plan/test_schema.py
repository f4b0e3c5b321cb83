from dataclasses import replace

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
    postgres,
    q,
    rollback,
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
    AlterIndexTogether,
    AlterModelOptions,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    Constraint,
    CreateCollation,
    CreateExtension,
    DeleteModel,
    Index,
    ModelKey,
    OpaqueOperation,
    Pairs,
    Reference,
    RemoveCollation,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
    SqlText,
    ValidateConstraint,
)
from flake8_django_migrations.plan.actions import Kind, Lock, Loss, Work
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.schema import is_reversible


def add(definition, name="x", model="order", **rest):
    return AddField(model_name=model, name=name, field=definition, place=PLACE, **rest)


def remove(name, model="order"):
    return RemoveField(model_name=model, name=name, place=PLACE)


def alter(name, definition, model="order", **rest):
    return AlterField(model_name=model, name=name, field=definition, place=PLACE, **rest)


def rename(old, new, model="order"):
    return RenameField(model_name=model, old_name=old, new_name=new, place=PLACE)


# Silence ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [
        add(UNKNOWN),
        add(field("vendored.MoneyField")),
        add(field("TextField"), model="missing"),
        add(field("ManyToManyField", to="shop.Product", through="shop.Line")),
        add(field("ManyToManyField", to="shop.Product", db_table=UNKNOWN)),
        add(field("django.contrib.contenttypes.fields.GenericForeignKey")),
        remove("made"),
        remove("missing"),
        remove("text", model="missing"),
        alter("title", UNKNOWN),
        alter("made", field("TextField")),
        alter("missing", field("TextField")),
        alter("title", field("vendored.MoneyField")),
        alter("goods", field("TextField")),
        alter("goods", field("ManyToManyField", to="shop.Product", through="shop.Line")),
        alter("goods", field("ManyToManyField", to="shop.Product", related_name="x")),
        alter("title", field("CharField", max_length=50, help_text="x", blank=True)),
        alter("title", field("CharField", max_length=UNKNOWN)),
        alter("title", field("CharField", max_length=50, null=False, unique=False)),
        alter("title", field("EmailField", max_length=50)),
        alter("title", field("CharField", max_length=50, default="x")),
        alter("customer", fk("Customer", related_name="x")),
        alter("customer", fk("shop.customer", to_field=None, db_constraint=True)),
        rename("missing", "x"),
        rename("text", "x", model="missing"),
        RenameModel(old_name="Missing", new_name="X", place=PLACE),
        DeleteModel(name="Missing", place=PLACE),
        AlterModelTable(name="Missing", table="x", place=PLACE),
        AlterModelTable(name="Order", table="shop_order", place=PLACE),
        AlterModelTable(name="Order", table=UNKNOWN, place=PLACE),
        AlterModelOptions(name="Order", options={}, place=PLACE),
        AlterUniqueTogether(name="Order", unique_together=UNKNOWN, place=PLACE),
        AlterUniqueTogether(name="Order", unique_together=(("number", "small"),), place=PLACE),
        AlterOrderWithRespectTo(name="Order", order_with_respect_to=None, place=PLACE),
        RenameIndex(model_name="Order", new_name="x", old_name="x", old_fields=None, place=PLACE),
        RemoveConstraint(model_name="Order", name="missing", place=PLACE),
        AddIndex(model_name="Missing", index=index("i", "a"), place=PLACE),
        AddConstraint(
            model_name="Order", constraint=Constraint("vendored.Check", "c"), place=PLACE
        ),
        RemoveField(model_name="Gone", name="x", place=PLACE),
        ValidateConstraint(model_name="Missing", name="c", place=PLACE),
        OpaqueOperation(path=UNKNOWN, place=PLACE),
        SeparateDatabaseAndState(place=PLACE),
        RunSQL(sql=(), place=PLACE),
        RunPython(code=UNKNOWN, place=PLACE),
    ],
)
def test_what_asks_the_database_for_nothing_or_is_not_certain_is_silent(operation):
    assert plan(operation) == ()


@pytest.mark.parametrize(
    "options",
    [{"managed": False}, {"proxy": True}, {"managed": UNKNOWN}, {"db_table": UNKNOWN}],
)
def test_a_table_that_django_does_not_surely_manage_is_left_alone(options):
    before = state(create("Order", options=options, id=ID, old=field("TextField")))
    for operation in (
        add(field("TextField")),
        remove("old"),
        alter("old", field("IntegerField")),
        rename("old", "new"),
        add(field("ManyToManyField", to="self")),
        AddIndex(model_name="order", index=index("i", "old"), place=PLACE),
        AlterUniqueTogether(name="order", unique_together=(("old",),), place=PLACE),
        AlterIndexTogether(name="order", index_together=(("old",),), place=PLACE),
        AddConstraint(model_name="order", constraint=unique("u", "old"), place=PLACE),
        AlterOrderWithRespectTo(name="order", order_with_respect_to="old", place=PLACE),
        AlterModelTableComment(name="order", table_comment="x", place=PLACE),
        ValidateConstraint(model_name="order", name="c", place=PLACE),
        RenameIndex(model_name="order", new_name="x", old_name="y", old_fields=None, place=PLACE),
        RemoveIndex(model_name="order", name="y", place=PLACE),
        DeleteModel(name="Order", place=PLACE),
    ):
        assert plan(operation, before) == ()
        assert rollback(operation, before) == ()
    model = create("Other", options=options, id=ID)
    assert plan(model, before) == rollback(model, before) == ()


def test_an_altered_field_of_a_doubtful_model_is_not_guessed():
    before = shop().doubt(None)
    assert plan(alter("title", field("TextField")), before) == ()
    assert kinds(plan(remove("title"), before)) == ["DROP_COLUMN"]
    gone = RemoveIndex(model_name="Order", name="elsewhere", place=PLACE)
    assert kinds(plan(gone, before)) == ["DROP_INDEX"]
    assert rollback(gone, before) == ()


def test_what_a_doubtful_state_may_hold_is_not_dropped_by_name():
    before = shop().doubt(None)
    operation = RemoveConstraint(model_name="Order", name="elsewhere", place=PLACE)
    assert plan(operation, before) == rollback(operation, before) == ()


# AddField and RemoveField ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (field("IntegerField", null=True), ["ADD_COLUMN"]),
        (field("IntegerField"), ["ADD_COLUMN"]),
        (field("IntegerField", default=None, null=True), ["ADD_COLUMN"]),
        (field("IntegerField", default=5), ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]),
        (field("IntegerField", default=UNKNOWN), ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]),
        (field("JSONField", default=Reference("dict")), ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]),
        (field("JSONField", default=Pairs(())), ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]),
        (field("TextField", blank=True), ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]),
        (field("TextField", blank=True, null=True), ["ADD_COLUMN"]),
        (field("IntegerField", blank=True), ["ADD_COLUMN"]),
        (field("DateField", auto_now_add=True), ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]),
        (field("IntegerField", db_default=5), ["ADD_COLUMN_DEFAULT"]),
        (
            field("DateTimeField", db_default=construct("functions.Now")),
            ["ADD_COLUMN_DEFAULT"],
        ),
        (field("FloatField", db_default=construct("functions.Random")), ["ADD_COLUMN_VOLATILE"]),
        (
            field(
                "DateTimeField",
                db_default=construct("Func", function="CLOCK_TIMESTAMP"),
            ),
            ["ADD_COLUMN_VOLATILE"],
        ),
        (
            field(
                "UUIDField",
                db_default=construct("Coalesce", (construct("RandomUUID"), None)),
            ),
            ["ADD_COLUMN_VOLATILE"],
        ),
        (field("IntegerField", db_default=UNKNOWN), ["ADD_COLUMN_DEFAULT"]),
        (field("GeneratedField", db_persist=True), ["ADD_COLUMN_STORED"]),
        (field("GeneratedField", db_persist=False), ["ADD_COLUMN_VIRTUAL"]),
        (field("AutoField"), ["ADD_COLUMN_IDENTITY"]),
        (field("BigAutoField", primary_key=True), ["ADD_COLUMN_IDENTITY", "ADD_PRIMARY_KEY"]),
        (field("PositiveIntegerField", null=True), ["ADD_COLUMN", "ADD_CHECK"]),
        (field("IntegerField", null=True, unique=True), ["ADD_COLUMN", "ADD_UNIQUE"]),
        (field("IntegerField", null=True, db_index=True), ["ADD_COLUMN", "CREATE_INDEX"]),
        (
            field("CharField", max_length=5, null=True, unique=True),
            ["ADD_COLUMN", "ADD_UNIQUE", "CREATE_INDEX"],
        ),
        (field("SlugField", null=True), ["ADD_COLUMN", "CREATE_INDEX", "CREATE_INDEX"]),
        (
            field("CharField", max_length=5, db_index=True, db_collation="mine", null=True),
            ["ADD_COLUMN", "CREATE_INDEX"],
        ),
        (
            postgres("ArrayField", base_field=construct("TextField"), db_index=True, null=True),
            ["ADD_COLUMN", "CREATE_INDEX"],
        ),
        (field("TextField", null=True, db_comment="x"), ["ADD_COLUMN", "COMMENT_ON_COLUMN"]),
        (
            field("django.contrib.gis.db.models.PointField", null=True),
            ["ADD_COLUMN", "CREATE_INDEX"],
        ),
        (
            field("django.contrib.gis.db.models.PointField", null=True, spatial_index=False),
            ["ADD_COLUMN"],
        ),
        (
            fk("shop.Customer", null=True),
            ["ADD_COLUMN", "ADD_FOREIGN_KEY_NEW_COLUMN", "CREATE_INDEX"],
        ),
        (
            fk("shop.Customer", default=1, db_index=False),
            ["ADD_COLUMN_DEFAULT", "ADD_FOREIGN_KEY", "DROP_DEFAULT"],
        ),
        (fk("shop.Customer", null=True, db_constraint=False), ["ADD_COLUMN", "CREATE_INDEX"]),
        (
            fk("shop.Product", null=True),
            ["ADD_COLUMN", "ADD_FOREIGN_KEY_NEW_COLUMN", "CREATE_INDEX", "CREATE_INDEX"],
        ),
        (
            field("OneToOneField", to="shop.Customer", null=True),
            ["ADD_COLUMN", "ADD_UNIQUE", "ADD_FOREIGN_KEY_NEW_COLUMN"],
        ),
        (
            fk(Reference("django.conf.settings.AUTH_USER_MODEL"), null=True),
            ["ADD_COLUMN", "ADD_FOREIGN_KEY_NEW_COLUMN", "CREATE_INDEX"],
        ),
    ],
)
def test_a_field_added_asks_for_its_column_and_all_that_it_brings(definition, expected):
    assert kinds(plan(add(definition))) == expected


def test_the_indexes_of_a_new_field_come_last():
    found = plan(add(field("SlugField", null=True)))
    assert [action.is_last for action in found] == [False, True, True]
    assert [action.is_plain for action in found] == [True, True, False]


def test_an_action_knows_what_it_is_about():
    found, *_ = plan(add(field("CharField", max_length=5, default="it's")))
    assert found.model == ModelKey("shop", "order")
    assert (found.table, found.columns, found.field) == ("shop_order", ("x",), "x")
    assert (found.place, found.new_type, found.is_not_null) == (PLACE, "varchar(5)", True)
    assert found.sql == (
        "ALTER TABLE \"shop_order\" ADD COLUMN \"x\" varchar(5) DEFAULT 'it''s' NOT NULL"
    )
    assert found.lock_on("shop_order") is Lock.ACCESS_EXCLUSIVE


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        (field("BooleanField", default=True), "DEFAULT true"),
        (field("FloatField", default=1.5), "DEFAULT 1.5"),
        (field("UUIDField", default=Reference("uuid.uuid4")), "DEFAULT ?"),
        (field("TextField", db_default=construct("Value", "x")), "DEFAULT 'x'"),
        (field("DateTimeField", db_default=construct("Now")), "DEFAULT Now()"),
        (field("TextField", db_default=construct("Concat", "a", "b")), "DEFAULT Concat(...)"),
        (field("TextField", db_default=None), "DEFAULT NULL"),
        (field("TextField", db_collation="C", null=True), 'text COLLATE "C" NULL'),
        (field("GeneratedField", db_persist=True), "GENERATED ALWAYS AS (...) STORED"),
        (field("GeneratedField", db_persist=False), "GENERATED ALWAYS AS (...) VIRTUAL"),
        (field("AutoField", primary_key=True), "PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY"),
        (fk("shop.Customer", null=True), 'REFERENCES "shop_customer" ("id")'),
    ],
)
def test_the_statement_reads_as_sqlmigrate_shows_it(definition, text):
    assert text in plan(add(definition))[0].sql


def test_a_new_foreign_key_locks_its_parent():
    found = plan(add(fk("auth.User", null=True)))
    assert found[1].references == "auth_user"
    assert found[1].lock_on("auth_user") is Lock.SHARE_ROW_EXCLUSIVE


def test_a_default_that_is_not_kept_is_still_used_once():
    found = plan(add(field("IntegerField", default=5), preserve_default=False))
    assert kinds(found) == ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]


def test_a_many_to_many_field_is_a_table():
    found = plan(add(field("ManyToManyField", to="shop.Customer")))
    assert [(action.kind.name, action.table, action.columns) for action in found] == [
        ("CREATE_TABLE", "shop_order_x", ()),
        ("ADD_UNIQUE", "shop_order_x", ("order_id", "customer_id")),
        ("ADD_FOREIGN_KEY", "shop_order_x", ("order_id",)),
        ("ADD_FOREIGN_KEY", "shop_order_x", ("customer_id",)),
        ("CREATE_INDEX", "shop_order_x", ("order_id",)),
        ("CREATE_INDEX", "shop_order_x", ("customer_id",)),
    ]
    assert [action.references for action in found[2:4]] == ["shop_order", "shop_customer"]
    assert {action.field for action in found} == {"x"}


def test_a_many_to_many_field_to_itself_names_its_columns_apart():
    found = plan(add(field("ManyToManyField", to="self", db_table="friends")))
    assert found[1].columns == ("from_order_id", "to_order_id")
    assert found[1].table == "friends"


def test_the_far_column_of_a_table_whose_target_is_not_known_has_no_name():
    user = Reference("django.conf.settings.AUTH_USER_MODEL")
    found = plan(add(field("ManyToManyField", to=user)))
    assert [(action.kind.name, action.columns) for action in found[1:]] == [
        ("ADD_UNIQUE", ("order_id",)),
        ("ADD_FOREIGN_KEY", ("order_id",)),
        ("ADD_FOREIGN_KEY", ()),
        ("CREATE_INDEX", ("order_id",)),
    ]


def test_a_many_to_many_field_without_constraints_locks_nobody():
    found = plan(add(field("ManyToManyField", to="shop.Customer", db_constraint=False)))
    assert "ADD_FOREIGN_KEY" not in kinds(found)


def test_sqlite_writes_foreign_keys_into_the_table():
    found = plan(add(field("ManyToManyField", to="shop.Customer")), database=SQLITE)
    assert "ADD_FOREIGN_KEY" not in kinds(found)
    full = plan(create("Line", id=ID, order=fk("shop.Order")), database=SQLITE)
    assert kinds(full) == ["CREATE_TABLE", "CREATE_INDEX"]


def test_mysql_makes_the_index_of_a_foreign_key_itself():
    found = plan(add(fk("shop.Customer", null=True)), database=MYSQL)
    assert kinds(found) == ["ADD_COLUMN", "ADD_FOREIGN_KEY_NEW_COLUMN"]
    assert "`shop_order`" in found[0].sql


def test_mysql_writes_comments_and_checks_into_the_column():
    found = plan(add(field("PositiveIntegerField", db_comment="x")), database=MARIADB)
    assert kinds(found) == ["ADD_COLUMN", "ADD_CHECK"]
    assert "CHECK (`x` >= 0)" in found[0].sql
    old = Database("mysql", (5, 7))
    assert kinds(plan(add(field("PositiveIntegerField")), database=old)) == ["ADD_COLUMN"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("title", ["DROP_COLUMN"]),
        ("customer", ["DROP_FOREIGN_KEY", "DROP_COLUMN"]),
        ("goods", ["DROP_TABLE"]),
    ],
)
def test_a_field_removed_takes_its_column_or_table_along(name, expected):
    found = plan(remove(name))
    assert kinds(found) == expected
    assert found[-1].is_cascade


def test_django_6_drops_a_column_without_cascade():
    (found,) = plan(remove("title"), django=(6, 0))
    assert not found.is_cascade
    assert not found.sql.endswith("CASCADE")


def test_a_foreign_key_dropped_locks_the_parent_against_readers():
    found, _ = plan(remove("customer"))
    assert found.lock_on("shop_customer") is Lock.ACCESS_EXCLUSIVE


def test_a_many_to_many_table_dropped_locks_both_parents():
    (found,) = plan(remove("goods"))
    assert found.others == ("shop_order", "shop_product")


def test_the_way_back_of_added_and_removed_fields_is_the_other():
    assert kinds(rollback(add(field("TextField", null=True)))) == ["DROP_COLUMN"]
    assert kinds(rollback(remove("text"))) == ["ADD_COLUMN"]
    (back,) = rollback(remove("small"))
    assert back.is_not_null


# AlterField ------------------------------------------------------------------------------


def char(**rest):
    return field("CharField", **{"max_length": 50, **rest})


@pytest.mark.parametrize(
    ("name", "definition", "expected"),
    [
        ("title", char(max_length=60), ["WIDEN_TYPE"]),
        ("title", char(max_length=40), ["ALTER_TYPE"]),
        ("title", field("TextField"), ["WIDEN_TYPE"]),
        ("title", char(null=True), ["DROP_NOT_NULL"]),
        ("title", char(unique=True), ["ADD_UNIQUE", "CREATE_INDEX"]),
        ("title", char(db_index=True), ["CREATE_INDEX", "CREATE_INDEX"]),
        ("title", char(db_collation="C"), ["WIDEN_TYPE"]),
        ("title", char(db_comment="x"), ["WIDEN_TYPE", "COMMENT_ON_COLUMN"]),
        ("title", char(db_default="x"), ["SET_DEFAULT"]),
        ("title", char(db_column="head"), ["RENAME_COLUMN"]),
        ("status", char(max_length=9), ["DROP_INDEX", "DROP_INDEX"]),
        (
            "status",
            char(max_length=9, unique=True),
            ["DROP_INDEX", "DROP_INDEX", "ADD_UNIQUE", "CREATE_INDEX"],
        ),
        ("status", char(max_length=9, db_index=True, db_collation="C"), ["ALTER_COLLATION"]),
        (
            "status",
            field("TextField", db_index=True),
            ["DROP_INDEX", "WIDEN_TYPE", "CREATE_INDEX"],
        ),
        ("text", field("TextField"), ["SET_NOT_NULL_PROVEN"]),
        ("number", field("IntegerField"), ["SET_NOT_NULL"]),
        (
            "number",
            field("IntegerField", default=1),
            ["SET_DEFAULT", "UPDATE", "SET", "SET_NOT_NULL", "DROP_DEFAULT"],
        ),
        (
            "number",
            field("IntegerField", db_default=1),
            ["SET_DEFAULT", "UPDATE", "SET", "SET_NOT_NULL"],
        ),
        (
            "text",
            field("TextField", blank=True),
            ["SET_DEFAULT", "SET_NOT_NULL_PROVEN", "DROP_DEFAULT"],
        ),
        ("number", field("BigIntegerField", null=True), ["ALTER_TYPE"]),
        ("number", field("PositiveIntegerField", null=True), ["ADD_CHECK"]),
        ("number", field("AutoField", null=True), ["WIDEN_TYPE", "ADD_IDENTITY"]),
        (
            "customer",
            fk("shop.Customer", null=True),
            ["DROP_FOREIGN_KEY", "DROP_NOT_NULL", "ADD_FOREIGN_KEY"],
        ),
        ("customer", fk("shop.Customer", db_constraint=False), ["DROP_FOREIGN_KEY"]),
        ("customer", fk("shop.Customer", default=1), ["DROP_FOREIGN_KEY", "ADD_FOREIGN_KEY"]),
        ("customer", fk("shop.Customer", db_comment="x"), ["WIDEN_TYPE", "COMMENT_ON_COLUMN"]),
        (
            "customer",
            fk("shop.Order"),
            ["DROP_FOREIGN_KEY", "ALTER_TYPE", "ADD_FOREIGN_KEY"],
        ),
        (
            "customer",
            field("OneToOneField", to="shop.Customer"),
            ["DROP_FOREIGN_KEY", "DROP_INDEX", "ADD_UNIQUE", "ADD_FOREIGN_KEY"],
        ),
        (
            "customer",
            fk("shop.Customer", db_column="client"),
            ["DROP_FOREIGN_KEY", "RENAME_COLUMN", "ADD_FOREIGN_KEY"],
        ),
        (
            "goods",
            field("ManyToManyField", to="shop.Product", db_table="wares"),
            ["RENAME_TABLE"],
        ),
        (
            "goods",
            field("ManyToManyField", to="shop.Customer"),
            ["DROP_FOREIGN_KEY", "RENAME_COLUMN", "DROP_INDEX", "ALTER_TYPE", "ADD_FOREIGN_KEY"],
        ),
    ],
)
def test_a_field_altered_asks_for_what_differs(name, definition, expected):
    assert kinds(plan(alter(name, definition))) == expected


def test_a_change_of_the_class_of_field_cuts_text_silently():
    slug = plan(alter("title", field("SlugField", max_length=20, db_index=False)))
    assert slug[0].loss is Loss.CUTS
    assert slug[0].sql.endswith('USING "title"::varchar(20)')
    assert (slug[0].old_type, slug[0].new_type) == ("varchar(50)", "varchar(20)")
    assert plan(alter("title", char(max_length=20)))[0].loss is Loss.REFUSES


def test_before_django_4_2_slugs_and_texts_are_of_one_kind():
    slug = field("SlugField", max_length=20, db_index=False)
    assert plan(alter("title", slug), django=(4, 1))[0].loss is Loss.REFUSES


def test_an_altered_foreign_key_locks_both_tables_and_scans():
    drop, _, again = plan(alter("customer", fk("shop.Customer", null=True)))
    assert drop.lock_on("shop_customer") is Lock.ACCESS_EXCLUSIVE
    assert again.work is Work.SCAN


def test_the_type_of_a_referenced_column_locks_the_tables_that_refer_to_it():
    plain = field("IntegerField", primary_key=True)
    drop, found = plan(alter("id", plain, model="customer"))
    assert (drop.kind, found.kind) == (Kind.DROP_IDENTITY, Kind.WIDEN_TYPE)
    assert found.lock_on("shop_order") is Lock.ACCESS_EXCLUSIVE


def test_the_type_of_a_primary_key_is_followed_by_all_that_points_to_it():
    found = plan(alter("sku", char(primary_key=True, max_length=60), model="product"))
    assert [(action.kind.name, action.table) for action in found] == [
        ("DROP_FOREIGN_KEY", "shop_order"),
        ("DROP_FOREIGN_KEY", "shop_order_goods"),
        ("WIDEN_TYPE", "shop_product"),
        ("WIDEN_TYPE", "shop_order"),
        ("WIDEN_TYPE", "shop_order_goods"),
        ("ADD_FOREIGN_KEY", "shop_order"),
        ("ADD_FOREIGN_KEY", "shop_order_goods"),
    ]


def test_what_points_at_a_key_that_is_itself_a_key_follows_too():
    before = state(
        create("Base", id=field("AutoField", primary_key=True)),
        create(
            "Child",
            base_ptr=field("OneToOneField", to="shop.Base", primary_key=True),
        ),
        create("Leaf", id=ID, child=fk("shop.Child"), free=fk("shop.Base", db_constraint=False)),
        create("Away", options={"managed": False}, id=ID, base=fk("shop.Base")),
    )
    found = plan(alter("id", ID, model="base"), before)
    changed = [action.table for action in found if action.kind is Kind.ALTER_TYPE]
    assert changed == ["shop_base", "shop_child", "shop_leaf", "shop_leaf"]
    added = [action.table for action in found if action.kind is Kind.ADD_FOREIGN_KEY]
    assert added == ["shop_child", "shop_leaf"]


def test_the_sequence_of_a_key_follows_its_type():
    before = state(create("Base", id=field("AutoField", primary_key=True)))
    found = plan(alter("id", ID, model="base"), before)
    assert kinds(found) == ["ALTER_TYPE", "OTHER"]
    assert found[1].sql.startswith("ALTER SEQUENCE")
    (remade,) = plan(alter("id", ID, model="base"), before, SQLITE)
    assert (remade.kind, remade.is_remade) == (Kind.REWRITE_TABLE, True)


def test_a_unique_column_that_others_refer_to_is_let_go_and_bound_again():
    before = state(
        create("Base", id=ID, code=char(unique=True)),
        create("Child", id=ID, base=fk("shop.Base", to_field="code"), other=fk("shop.Base")),
    )
    found = plan(alter("code", char(unique=True, max_length=60), model="base"), before)
    assert kinds(found) == ["DROP_FOREIGN_KEY", "WIDEN_TYPE", "WIDEN_TYPE", "ADD_FOREIGN_KEY"]
    assert found[0].columns == ("base_id",)


def test_a_new_primary_key_is_built():
    before = state(create("Base", id=field("AutoField", primary_key=True), code=char()))
    old = alter("id", field("IntegerField"), model="base")
    assert kinds(plan(old, before)) == [
        "DROP_IDENTITY",
        "WIDEN_TYPE",
        "DROP_CONSTRAINT",
        "DROP_INDEX",
    ]
    new = alter("code", char(primary_key=True), model="base")
    assert kinds(plan(new, before)) == ["ADD_PRIMARY_KEY", "CREATE_INDEX"]


def test_a_unique_column_let_go_loses_its_constraint_and_its_second_index():
    found = plan(alter("code", char(max_length=20), model="customer"))
    assert kinds(found) == ["DROP_CONSTRAINT", "DROP_INDEX"]
    assert found[0].is_unique


def test_a_sign_that_is_let_go_loses_its_check():
    before = state(create("Order", id=ID, count=field("PositiveIntegerField")))
    operation = alter("count", field("IntegerField"))
    assert kinds(plan(operation, before)) == ["DROP_CONSTRAINT"]
    assert kinds(plan(operation, before, MYSQL)) == ["DROP_CONSTRAINT", "ALTER_TYPE"]
    old = Database("mysql", (5, 7))
    assert kinds(plan(operation, before, old)) == ["ALTER_TYPE"]


SETTING = Reference("django.conf.settings.AUTH_USER_MODEL")


def test_a_foreign_key_whose_target_is_not_known_is_still_made_again():
    before = state(
        create(
            "Order",
            id=ID,
            user=fk(SETTING),
            users=field("ManyToManyField", to=SETTING),
        )
    )
    found = plan(alter("user", fk(SETTING, null=True)), before)
    assert kinds(found) == ["DROP_FOREIGN_KEY", "DROP_NOT_NULL", "ADD_FOREIGN_KEY"]
    assert {action.references for action in found} == {""}
    found = plan(alter("user", fk(SETTING, db_comment="x")), before)
    assert kinds(found) == ["WIDEN_TYPE", "COMMENT_ON_COLUMN"]
    moved = alter("users", field("ManyToManyField", to=SETTING, db_table="joined"))
    assert kinds(plan(moved, before)) == ["RENAME_TABLE"]


def test_mysql_drops_the_index_that_a_foreign_key_brings_and_follows_a_key():
    unindexed = alter("customer", fk("shop.Customer", db_index=False))
    kept = ["DROP_FOREIGN_KEY", "DROP_INDEX", "ADD_FOREIGN_KEY"]
    assert kinds(plan(unindexed, database=MYSQL)) == kept
    key = alter("id", ID, model="customer")
    assert kinds(plan(key, database=MYSQL)) == [
        "DROP_FOREIGN_KEY",
        "ALTER_TYPE",
        "ALTER_TYPE",
        "ADD_FOREIGN_KEY",
    ]


def test_a_table_whose_name_is_not_known_follows_nothing():
    before = state(
        create("Base", id=field("AutoField", primary_key=True)),
        create("Lost", options={"db_table": UNKNOWN}, id=ID, base=fk("shop.Base")),
        create("Odd", id=ID, base=fk("shop.Base", db_column=UNKNOWN)),
    )
    found = plan(alter("id", ID, model="base"), before)
    assert {action.table for action in found} == {"shop_base", ""}


def test_a_database_default_that_stays_is_not_set_again():
    before = state(create("Order", id=ID, a=char(db_default="x")))
    found = plan(alter("a", char(db_default="x", max_length=60)), before)
    assert kinds(found) == ["WIDEN_TYPE"]


@pytest.mark.parametrize(
    "default",
    [
        (1, UNKNOWN),
        Pairs(((1, UNKNOWN),)),
        construct("Decimal", UNKNOWN),
    ],
)
def test_a_default_that_is_not_known_makes_no_difference(default):
    assert plan(alter("customer", fk("shop.Customer", default=default))) == ()


@pytest.mark.parametrize("default", [(1, 2), Pairs(((1, 2),))])
def test_a_default_that_is_known_does(default):
    found = plan(alter("customer", fk("shop.Customer", default=default)))
    assert kinds(found) == ["DROP_FOREIGN_KEY", "ADD_FOREIGN_KEY"]


def test_a_foreign_key_to_another_field_is_made_again():
    found = plan(alter("customer", fk("shop.Customer", to_field="code")))
    assert kinds(found)[0] == "DROP_FOREIGN_KEY"
    assert plan(alter("customer", fk("shop.Customer", to_field="id"))) == ()


def test_a_comment_of_a_table_that_is_not_known_is_still_written():
    operation = AlterModelTableComment(name="Order", table_comment=UNKNOWN, place=PLACE)
    assert plan(operation)[0].sql.endswith("IS ?")


def test_a_comment_changes_nothing_that_sqlite_knows_but_writes_the_table_anew():
    assert kinds(plan(alter("title", char(db_comment="x")), database=SQLITE)) == ["REWRITE_TABLE"]
    assert kinds(plan(alter("title", char(db_comment="x")), database=MYSQL)) == ["WIDEN_TYPE"]


@pytest.mark.parametrize(
    ("old", "new", "sets"),
    [
        (5, 5, False),
        (5, 6, True),
        (Reference("list"), Reference("list"), False),
        (Reference("uuid.uuid4"), Reference("uuid.uuid4"), True),
        (construct("Decimal", "1"), construct("Decimal", "1"), False),
    ],
)
def test_a_default_that_was_there_before_is_not_set_again(old, new, sets):
    before = state(create("Order", id=ID, a=field("TextField", null=True, default=old)))
    found = plan(alter("a", field("TextField", default=new)), before)
    assert ("SET_DEFAULT" in kinds(found)) is sets
    assert "UPDATE" in kinds(found)


def test_a_time_of_day_is_another_each_time():
    before = state(create("Order", id=ID, a=field("DateTimeField", null=True, auto_now=True)))
    found = plan(alter("a", field("DateTimeField", auto_now=True)), before)
    assert kinds(found) == ["SET_DEFAULT", "SET_NOT_NULL", "DROP_DEFAULT"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (1, construct("Value", 1), []),
        (1, 2, ["SET_DEFAULT"]),
        (1, UNKNOWN, []),
        (1, None, ["SET_DEFAULT"]),
    ],
)
def test_a_database_default_changes_when_its_value_does(old, new, expected):
    before = state(create("Order", id=ID, a=field("IntegerField", db_default=old)))
    assert kinds(plan(alter("a", field("IntegerField", db_default=new)), before)) == expected


def test_a_database_default_can_be_taken_away():
    before = state(create("Order", id=ID, a=field("IntegerField", db_default=1)))
    assert kinds(plan(alter("a", field("IntegerField")), before)) == ["DROP_DEFAULT"]


def test_a_generated_column_can_only_be_renamed():
    generated = field("GeneratedField", expression=1, db_persist=True)
    before = state(create("Order", id=ID, a=generated))
    other = field("GeneratedField", expression=2, db_persist=True)
    assert plan(alter("a", other), before) == plan(alter("a", generated), before) == ()
    assert kinds(plan(rename("a", "b"), before)) == ["RENAME_COLUMN"]


@pytest.mark.parametrize(
    ("condition", "is_proven"),
    [
        (q(a__isnull=False), True),
        (construct("Q", ("a__isnull", False)), True),
        (construct("Q", ("a__isnull", True), _negated=True), True),
        (construct("Q", ("a__isnull", False), ("b", 1)), True),
        (construct("Q", construct("Q", ("a__isnull", False)), ("b", 1)), True),
        (construct("Q", ("a__isnull", False), ("b", 1), _connector="OR"), False),
        (construct("Q", ("a__isnull", False), _negated=True), False),
        (q(b__isnull=False), False),
        (construct("Exact", 1, 1), False),
        (UNKNOWN, False),
    ],
)
def test_not_null_is_proven_by_a_check_that_says_so(condition, is_proven):
    before = state(
        create(
            "Order", constraints=(check("c", condition),), id=ID, a=field("TextField", null=True)
        )
    )
    (found,) = plan(alter("a", field("TextField")), before)
    assert (found.kind is Kind.SET_NOT_NULL_PROVEN) is is_proven


def test_the_old_keyword_of_a_check_is_known():
    old = Constraint("django.db.models.CheckConstraint", "c", {"check": q(a__isnull=False)})
    before = state(create("Order", constraints=(old,), id=ID, a=field("TextField", null=True)))
    assert kinds(plan(alter("a", field("TextField")), before)) == ["SET_NOT_NULL_PROVEN"]


def test_a_database_cascade_is_part_of_the_foreign_key():
    cascade = field(
        "ForeignKey", to="shop.Customer", on_delete=Reference("django.db.models.DB_CASCADE")
    )
    found = plan(alter("customer", cascade), django=(6, 1))
    assert kinds(found) == ["DROP_FOREIGN_KEY", "ADD_FOREIGN_KEY"]


def test_the_way_back_of_an_altered_field_restores_the_old_one():
    (found,) = rollback(alter("title", char(max_length=60)))
    assert (found.kind, found.loss) == (Kind.ALTER_TYPE, Loss.REFUSES)


# Renames ---------------------------------------------------------------------------------


def test_a_renamed_field_renames_its_column():
    (found,) = plan(rename("title", "head"))
    assert (found.columns, found.name) == (("title",), "head")
    (back,) = rollback(rename("title", "head"))
    assert (back.columns, back.name) == (("head",), "title")


def test_a_renamed_foreign_key_is_made_again():
    assert kinds(plan(rename("customer", "client"))) == [
        "DROP_FOREIGN_KEY",
        "RENAME_COLUMN",
        "ADD_FOREIGN_KEY",
    ]


def test_a_renamed_field_with_a_column_of_its_own_asks_for_nothing():
    before = state(create("Order", id=ID, a=field("TextField", db_column="x")))
    assert plan(rename("a", "b"), before) == ()


def test_a_renamed_many_to_many_field_renames_its_table():
    (found,) = plan(rename("goods", "wares"))
    assert (found.table, found.name) == ("shop_order_goods", "shop_order_wares")


def rename_model(old, new):
    return RenameModel(old_name=old, new_name=new, place=PLACE)


def test_a_renamed_model_makes_every_foreign_key_to_it_again():
    found = plan(rename_model("Customer", "Client"))
    assert [(action.kind.name, action.table) for action in found] == [
        ("RENAME_TABLE", "shop_customer"),
        ("DROP_FOREIGN_KEY", "shop_order"),
        ("ADD_FOREIGN_KEY", "shop_order"),
    ]
    assert found[2].references == "shop_client"
    back = rollback(rename_model("Customer", "Client"))
    assert (back[0].table, back[0].name) == ("shop_client", "shop_customer")


def test_a_renamed_model_renames_the_columns_of_its_many_to_many_tables():
    found = plan(rename_model("Order", "Purchase"))
    assert [(action.kind.name, action.table) for action in found] == [
        ("RENAME_TABLE", "shop_order"),
        ("RENAME_TABLE", "shop_order_goods"),
        ("DROP_FOREIGN_KEY", "shop_purchase_goods"),
        ("RENAME_COLUMN", "shop_purchase_goods"),
        ("ADD_FOREIGN_KEY", "shop_purchase_goods"),
    ]
    far = plan(rename_model("Product", "Ware"))
    assert ("RENAME_COLUMN", "shop_order_goods") in [(each.kind.name, each.table) for each in far]


PINNED = state(
    create("Base", options={"db_table": "base"}, id=ID, me=fk("self", null=True)),
    create(
        "Child",
        id=ID,
        base=fk("shop.Base"),
        hidden=fk("shop.Base", related_name="+"),
        text=field("TextField"),
        many=field("ManyToManyField", to="shop.Base", through="shop.Link"),
    ),
    create("Away", options={"managed": False}, id=ID, base=fk("shop.Base")),
    create("Lost", options={"db_table": UNKNOWN}, id=ID, base=fk("shop.Base")),
)


def test_a_pinned_table_keeps_its_foreign_keys_since_django_5():
    assert plan(rename_model("Base", "Root"), PINNED) == ()
    old = plan(rename_model("Base", "Root"), PINNED, django=(4, 2))
    assert [(action.kind.name, action.table) for action in old] == [
        ("DROP_FOREIGN_KEY", "base"),
        ("ADD_FOREIGN_KEY", "base"),
        ("DROP_FOREIGN_KEY", "shop_child"),
        ("ADD_FOREIGN_KEY", "shop_child"),
    ]


def test_a_renamed_table_renames_its_many_to_many_tables():
    operation = AlterModelTable(name="Order", table="orders", place=PLACE)
    assert [(action.table, action.name) for action in plan(operation)] == [
        ("shop_order", "orders"),
        ("shop_order_goods", "orders_goods"),
    ]
    assert [action.name for action in rollback(operation)] == ["shop_order", "shop_order_goods"]


# Models ----------------------------------------------------------------------------------


def test_a_new_model_is_its_table_and_what_comes_after_it():
    model = create(
        "Line",
        indexes=(index("line_idx", "-count"),),
        constraints=(
            check("count_check", q(count__gt=0)),
            unique("plain", "count"),
            unique("part", "count", condition=q(count=1)),
        ),
        options={"unique_together": (("order", "count"),), "db_table_comment": "lines"},
        id=ID,
        order=fk("shop.Order"),
        count=field("IntegerField", db_comment="how many"),
        code=field("CharField", max_length=5, unique=True),
        tags=field("ManyToManyField", to="shop.Product"),
    )
    found = plan(model)
    assert [(action.kind.name, action.table, action.is_last) for action in found] == [
        ("CREATE_TABLE", "shop_line", False),
        ("COMMENT_ON_TABLE", "shop_line", False),
        ("COMMENT_ON_COLUMN", "shop_line", False),
        ("CREATE_TABLE", "shop_line_tags", False),
        ("ADD_UNIQUE", "shop_line", True),
        ("ADD_FOREIGN_KEY", "shop_line", True),
        ("CREATE_INDEX", "shop_line", True),
        ("CREATE_INDEX", "shop_line", True),
        ("CREATE_INDEX", "shop_line", True),
        ("CREATE_INDEX", "shop_line", True),
        ("ADD_UNIQUE", "shop_line_tags", True),
        ("ADD_FOREIGN_KEY", "shop_line_tags", True),
        ("ADD_FOREIGN_KEY", "shop_line_tags", True),
        ("CREATE_INDEX", "shop_line_tags", True),
        ("CREATE_INDEX", "shop_line_tags", True),
        ("CREATE_INDEX", "shop_line_tags", True),
    ]
    assert found[5].lock_on("shop_order") is Lock.SHARE_ROW_EXCLUSIVE
    assert kinds(rollback(model)) == ["DROP_TABLE", "DROP_TABLE"]
    assert "COMMENT_ON_COLUMN" not in kinds(plan(model, database=MYSQL))
    assert "COMMENT_ON_TABLE" not in kinds(plan(model, database=SQLITE))


def test_an_old_index_together_is_built_at_once():
    found = plan(create("Line", options={"index_together": (("a", "b"),)}, id=ID))
    assert [(action.kind.name, action.is_last) for action in found] == [
        ("CREATE_TABLE", False),
        ("CREATE_INDEX", False),
    ]


def test_options_that_are_not_known_add_nothing():
    options = {"index_together": UNKNOWN, "unique_together": UNKNOWN, "db_table_comment": ""}
    assert kinds(plan(create("Line", options=options, id=ID))) == ["CREATE_TABLE"]


def test_a_deleted_model_locks_those_it_points_to_and_those_that_point_to_it():
    found = plan(DeleteModel(name="Order", place=PLACE))
    assert [(action.table, action.others) for action in found] == [
        ("shop_order_goods", ("shop_order", "shop_product")),
        ("shop_order", ("shop_customer", "shop_product")),
    ]
    (customer,) = plan(DeleteModel(name="Customer", place=PLACE))
    assert customer.others == ("shop_order",)
    assert customer.lock_on("shop_order") is Lock.ACCESS_EXCLUSIVE
    assert kinds(rollback(DeleteModel(name="Product", place=PLACE))) == [
        "CREATE_TABLE",
        "CREATE_INDEX",
    ]


def test_an_order_with_respect_to_is_a_column():
    operation = AlterOrderWithRespectTo(name="Order", order_with_respect_to="customer", place=PLACE)
    found = plan(operation)
    assert kinds(found) == ["ADD_COLUMN_DEFAULT", "DROP_DEFAULT"]
    assert found[0].columns == ("_order",)
    assert kinds(rollback(operation)) == ["DROP_COLUMN"]
    assert rollback(replace(operation, order_with_respect_to=None)) == ()


def test_a_comment_on_a_table_is_written_each_time():
    operation = AlterModelTableComment(name="Order", table_comment="x", place=PLACE)
    (found,) = plan(operation)
    assert found.sql == """COMMENT ON TABLE "shop_order" IS 'x'"""
    assert plan(operation, database=SQLITE) == ()
    (back,) = rollback(operation)
    assert back.sql.endswith("IS ''")


# Indexes and constraints -----------------------------------------------------------------


def add_index(made, **rest):
    return AddIndex(model_name="Order", index=made, place=PLACE, **rest)


@pytest.mark.parametrize(
    ("made", "columns", "is_plain"),
    [
        (index("i", "customer", "small"), ("customer_id", "small"), True),
        (index("i", "customer", "-small"), ("customer_id", "small"), False),
        (index("i", "customer_id", "pk", "nowhere"), ("customer_id", "id", "nowhere"), True),
        (index("i", "small", condition=q(small=1)), ("small",), False),
        (index("i", expressions=(construct("Lower", "title"),)), (), False),
        (Index("django.contrib.postgres.indexes.GinIndex", "i", ("title",)), ("title",), False),
        (Index("django.db.models.Index", UNKNOWN, UNKNOWN), (), False),
    ],
)
def test_an_index_is_built_on_its_columns(made, columns, is_plain):
    (found,) = plan(add_index(made))
    assert (found.kind, found.columns, found.is_plain) == (Kind.CREATE_INDEX, columns, is_plain)
    (back,) = rollback(add_index(made))
    assert back.kind is Kind.DROP_INDEX


def test_an_index_can_be_built_and_dropped_concurrently():
    (found,) = plan(add_index(index("i", "small"), concurrently=True))
    assert found.kind is Kind.CREATE_INDEX_CONCURRENTLY
    assert found.lock_on("shop_order") is Lock.SHARE_UPDATE_EXCLUSIVE
    (back,) = rollback(add_index(index("i", "small"), concurrently=True))
    assert back.kind is Kind.DROP_INDEX_CONCURRENTLY
    assert back.sql == 'DROP INDEX CONCURRENTLY IF EXISTS "i"'


def test_a_removed_index_is_built_again_on_the_way_back():
    operation = RemoveIndex(model_name="Order", name="by_number", place=PLACE)
    (found,) = plan(operation)
    assert (found.kind, found.columns, found.name) == (Kind.DROP_INDEX, ("number",), "by_number")
    (back,) = rollback(replace(operation, concurrently=True))
    assert (back.kind, back.columns) == (Kind.CREATE_INDEX_CONCURRENTLY, ("number",))
    assert plan(operation, database=MYSQL)[0].sql == "DROP INDEX `by_number` ON `shop_order`"


def test_a_renamed_index_takes_its_new_name():
    operation = RenameIndex(
        model_name="Order", new_name="new", old_name="by_number", old_fields=None, place=PLACE
    )
    assert plan(operation)[0].sql == 'ALTER INDEX "by_number" RENAME TO "new"'
    assert rollback(operation)[0].name == "by_number"
    unnamed = replace(operation, old_name=None, old_fields=("number", "small"))
    assert kinds(plan(unnamed)) == ["RENAME_INDEX"]
    assert rollback(unnamed) == ()


PG15 = Database("postgresql", (15,))


def add_constraint(made, **rest):
    return AddConstraint(model_name="Order", constraint=made, place=PLACE, **rest)


EXCLUSION = Constraint("django.contrib.postgres.constraints.ExclusionConstraint", "x")


@pytest.mark.parametrize(
    ("made", "forth", "back"),
    [
        (unique("u", "small"), "ADD_UNIQUE", "DROP_CONSTRAINT"),
        (unique("u", "small", nulls_distinct=False), "ADD_UNIQUE", "DROP_CONSTRAINT"),
        (unique("u", "small", condition=q(small=1)), "CREATE_INDEX", "DROP_INDEX"),
        (unique("u", "small", include=("title",)), "CREATE_INDEX", "DROP_INDEX"),
        (unique("u", expressions=(construct("Lower", "title"),)), "CREATE_INDEX", "DROP_INDEX"),
        (check("c", q(small__gt=0)), "ADD_CHECK", "DROP_CONSTRAINT"),
        (EXCLUSION, "ADD_EXCLUSION", "DROP_CONSTRAINT"),
    ],
)
def test_a_constraint_is_the_statement_django_makes_of_it(made, forth, back):
    assert kinds(plan(add_constraint(made), database=PG15)) == [forth]
    assert kinds(rollback(add_constraint(made), database=PG15)) == [back]
    held = state(
        create(
            "Order",
            constraints=(made,),
            id=ID,
            small=field("IntegerField"),
            title=field("TextField"),
        )
    )
    operation = RemoveConstraint(model_name="Order", name=made.name, place=PLACE)
    assert kinds(plan(operation, held, PG15)) == [back]
    assert kinds(rollback(operation, held, PG15)) == [forth]


def test_a_unique_constraint_that_says_more_is_not_plain():
    assert plan(add_constraint(unique("u", "small")))[0].is_plain
    deferrable = unique("u", "small", deferrable=Reference("Deferrable.DEFERRED"))
    assert not plan(add_constraint(deferrable))[0].is_plain


def test_a_unique_constraint_whose_fields_are_not_known_is_still_one():
    odd = Constraint("django.db.models.UniqueConstraint", "u", {"fields": UNKNOWN})
    (found,) = plan(add_constraint(odd))
    assert (found.kind, found.columns) == (Kind.ADD_UNIQUE, ())
    assert kinds(rollback(add_constraint(odd))) == ["DROP_CONSTRAINT"]


def test_a_constraint_of_someone_elses_is_not_guessed():
    assert rollback(add_constraint(Constraint("vendored.Check", "c"))) == ()
    assert plan(add_constraint(Constraint("django.db.models.NewConstraint", "c"))) == ()
    assert rollback(add_constraint(Constraint("django.db.models.NewConstraint", "c"))) == ()


PARTIAL = unique("u", "small", condition=q(small=1))
EXPRESSION = unique("u", expressions=(construct("Lower", "title"),))
INCLUDE = unique("u", "small", include=("title",))


@pytest.mark.parametrize(
    ("made", "database", "is_sent"),
    [
        (PARTIAL, SQLITE, True),
        (PARTIAL, MYSQL, False),
        (PARTIAL, MARIADB, False),
        (EXPRESSION, SQLITE, True),
        (EXPRESSION, MYSQL, True),
        (EXPRESSION, MARIADB, False),
        (INCLUDE, SQLITE, False),
        (INCLUDE, MYSQL, False),
        (EXCLUSION, MYSQL, False),
        (unique("u", "small"), MARIADB, True),
    ],
)
def test_a_server_is_not_sent_what_it_does_not_have(made, database, is_sent):
    assert bool(plan(add_constraint(made), database=database)) is is_sent
    assert bool(rollback(add_constraint(made), database=database)) is is_sent


def test_a_check_can_be_added_first_and_validated_later():
    (found,) = plan(add_constraint(check("c", q(small__gt=0)), not_valid=True))
    assert (found.kind, found.work) == (Kind.ADD_CHECK_NOT_VALID, Work.NONE)
    validate = ValidateConstraint(model_name="Order", name="c", place=PLACE)
    (later,) = plan(validate)
    assert (later.kind, later.work) == (Kind.VALIDATE_CONSTRAINT, Work.SCAN)
    assert rollback(validate) == ()
    assert plan(validate, database=MYSQL) == ()


@pytest.mark.parametrize(
    ("condition", "columns"),
    [
        (q(small__gt=construct("F", "number")), ("small", "number")),
        (
            construct("Q", ("customer__isnull", True), construct("Q", title="x")),
            ("customer_id", "title"),
        ),
        (
            construct("LessThan", construct("F", "small"), (construct("F", "number"),)),
            ("small", "number"),
        ),
        (UNKNOWN, ()),
    ],
)
def test_a_check_names_its_columns(condition, columns):
    (found,) = plan(add_constraint(check("c", condition)))
    assert found.columns == columns


def test_together_only_what_differs_is_changed():
    operation = AlterUniqueTogether(
        name="Order", unique_together=(("customer", "small"), ("number", "small")), place=PLACE
    )
    (found,) = plan(operation)
    assert (found.kind, found.columns) == (Kind.ADD_UNIQUE, ("customer_id", "small"))
    (back,) = rollback(operation)
    assert (back.kind, back.is_unique) == (Kind.DROP_CONSTRAINT, True)
    indexed = AlterIndexTogether(name="Order", index_together=(("number", "small"),), place=PLACE)
    assert kinds(plan(indexed)) == ["CREATE_INDEX"]
    assert kinds(rollback(indexed)) == ["DROP_INDEX"]


@pytest.mark.parametrize(
    ("operation", "forth", "back"),
    [
        (
            CreateExtension(name="hstore", place=PLACE),
            'CREATE EXTENSION IF NOT EXISTS "hstore"',
            'DROP EXTENSION IF EXISTS "hstore"',
        ),
        (
            CreateCollation(name="de", place=PLACE),
            'CREATE COLLATION "de"',
            'DROP COLLATION "de"',
        ),
        (
            RemoveCollation(name="de", place=PLACE),
            'DROP COLLATION "de"',
            'CREATE COLLATION "de"',
        ),
    ],
)
def test_extensions_and_collations_are_postgresqls_alone(operation, forth, back):
    assert [action.sql for action in plan(operation)] == [forth]
    assert [action.sql for action in rollback(operation)] == [back]
    assert plan(operation, database=MYSQL) == ()


# What Django goes back over --------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (add(field("TextField")), True),
        (RunSQL(sql=(), place=PLACE), False),
        (RunSQL(sql=(), reverse_sql=(), place=PLACE), True),
        (RunSQL(sql=(), reverse_sql=UNKNOWN, place=PLACE), UNKNOWN),
        (RunPython(code=UNKNOWN, place=PLACE), False),
        (RunPython(code=UNKNOWN, reverse_code=UNKNOWN, place=PLACE), UNKNOWN),
        (OpaqueOperation(path="x", is_reversible=False, place=PLACE), False),
        (OpaqueOperation(path="x", place=PLACE), UNKNOWN),
        (SeparateDatabaseAndState(place=PLACE), True),
    ],
)
def test_django_says_whether_it_goes_back(operation, expected):
    assert is_reversible(operation) is expected


def run_sql(sql, reverse=None):
    there = UNKNOWN if sql is UNKNOWN else (SqlText(sql, PLACE),)
    back = reverse if reverse in {None, UNKNOWN} else (SqlText(reverse, PLACE),)
    return RunSQL(sql=there, reverse_sql=back, place=PLACE)


def test_raw_sql_becomes_the_same_actions():
    operation = run_sql("CREATE INDEX i ON shop_order (small)", "DROP INDEX i")
    (found,) = plan(operation)
    assert (found.kind, found.model) == (Kind.CREATE_INDEX, ModelKey("shop", "order"))
    assert found.lock_on("shop_order") is Lock.SHARE
    assert kinds(rollback(operation)) == ["DROP_INDEX"]
    assert rollback(run_sql("SELECT 1")) == ()
    assert kinds(plan(run_sql(UNKNOWN))) == kinds(rollback(run_sql("", UNKNOWN))) == ["UNREADABLE"]


def raw(sql, before=None):
    (found,) = plan(run_sql(sql), before)
    return found


def test_raw_sql_is_seen_against_the_state():
    assert raw("ALTER TABLE shop_order ALTER title TYPE varchar(60)").kind is Kind.WIDEN_TYPE
    cut = raw("ALTER TABLE shop_order ALTER title TYPE varchar(9) USING left(title, 9)")
    assert (cut.kind, cut.loss, cut.field) == (Kind.ALTER_TYPE, Loss.CUTS, "title")
    assert raw("ALTER TABLE shop_order ALTER title TYPE varchar(50)").kind is Kind.WIDEN_TYPE
    odd = raw("ALTER TABLE shop_order ALTER title TYPE mood USING title::mood")
    assert (odd.kind, odd.old_type) == (Kind.ALTER_TYPE, "varchar(50)")
    assert raw("ALTER TABLE shop_order ALTER text SET NOT NULL").kind is Kind.SET_NOT_NULL_PROVEN
    assert raw("ALTER TABLE shop_order ALTER number SET NOT NULL").kind is Kind.SET_NOT_NULL
    assert raw("ALTER TABLE shop_order DROP COLUMN title").old_type == "varchar(50)"
    assert raw("DROP INDEX by_number").table == "shop_order"
    assert raw("DROP INDEX elsewhere").table == ""
    assert raw("ALTER TABLE elsewhere DROP COLUMN x").model is None
    assert raw("ALTER TABLE shop_order ALTER elsewhere TYPE text").kind is Kind.ALTER_TYPE


def test_raw_sql_on_a_column_whose_type_is_not_known_stays_as_it_is():
    before = state(create("Order", id=ID, a=field("NewField")))
    assert raw("ALTER TABLE shop_order ALTER a TYPE text", before).kind is Kind.ALTER_TYPE


def test_a_raw_type_of_a_referenced_column_locks_the_tables_that_refer_to_it():
    found = raw("ALTER TABLE shop_customer ALTER id TYPE bigint")
    assert found.lock_on("shop_order") is Lock.ACCESS_EXCLUSIVE


def test_a_raw_drop_locks_the_neighbours():
    assert raw("DROP TABLE shop_customer CASCADE").others == ("shop_order",)
    key = raw("ALTER TABLE shop_order DROP CONSTRAINT shop_order_customer_id_1_fk_shop_customer_id")
    assert (key.references, key.columns) == ("shop_customer", ("customer_id",))
    assert raw("ALTER TABLE shop_order DROP CONSTRAINT fk_mine").references == ""


def test_a_drop_of_a_many_to_many_table_names_the_tables_at_both_ends():
    assert raw("DROP TABLE shop_order_goods").others == ("shop_order", "shop_product")
    assert raw("DROP TABLE shop_order_other").others == ()


def test_truncate_cascade_reaches_all_that_depends_on_the_table():
    before = state(
        create("Base", id=ID, me=fk("self", null=True)),
        create("Child", id=ID, base=fk("shop.Base"), many=field("ManyToManyField", to="shop.Base")),
        create(
            "Leaf",
            id=ID,
            a=fk("shop.Child"),
            b=fk("shop.Base"),
            c=fk("shop.Base", db_constraint=False),
        ),
    )
    found = raw("TRUNCATE shop_base CASCADE", before)
    assert set(found.others) == {"shop_child", "shop_child_many", "shop_leaf"}
    assert raw("TRUNCATE shop_base", before).others == ()


def test_a_server_without_facts_still_has_a_plan():
    (found,) = plan(add(field("TextField", null=True)), database=Database("oracle", (19,)))
    assert found.locks == ()
    assert POSTGRESQL.name == "postgresql:14"
