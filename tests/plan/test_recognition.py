"""Raw SQL seen against the state: indexes, many-to-many tables, arrays, what it comes to be."""

from __future__ import annotations

import pytest
from plan.building import POSTGRESQL

from flake8_django_migrations.history.replay import apply
from flake8_django_migrations.history.state import ProjectState
from flake8_django_migrations.migration import (
    NOWHERE,
    UNKNOWN,
    AddField,
    Constraint,
    Construct,
    CreateModel,
    Field,
    Index,
    ModelKey,
    RunSQL,
    SqlText,
)
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.plan.schema import forwards

ORDER = ModelKey("shop", "order")


def field(kind, **keywords):
    return Field(f"django.db.models.{kind}", keywords)


ID = ("id", field("BigAutoField", primary_key=True))
MODELS = [
    CreateModel(name="Tag", fields=(ID,), place=NOWHERE),
    CreateModel(
        name="Order",
        fields=(
            ID,
            ("code", field("CharField", max_length=20, db_index=True)),
            ("note", field("CharField", max_length=20)),
            ("tag", field("ForeignKey", to="shop.tag", null=True)),
            ("tags", field("ManyToManyField", to="shop.tag")),
            ("loose", field("ManyToManyField", to="shop.tag", db_constraint=False)),
            (
                "names",
                Field(
                    "django.contrib.postgres.fields.ArrayField",
                    {
                        "base_field": Construct(
                            "django.db.models.CharField", (), (("max_length", 9),)
                        )
                    },
                ),
            ),
            ("odd", Field("shop.fields.Odd", {})),
        ),
        indexes=(Index("django.db.models.Index", "by_code", ("code",)),),
        constraints=(Constraint("django.db.models.UniqueConstraint", "one_code"),),
        place=NOWHERE,
    ),
    CreateModel(name="Nowhere", fields=(ID,), options={"db_table": UNKNOWN}, place=NOWHERE),
]


def one(sql, *told):
    state = ProjectState(app_label="shop")
    for each in MODELS:
        state = apply(state, each)
    operation = RunSQL(
        sql=(SqlText(sql, NOWHERE),), reverse_sql=None, state_operations=told, place=NOWHERE
    )
    (found,) = forwards(operation, state, apply(state, operation), POSTGRESQL, (5, 2))
    return found


@pytest.mark.parametrize(
    "name",
    ["other", "shop_other_code_12345678", "shop_order_code_1234567", "shop_order_price_12345678"],
)
def test_an_index_that_no_model_has_is_of_no_table(name):
    assert one(f"DROP INDEX {name}").table == ""


@pytest.mark.parametrize(
    "name",
    ["by_code", "one_code", "shop_order_code_12345678", "shop_order_code_12345678_like",
     "shop_order_tag_id_12345678"],
)  # fmt: skip
def test_an_index_is_of_the_table_that_its_name_leads_to(name):
    found = one(f"DROP INDEX {name}")
    assert (found.table, found.model) == ("shop_order", ORDER)


def test_the_table_of_a_many_to_many_field_is_its_models():
    gone = one("DROP TABLE shop_order_tags")
    assert (gone.model, gone.field, gone.others) == (ORDER, "tags", ("shop_order", "shop_tag"))
    assert one("DROP TABLE shop_order_loose").others == ()
    moved = one("ALTER TABLE shop_order_tags RENAME TO order_tags")
    assert (moved.model, moved.field) == (ORDER, "tags")
    assert one("ALTER TABLE shop_order_tags ADD COLUMN a int").field == ""
    assert one("DROP TABLE shop_order_names").model is None


def test_a_foreign_key_of_that_table_is_found_by_its_name():
    found = one("ALTER TABLE shop_order_tags DROP CONSTRAINT shop_order_tags_tag_id_1_fk_shop_tag")
    assert (found.references, found.columns) == ("shop_tag", ("tag_id",))


def test_a_column_becomes_the_field_that_the_state_is_told_of():
    sql = "ALTER TABLE shop_order ADD COLUMN price int"
    told = AddField(model_name="order", name="price", field=field("IntegerField"), place=NOWHERE)
    assert one(sql, told).field == "price"
    assert one(sql).field == ""
    other = AddField(model_name="tag", name="price", field=field("IntegerField"), place=NOWHERE)
    assert one(sql, other).field == ""


@pytest.mark.parametrize(
    ("column", "type_", "kind"),
    [
        ("names", "varchar(9)[3]", Kind.WIDEN_TYPE),
        ("names", "varchar(9)[]", Kind.WIDEN_TYPE),
        ("names", "text[]", Kind.ALTER_TYPE),
        ("names", "odd[]", Kind.ALTER_TYPE),
        ("odd", "text", Kind.ALTER_TYPE),
        ("code", 'varchar(20) COLLATE "C"', Kind.ALTER_COLLATION),
        ("note", 'varchar(20) COLLATE "C"', Kind.WIDEN_TYPE),
        ("code", "varchar(30)", Kind.WIDEN_TYPE),
    ],
)
def test_a_change_of_type_is_known_by_the_type_that_was_there(column, type_, kind):
    assert one(f"ALTER TABLE shop_order ALTER COLUMN {column} TYPE {type_}").kind is kind
