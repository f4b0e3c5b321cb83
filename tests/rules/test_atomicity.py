"""DJM205: what RunPython says about its transaction, where Django does not ask."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ONLY = "DJM205"
NESTED = "migrations.SeparateDatabaseAndState(database_operations=[\n{}\n]),"


def run(atomic, mark=""):
    return f"migrations.RunPython({mark}\nimported.work, imported.back, {atomic}),"


@pytest.mark.parametrize("atomic", ["", "atomic=True", "atomic=None", "atomic=imported.x"])
def test_in_an_atomic_migration_only_false_is_ignored(check, atomic):
    check(run(atomic), only=ONLY)
    check(NESTED.format(run(atomic)), only=ONLY)


@pytest.mark.parametrize("atomic", ["", "atomic=True", "atomic=None", "atomic=False"])
def test_at_the_top_of_a_migration_that_is_not_atomic_it_counts(check, atomic):
    check(run(atomic), atomic=False, only=ONLY)


@pytest.mark.parametrize("atomic", ["", "atomic=None", "atomic=False"])
def test_nested_there_only_true_is_ignored(check, atomic):
    check(NESTED.format(run(atomic)), atomic=False, only=ONLY)


def test_what_does_nothing_needs_no_transaction(check):
    noop = "migrations.RunPython(migrations.RunPython.noop, atomic=False),"
    check(noop, only=ONLY)


def test_where_ddl_is_not_rolled_back_there_is_no_transaction_around_it(check):
    options = Options(databases=(parse_database("mysql:8.0"),))
    check(run("atomic=False"), options=options, only=ONLY)


def test_false_inside_the_transaction_of_the_migration_is_told(check):
    mark = "  # DJM205 RunPython(..., atomic=False) runs in the migration's transaction"
    check(run("atomic=False", mark), only=ONLY)
    check(NESTED.format(run("atomic=False", mark)), only=ONLY)


def test_true_inside_another_operation_is_told(check):
    mark = "  # DJM205 runs without a transaction all the same: take it out"
    check(NESTED.format(run("atomic=True", mark)), atomic=False, only=ONLY)
