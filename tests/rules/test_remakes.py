"""DJM318: what SQL has put on a table that SQLite writes anew."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ONLY = "DJM318"
SQLITE = Options(databases=(parse_database("sqlite"),))
ORDER = """
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("total", models.IntegerField(null=True)),
    ],
),
"""
WIDER = "migrations.AlterField('order', 'code', models.CharField(max_length=30)),"
NULLABLE = "migrations.AlterField('order', 'code', models.CharField(max_length=9, null=True)),"
INDEX = "CREATE INDEX one ON shop_order (lower(code))"


def sql(text):
    return f"migrations.RunSQL({text!r}, migrations.RunSQL.noop),"


@pytest.mark.parametrize(
    "made",
    [
        "CREATE INDEX one ON shop_line (lower(code))",
        "CREATE VIEW one AS SELECT id FROM shop_line",
        "CREATE TABLE one (id int)",
        "SELECT 1",
    ],
)
def test_what_is_on_another_table_is_silent(check, made):
    check(WIDER, earlier=[ORDER, sql(made)], options=SQLITE, only=ONLY)


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.AddField('order', 'x', models.IntegerField(null=True)),",
        "migrations.AddIndex('order', models.Index(fields=['code'], name='i')),",
        "migrations.RenameField('order', 'code', 'name'),",
        "migrations.RemoveField('order', 'total'),",
        "migrations.AlterField('order', 'code', models.CharField('x', max_length=20)),",
    ],
)
def test_what_sqlite_does_in_place_is_silent(check, operation):
    check(operation, earlier=[ORDER, sql(INDEX)], options=SQLITE, only=ONLY)


def test_other_databases_alter_in_place(check):
    check(WIDER, earlier=[ORDER, sql(INDEX)], only=ONLY)


def test_an_index_that_the_state_knows_is_made_again(check):
    state = "[migrations.AddIndex('order', models.Index(fields=['code'], name='one'))]"
    made = f"migrations.RunSQL({INDEX!r}, 'DROP INDEX one', state_operations={state}),"
    check(WIDER, earlier=[ORDER, made], options=SQLITE, only=ONLY)


def test_what_is_dropped_before_or_made_again_after_is_silent(check):
    check(sql("DROP INDEX one") + WIDER, earlier=[ORDER, sql(INDEX)], options=SQLITE, only=ONLY)
    check(WIDER + sql(INDEX), earlier=[ORDER, sql(INDEX)], options=SQLITE, only=ONLY)


def test_what_is_gone_already_is_silent(check):
    before = [ORDER, sql(INDEX), NULLABLE]
    check(WIDER, earlier=before, options=SQLITE, only=ONLY)
    check("imported.Operation()," + WIDER, earlier=[ORDER, sql(INDEX)], options=SQLITE, only=ONLY)
    check(WIDER, earlier=[ORDER, "migrations.RunSQL(imported.sql),"], options=SQLITE, only=ONLY)


def test_a_new_table_is_silent(check):
    check(ORDER + sql(INDEX) + WIDER, options=SQLITE, only=ONLY)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (INDEX, "index one, which SQL has made, is gone"),
        ("CREATE UNIQUE INDEX IF NOT EXISTS one ON shop_order (code)", "index one"),
        ("CREATE TRIGGER one AFTER INSERT ON shop_order BEGIN SELECT 1; END", "trigger one"),
        ("CREATE TRIGGER one UPDATE OF code ON shop_order BEGIN SELECT 1; END", "trigger one"),
        ("CREATE VIEW one AS SELECT id FROM shop_order", "that fails while view one is there"),
    ],
)
def test_what_goes_with_the_old_table_is_told_once(check, made, words):
    told = f"{WIDER}  # DJM318 SQLite writes shop_order anew: {words}\n{NULLABLE}"
    check(told, earlier=[ORDER, sql(made)], options=SQLITE, only=ONLY)
