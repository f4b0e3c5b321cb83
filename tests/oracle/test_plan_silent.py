"""An AlterField for which Django sends nothing to the database is never reported, anywhere."""

from __future__ import annotations

import pytest

pytest.importorskip("django")
pytest.importorskip("psycopg")

from django.db import models
from oracle import django_sql
from oracle.plan_case import case
from oracle.plan_cases_more import FK, alter
from oracle.plan_servers import asked_for_nothing
from oracle.plan_shop import CASCADE, DJANGO

from flake8_django_migrations.history.graph import MigrationGraph
from flake8_django_migrations.migration import Migration, MigrationKey
from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.steps import steps
from flake8_django_migrations.review import BY_CODE
from flake8_django_migrations.rules.rule import Subject

KEY = MigrationKey("shop", "0002_change")
CHAR = {"max_length": 100, "default": ""}
LOOSE = {"null": True, "db_constraint": False, "related_name": "+"}

WORDS = [
    alter("title", models.CharField(**CHAR, verbose_name="the title")),
    alter("title", models.CharField(**CHAR, help_text="what it is called", blank=True)),
    alter("title", models.CharField(**CHAR, choices=[("a", "A"), ("b", "B")])),
    alter("title", models.CharField(**CHAR, editable=False, error_messages={"blank": "no"})),
    alter("title", models.CharField(**CHAR, db_column="title")),
    alter("text", models.TextField(null=True, blank=True)),
    alter("number", models.IntegerField(null=True, choices=[(1, "one")])),
    alter("email", models.EmailField(null=True, verbose_name="e-mail"), model="customer"),
    alter("loose", FK("shop.Customer", models.DO_NOTHING, **LOOSE)),
    alter("loose", FK("shop.Customer", CASCADE, **{**LOOSE, "related_name": "loose_orders"})),
    alter("customer", FK("shop.Customer", models.PROTECT)),
    alter("customer", FK("shop.Customer", CASCADE, related_name="orders")),
    alter("customer", FK("shop.Customer", CASCADE, limit_choices_to={"name": "a"})),
    alter("customer", FK("shop.Customer", CASCADE, verbose_name="buyer", editable=False)),
    alter("profile", models.OneToOneField("shop.Customer", models.SET_NULL, null=True)),
    alter("products", models.ManyToManyField("shop.Product", related_name="wares", blank=True)),
    alter("a", models.IntegerField(verbose_name="a"), model="elsewhere"),
]
"""Keywords that no database ever sees."""

VALUES = [
    alter("title", models.CharField(max_length=100, default="other")),
    alter("number", models.IntegerField(null=True, default=4)),
    alter("count", models.PositiveIntegerField(default=9)),
    alter("created", models.DateTimeField(null=True, auto_now=True)),
    alter("created", models.DateTimeField(null=True, auto_now_add=True)),
    alter("title", models.EmailField(max_length=100, default="")),
    alter("title", models.URLField(max_length=100, default="")),
    alter("code", models.CharField(max_length=20, unique=True, db_index=True), model="customer"),
]
"""What Django's code fills in, and classes of one type: only SQLite has its table written anew."""


def codes(shop, given):
    """Every rule's word on a migration of these operations."""
    operations = tuple(map(django_sql.operation, given.operations))
    migration = Migration(key=KEY, path="shop/migrations/0002_change.py", operations=operations)
    subject = Subject(
        migration=migration,
        steps=steps(migration, shop.plain, shop.database, DJANGO),
        graph=MigrationGraph.of("shop", migration),
        database=shop.database,
        options=Options(databases=(shop.database,), django=DJANGO),
    )
    vendor = shop.database.vendor
    rules = [rule for rule in BY_CODE.values() if rule.check is not None]
    asked = [rule for rule in rules if not rule.databases or vendor in rule.databases]
    return {rule.code for rule in asked for _ in rule.check(subject)}


@pytest.mark.parametrize("operation", [*WORDS, *VALUES], ids=lambda each: case(each).name)
def test_postgresql_is_asked_for_nothing(operation, postgresql):
    assert asked_for_nothing(postgresql, case(operation))
    assert not postgresql.actions((operation,))
    assert codes(postgresql, case(operation)) == set()


@pytest.mark.parametrize("operation", [*WORDS, *VALUES], ids=lambda each: case(each).name)
def test_mariadb_is_asked_for_nothing(operation, mariadb):
    assert asked_for_nothing(mariadb, case(operation))
    assert not mariadb.actions((operation,))
    assert codes(mariadb, case(operation)) == set()


@pytest.mark.parametrize("operation", WORDS, ids=lambda each: case(each).name)
def test_sqlite_is_asked_for_nothing(operation, sqlite):
    assert asked_for_nothing(sqlite, case(operation))
    assert not sqlite.actions((operation,))
    assert codes(sqlite, case(operation)) == set()


@pytest.mark.parametrize("operation", VALUES, ids=lambda each: case(each).name)
def test_sqlite_writes_the_table_anew_for_nothing_which_nobody_need_know(operation, sqlite):
    assert all(action.is_remade for action in sqlite.actions((operation,)))
    assert codes(sqlite, case(operation)) == set()
