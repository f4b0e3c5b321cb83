from hypothesis import given, settings
from hypothesis import strategies as st
from plan.building import (
    ID,
    MARIADB,
    MYSQL,
    PLACE,
    POSTGRESQL,
    SQLITE,
    construct,
    create,
    field,
    fk,
    state,
)

from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelTable,
    AlterOrderWithRespectTo,
    Constraint,
    DeleteModel,
    Field,
    Index,
    Migration,
    MigrationKey,
    Pairs,
    Reference,
    RemoveField,
    RenameField,
    RenameModel,
)
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.steps import steps

VALUES = st.sampled_from(
    [
        UNKNOWN,
        None,
        True,
        False,
        0,
        7,
        1.5,
        "",
        "x",
        b"x",
        "self",
        "shop.Other",
        "auth.User",
        (),
        ("a", UNKNOWN),
        Pairs(((UNKNOWN, 1),)),
        Reference("uuid.uuid4"),
        construct("Q", a__isnull=False),
        construct("CharField", max_length=5),
        construct("ArrayField", base_field=UNKNOWN),
    ]
)
KEYWORDS = (
    "null blank unique primary_key db_index db_column db_default default max_length max_digits "
    "decimal_places to to_field through db_table db_constraint db_collation db_comment auto_now "
    "base_field size output_field db_persist srid related_name on_delete db_tablespace"
).split()
CLASSES = st.sampled_from(
    [
        *(
            f"django.db.models.{name}"
            for name in (
                "AutoField BigAutoField CharField DecimalField ForeignKey GeneratedField "
                "ManyToManyField OneToOneField PositiveIntegerField SlugField TextField"
            ).split()
        ),
        "django.contrib.postgres.fields.ArrayField",
        "django.contrib.gis.db.models.PointField",
        "vendored.MoneyField",
    ]
)
FIELDS = st.builds(Field, CLASSES, st.dictionaries(st.sampled_from(KEYWORDS), VALUES, max_size=5))
OPTIONS = st.dictionaries(
    st.sampled_from("db_table managed unique_together index_together db_table_comment".split()),
    VALUES,
    max_size=2,
)
CONSTRAINTS = st.builds(
    Constraint,
    st.sampled_from(["django.db.models.UniqueConstraint", "django.db.models.CheckConstraint"]),
    st.sampled_from(["c", UNKNOWN]),
    st.dictionaries(st.sampled_from(["fields", "condition", "check", "include"]), VALUES),
)
INDEXES = st.builds(
    Index,
    st.just("django.db.models.Index"),
    st.sampled_from(["i", UNKNOWN]),
    st.sampled_from([(), ("a",), UNKNOWN]),
    st.dictionaries(st.sampled_from(["condition", "expressions"]), VALUES),
)
DATABASES = st.sampled_from(
    [POSTGRESQL, MYSQL, MARIADB, SQLITE, Database("postgresql", (18,)), Database("oracle", (19,))]
)


def operations(one, other, options, constraint, index):
    made = create(
        "Model", (index,), (constraint,), options, id=ID, a=one, b=fk("shop.Other"), c=other
    )
    return (
        create("Other", id=ID, back=one),
        made,
        AddField(model_name="model", name="d", field=other, place=PLACE),
        AlterField(model_name="model", name="a", field=other, place=PLACE),
        AddConstraint(model_name="model", constraint=constraint, place=PLACE),
        AddIndex(model_name="model", index=index, place=PLACE),
        RenameField(model_name="model", old_name="a", new_name="e", place=PLACE),
        RenameModel(old_name="Other", new_name="Renamed", place=PLACE),
        AlterModelTable(name="model", table="elsewhere", place=PLACE),
        AlterOrderWithRespectTo(name="model", order_with_respect_to="b", place=PLACE),
        RemoveField(model_name="model", name="d", place=PLACE),
        DeleteModel(name="Model", place=PLACE),
    )


@settings(max_examples=150)
@given(FIELDS, FIELDS, OPTIONS, CONSTRAINTS, INDEXES, DATABASES)
def test_no_values_of_fields_and_options_raise(one, other, options, constraint, index, database):
    migration = Migration(
        key=MigrationKey("shop", "0001"),
        path="0001.py",
        operations=operations(one, other, options, constraint, index),
    )
    found = steps(migration, state(), database)
    assert len(found) == len(migration.operations)


def test_a_field_class_without_arguments_is_no_reason_to_raise():
    before = state(create("Model", id=ID, a=field("TextField")))
    migration = Migration(
        key=MigrationKey("shop", "0001"),
        path="0001.py",
        operations=(
            AlterField(
                model_name="model",
                name="a",
                field=field("DecimalField", db_comment="x"),
                place=PLACE,
            ),
        ),
    )
    (found,) = steps(migration, before, POSTGRESQL)
    assert [action.kind.name for action in found.forwards] == ["WIDEN_TYPE", "COMMENT_ON_COLUMN"]
