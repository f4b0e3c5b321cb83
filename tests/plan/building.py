"""What the plan's tests build by hand: fields, models, states, and a plan in short."""

from __future__ import annotations

from flake8_django_migrations.history.replay import apply
from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import (
    Constraint,
    Construct,
    CreateModel,
    Field,
    Index,
    Place,
    Reference,
)
from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.plan.schema import backwards, forwards

PLACE = Place(7, 8, 9)
POSTGRESQL = parse_database("postgresql:14")
MYSQL = parse_database("mysql:8.0")
MARIADB = parse_database("mariadb:10.11")
SQLITE = parse_database("sqlite")


def field(name, /, **keywords):
    """A Django field: ``field("CharField", max_length=5)``."""
    path = name if "." in name else f"django.db.models.{name}"
    return Field(path, keywords)


def postgres(name, /, **keywords):
    return Field(f"django.contrib.postgres.fields.{name}", keywords)


def construct(name, /, *arguments, **keywords):
    path = name if "." in name else f"django.db.models.{name}"
    return Construct(path, arguments, tuple(keywords.items()))


def fk(to, /, **keywords):
    return field("ForeignKey", to=to, on_delete=Reference("django.db.models.CASCADE"), **keywords)


def q(**lookups):
    return construct("Q", **lookups)


def index(name, *fields, **keywords):
    return Index("django.db.models.Index", name, fields, keywords)


def unique(name, *fields, **keywords):
    return Constraint("django.db.models.UniqueConstraint", name, {"fields": fields, **keywords})


def check(name, condition):
    return Constraint("django.db.models.CheckConstraint", name, {"condition": condition})


ID = field("BigAutoField", primary_key=True)


def create(name, /, indexes=(), constraints=(), options=None, **fields):
    return CreateModel(
        name=name,
        fields=tuple(fields.items()),
        options=options or {},
        indexes=indexes,
        constraints=constraints,
        place=PLACE,
    )


def state(*operations, elsewhere=None):
    found = ProjectState(app_label="shop")
    if elsewhere is not None:
        found = ProjectState(app_label="shop", elsewhere=elsewhere)
    for operation in operations:
        found = apply(found, operation)
    return found


def model(before, name) -> ModelState:
    found = before.model(name)
    assert isinstance(found, ModelState)
    return found


def shop():
    """Customers, and orders with a column of many kinds."""
    return state(
        create(
            "Customer",
            id=field("AutoField", primary_key=True),
            code=field("CharField", max_length=20, unique=True),
            name=field("CharField", max_length=100),
        ),
        create("Product", sku=field("CharField", max_length=30, primary_key=True)),
        create(
            "Order",
            indexes=(index("by_number", "number"),),
            constraints=(
                check("text_there", q(text__isnull=False)),
                unique("one_number", "number"),
                unique("part", "small", condition=q(small=1)),
            ),
            options={"unique_together": (("number", "small"),)},
            id=ID,
            customer=fk("shop.Customer"),
            product=fk("shop.Product", null=True),
            goods=field("ManyToManyField", to="shop.Product"),
            number=field("IntegerField", null=True),
            small=field("SmallIntegerField"),
            title=field("CharField", max_length=50),
            slug=field("SlugField"),
            status=field("CharField", max_length=9, db_index=True),
            text=field("TextField", null=True),
            made=field("vendored.MoneyField"),
        ),
    )


def kinds(actions):
    return [action.kind.name for action in actions]


def plan(operation, before=None, database=POSTGRESQL, django=(5, 2)):
    before = shop() if before is None else before
    return forwards(operation, before, apply(before, operation), database, django)


def rollback(operation, before=None, database=POSTGRESQL, django=(5, 2)):
    before = shop() if before is None else before
    return backwards(operation, before, apply(before, operation), database, django)
