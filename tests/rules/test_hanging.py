"""DJM309: constraints and indexes that go with a column, and stay in the state."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ONLY = "DJM309"
ORDER = """
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("total", models.IntegerField()),
    ],
),
"""
REMOVE = "migrations.RemoveField('order', 'code'),"


def add(constraint):
    return f"migrations.AddConstraint('order', {constraint}),"


def index(rest):
    return f"migrations.AddIndex('order', models.Index({rest}, name='one')),"


UNIQUE = add("models.UniqueConstraint(fields=['code', 'total'], name='one')")


@pytest.mark.parametrize(
    ("made", "gone"),
    [
        (UNIQUE, "migrations.RemoveConstraint('order', 'one'),"),
        (index("fields=['code']"), "migrations.RemoveIndex('order', 'one'),"),
        (
            "migrations.AlterUniqueTogether('order', {('code', 'total')}),",
            "migrations.AlterUniqueTogether('order', set()),",
        ),
        (
            "migrations.AlterIndexTogether('order', {('code', 'total')}),",
            "migrations.AlterIndexTogether('order', set()),",
        ),
    ],
)
def test_what_is_removed_before_the_field_is_silent(check, made, gone):
    check(gone + REMOVE, earlier=[ORDER, made], only=ONLY)
    check(REMOVE, earlier=[ORDER, made, gone], only=ONLY)


@pytest.mark.parametrize(
    "made",
    [
        add("models.UniqueConstraint(fields=['total'], name='one')"),
        add("models.CheckConstraint(condition=models.Q(total__gt=0), name='one')"),
        add("models.CheckConstraint(condition=imported.q, name='one')"),
        add("models.UniqueConstraint(fields=imported.fields, name='one')"),
        index("fields=['total']"),
        index("fields=imported.fields"),
        index("fields=['total', imported.field]"),
        add("models.UniqueConstraint(fields=['total', imported.field], name='one')"),
        "migrations.AlterUniqueTogether('order', imported.groups),",
        "migrations.AlterUniqueTogether('order', {('id', 'total')}),",
    ],
)
def test_what_does_not_name_the_field_for_certain_is_silent(check, made):
    check(REMOVE, earlier=[ORDER, made], only=ONLY)


def test_a_new_table_is_silent(check):
    check(ORDER + UNIQUE + REMOVE, only=ONLY)


@pytest.mark.parametrize("half", ["state_operations", "database_operations"])
def test_the_halves_of_an_operation_are_not_asked(check, half):
    nested = f"migrations.SeparateDatabaseAndState({half}=[{REMOVE}]),"
    check(nested, earlier=[ORDER, UNIQUE], only=ONLY)


def test_a_doubtful_or_missing_model_is_silent(check):
    check("imported.Operation()," + REMOVE, earlier=[ORDER, UNIQUE], only=ONLY)
    check(REMOVE, only=ONLY)


def test_other_databases_do_otherwise(check):
    mysql = Options(databases=(parse_database("mysql:8.0"),))
    check(REMOVE, earlier=[ORDER, UNIQUE], options=mysql, only=ONLY)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (UNIQUE, "removing order.code drops constraint one silently"),
        (
            add(
                "models.UniqueConstraint(fields=['total'], "
                "condition=models.Q(('code__gt', 'a')), name='one')"
            ),
            "constraint one",
        ),
        (
            add("models.UniqueConstraint(fields=['total'], include=['code'], name='one')"),
            "constraint one",
        ),
        (
            add(
                "models.CheckConstraint(condition=models.Q(models.Q(total=models.F('code')), "
                "total__gt=0), name='one')"
            ),
            "constraint one",
        ),
        (
            add("models.CheckConstraint(check=~models.Q(code=''), name='one')"),
            "constraint one",
        ),
        (index("fields=['total', '-code']"), "index one"),
        (index("models.functions.Lower(models.F('code'))"), "index one"),
        (index("models.F('code').desc()"), "index one"),
        (index("fields=['total'], condition=models.Q(code='x')"), "index one"),
        ("migrations.AlterUniqueTogether('order', {('code', 'total')}),", "unique_together (code,"),
        ("migrations.AlterIndexTogether('order', {('code', 'total')}),", "index_together (code,"),
    ],
)
def test_what_names_the_field_goes_with_it(check, made, words):
    check(f"{REMOVE}  # DJM309 {words}", earlier=[ORDER, made], only=ONLY)


def test_a_removal_that_comes_too_late_fails(check):
    check(
        f"{REMOVE}  # DJM309\nmigrations.RemoveConstraint('order', 'one'),",
        earlier=[ORDER, UNIQUE],
        only=ONLY,
    )
