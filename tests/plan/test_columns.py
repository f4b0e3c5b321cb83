from dataclasses import replace

import pytest
from plan.building import (
    ID,
    MARIADB,
    MYSQL,
    POSTGRESQL,
    SQLITE,
    construct,
    create,
    field,
    fk,
    model,
    postgres,
    shop,
    state,
)

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import UNKNOWN, ModelKey, Reference
from flake8_django_migrations.plan.columns import (
    column_name,
    column_of,
    column_type,
    has_column,
    target_of,
)
from flake8_django_migrations.plan.databases import Database


def sql(definition, database=POSTGRESQL, before=None):
    before = shop() if before is None else before
    found = column_type(definition, before, model(before, "Order"), database)
    return found if found in {None, UNKNOWN} else found.sql


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (field("CharField", max_length=50), "varchar(50)"),
        (field("CharField"), "varchar"),
        (field("EmailField"), "varchar(254)"),
        (field("SlugField"), "varchar(50)"),
        (field("ImageField"), "varchar(100)"),
        (field("DecimalField", max_digits=8, decimal_places=2), "numeric(8, 2)"),
        (field("NullBooleanField"), "boolean"),
        (field("PositiveSmallIntegerField"), "smallint"),
        (field("django.contrib.postgres.fields.JSONField"), "jsonb"),
        (postgres("CIEmailField"), "citext"),
        (postgres("ArrayField", base_field=construct("IntegerField"), size=2), "integer[2]"),
        (
            postgres(
                "ArrayField",
                base_field=construct(
                    "django.contrib.postgres.fields.ArrayField", base_field=construct("TextField")
                ),
            ),
            "text[][]",
        ),
        (field("GeneratedField", output_field=construct("DateField")), "date"),
        (field("django.contrib.gis.db.models.PointField"), "geometry(POINT,4326)"),
        (
            field("django.contrib.gis.db.models.PolygonField", geography=True, srid=1),
            "geography(POLYGON,1)",
        ),
        (field("django.contrib.gis.db.models.RasterField"), "raster"),
        (fk("shop.Customer"), "integer"),
        (fk("Customer", to_field="code"), "varchar(20)"),
        (fk("self"), "bigint"),
        (fk("shop.Product"), "varchar(30)"),
    ],
)
def test_a_field_has_the_type_that_django_gives_it(definition, expected):
    assert sql(definition) == expected


@pytest.mark.parametrize(
    ("definition", "mysql", "sqlite"),
    [
        (field("BooleanField"), "bool", "bool"),
        (field("PositiveIntegerField"), "integer UNSIGNED", "integer unsigned"),
        (field("TextField"), "longtext", "text"),
        (field("BigAutoField"), "bigint", "integer"),
        (field("CharField"), UNKNOWN, "varchar"),
        (postgres("HStoreField"), UNKNOWN, UNKNOWN),
        (field("django.contrib.gis.db.models.PointField"), UNKNOWN, UNKNOWN),
    ],
)
def test_other_servers_have_types_of_their_own(definition, mysql, sqlite):
    assert sql(definition, MYSQL) == mysql
    assert sql(definition, MARIADB) == mysql
    assert sql(definition, SQLITE) == sqlite


def test_a_server_that_is_not_known_has_no_types():
    assert sql(field("TextField"), Database("oracle", (19,))) is UNKNOWN


@pytest.mark.parametrize(
    "definition",
    [
        field("ManyToManyField", to="shop.Product"),
        field("django.contrib.contenttypes.fields.GenericForeignKey"),
        field("taggit.managers.TaggableManager"),
        field("CompositePrimaryKey"),
    ],
)
def test_some_fields_are_no_column(definition):
    assert sql(definition) is None
    assert column_name("x", definition) is UNKNOWN
    assert has_column(definition) is False


@pytest.mark.parametrize(
    "definition",
    [
        field("vendored.MoneyField"),
        field("CharField", max_length=Reference("shop.LENGTH")),
        field("DecimalField", max_digits=8),
        field("GeneratedField"),
        postgres("ArrayField"),
        postgres("ArrayField", base_field=construct("vendored.MoneyField")),
        postgres("ArrayField", base_field=construct("IntegerField"), size=UNKNOWN),
        field("SomeNewField"),
        field("django.contrib.gis.db.models.PointField", srid=UNKNOWN),
        fk(Reference("django.conf.settings.AUTH_USER_MODEL")),
        fk("shop.Missing"),
        fk("auth.User"),
        fk("shop.Customer", to_field="missing"),
        fk("shop.Customer", to_field=UNKNOWN),
    ],
)
def test_what_is_not_known_is_not_guessed(definition):
    assert sql(definition) is UNKNOWN


def test_keys_that_point_at_each_other_come_to_an_end():
    before = state(
        create("Order", b=fk("shop.Other", primary_key=True)),
        create("Other", a=fk("shop.Order", primary_key=True)),
    )
    assert sql(fk("shop.Other"), before=before) is UNKNOWN


def test_a_model_without_a_key_of_its_own_has_no_known_type():
    before = state(create("Order", id=ID), create("Child", name=field("TextField")))
    assert sql(fk("shop.Child"), before=before) is UNKNOWN


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (field("TextField"), "x"),
        (field("TextField", db_column="y"), "y"),
        (field("TextField", db_column=""), "x"),
        (fk("shop.Customer"), "x_id"),
        (fk("shop.Customer", db_column="c"), "c"),
        (field("vendored.MoneyField"), UNKNOWN),
        (field("vendored.MoneyField", db_column="m"), "m"),
        (field("TextField", db_column=UNKNOWN), UNKNOWN),
    ],
)
def test_a_column_is_named_after_its_field(definition, expected):
    assert column_name("x", definition) == expected


def target(to, **around):
    before = state(create("Order", id=ID), **around)
    return target_of(fk(to), before, model(before, "Order"))


def test_a_model_of_an_app_that_is_not_at_hand_has_the_table_django_gives():
    assert target("auth.User").table == "auth_user"
    assert target("contenttypes.ContentType").table == "django_content_type"
    assert target("shop.Missing").table == ""
    assert target(UNKNOWN).key is None


def test_a_model_of_another_app_is_asked_for():
    user = ModelState(
        app_label="auth",
        name="User",
        fields={"id": ID},
        options={"db_table": "people"},
    )
    found = target("auth.User", elsewhere=lambda _key: user)
    assert (found.key, found.table, found.column) == (ModelKey("auth", "user"), "people", "id")


def test_a_key_whose_column_is_not_known_is_still_a_target():
    key = field("IntegerField", primary_key=True, db_column=UNKNOWN)
    odd = ModelState(
        app_label="a", name="B", fields={"id": key}, options={"db_table": Reference("x")}
    )
    found = target("a.B", elsewhere=lambda _key: odd)
    assert (found.table, found.column) == ("", "")


def test_what_is_in_doubt_of_a_model_is_not_known_of_a_key_to_it():
    doubtful = state(create("Order", id=ID), create("Child", id=ID)).doubt(("Child",))
    found = target_of(fk("shop.Child"), doubtful, model(doubtful, "Order"))
    assert (found.table, found.field, found.column) == ("shop_child", None, "")
    assert sql(fk("shop.Child"), before=doubtful) is UNKNOWN


def test_a_proxy_has_no_table_of_its_own():
    child = create("Child", options={"proxy": True})
    before = state(create("Order", id=ID), child)
    assert target_of(fk("shop.Child"), before, model(before, "Order")).table == ""


def test_a_table_whose_name_django_cuts_is_not_known():
    before = state(create("Order", id=ID), create("C" * 60, id=ID))
    found = target_of(fk(f"shop.{'C' * 60}"), before, model(before, "Order"))
    assert (found.table, found.column) == ("", "id")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("uuid", "uuid"), ("BIGSERIAL", "bigint"), ("varbinary(16)", UNKNOWN), (UNKNOWN, UNKNOWN)],
)
def test_a_class_of_the_project_may_name_its_type(text, expected):
    assert sql(replace(field("CharField", max_length=5), column_type=text)) == expected


def test_a_field_without_a_certain_column_is_none():
    before = shop()
    order = model(before, "Order")
    for definition in (
        UNKNOWN,
        field("vendored.MoneyField"),
        field("TextField", db_column=UNKNOWN),
        field("ManyToManyField", to="shop.Product"),
    ):
        assert column_of("x", definition, before, order, POSTGRESQL) is None


def test_the_comment_that_is_empty_is_none():
    before = shop()
    order = model(before, "Order")
    found = column_of("x", field("TextField", db_comment=""), before, order, POSTGRESQL)
    assert found.comment is None
