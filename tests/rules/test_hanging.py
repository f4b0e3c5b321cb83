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


DOUBLE = """
migrations.AddField(
    "order",
    "short",
    models.GeneratedField(
        expression={expression}, output_field=models.CharField(max_length=20), db_persist=True
    ),
),
"""


class TestGeneratedColumns:
    @pytest.mark.parametrize(
        "expression",
        [
            "models.F('total') * 2",
            "models.Value('code')",
            "imported.expression",
            "models.functions.Extract('total', 'code')",
            "imported.Function('code')",
        ],
    )
    def test_one_that_is_not_surely_made_of_the_field_is_silent(self, check, expression):
        check(REMOVE, earlier=[ORDER, DOUBLE.format(expression=expression)], only=ONLY)

    def test_one_that_is_removed_first_is_silent(self, check):
        made = DOUBLE.format(expression="models.functions.Lower('code')")
        gone = "migrations.RemoveField('order', 'short'),"
        check(gone + REMOVE, earlier=[ORDER, made], only=ONLY)

    def test_without_cascade_nothing_goes_silently(self, check):
        made = DOUBLE.format(expression="models.functions.Lower('code')")
        check(REMOVE, earlier=[ORDER, made], options=Options(django=(6, 0)), only=ONLY)

    @pytest.mark.parametrize(
        "expression",
        [
            "models.F('code')",
            "models.functions.Lower('code')",
            "models.functions.Concat(models.functions.Lower('code'), models.Value('x'))",
            "models.functions.Coalesce(models.Value(''), models.functions.Lower('code'))",
            "models.functions.Extract('code', 'year')",
            "models.Case(models.When(models.Q(total=1), then=models.functions.Lower('code')))",
        ],
    )
    def test_one_that_is_made_of_the_field_goes_with_it(self, check, expression):
        made = DOUBLE.format(expression=expression)
        told = f"{REMOVE}  # DJM309 drops generated column short silently"
        check(told, earlier=[ORDER, made], only=ONLY)


class TestViews:
    def sql(self, text):
        return f"migrations.RunSQL({text!r}),"

    @pytest.mark.parametrize(
        "text",
        [
            "CREATE VIEW v AS SELECT id, total FROM shop_order",
            "CREATE VIEW v AS SELECT 'code' FROM shop_order",
            "CREATE VIEW v AS SELECT code FROM shop_line",
            "CREATE VIEW v AS SELECT code FROM shop_order o JOIN shop_line l ON l.id = o.id",
            "CREATE VIEW v AS SELECT code FROM shop_order, shop_line",
            "CREATE VIEW v AS SELECT id FROM (SELECT code FROM shop_order) o",
            "CREATE VIEW v AS SELECT count(*) FROM shop_order",
            "CREATE VIEW v AS WITH t AS (SELECT 1) SELECT code FROM shop_order",
            "CREATE FUNCTION f() RETURNS int",
        ],
    )
    def test_one_that_does_not_surely_read_the_column_is_silent(self, check, text):
        check(REMOVE, earlier=[ORDER, self.sql(text)], only=ONLY)

    def test_one_that_is_not_known_is_silent(self, check):
        check(REMOVE, earlier=[ORDER, "migrations.RunSQL(imported.sql),"], only=ONLY)
        text = "migrations.RunSQL(['SELECT 1', imported.sql]),"
        check(REMOVE, earlier=[ORDER, text], only=ONLY)

    def test_a_column_whose_name_is_not_known_is_silent(self, check):
        unread = ORDER.replace("max_length=20", "max_length=20, db_column=imported.name")
        made = self.sql("CREATE VIEW v AS SELECT * FROM shop_order")
        check(REMOVE, earlier=[unread, made], only=ONLY)

    def test_one_that_is_dropped_or_made_anew_is_silent(self, check):
        made = self.sql("CREATE VIEW v AS SELECT code FROM shop_order")
        gone = self.sql("DROP VIEW v")
        anew = self.sql("CREATE VIEW v AS SELECT total FROM shop_order")
        check(gone + REMOVE, earlier=[ORDER, made], only=ONLY)
        check(REMOVE, earlier=[ORDER, made, gone], only=ONLY)
        check(gone + REMOVE + anew, earlier=[ORDER, made], only=ONLY)
        check(REMOVE + anew, earlier=[ORDER, made], only=ONLY)

    def test_without_cascade_nothing_goes_silently(self, check):
        made = self.sql("CREATE VIEW v AS SELECT code FROM shop_order")
        check(REMOVE, earlier=[ORDER, made], options=Options(django=(6, 0)), only=ONLY)

    @pytest.mark.parametrize(
        "text",
        [
            "CREATE VIEW v AS SELECT id, code FROM shop_order",
            "create or replace view v as select * from shop_order",
            "CREATE MATERIALIZED VIEW v AS SELECT lower(code) FROM shop_order",
            "CREATE VIEW v AS SELECT id FROM shop_order WHERE code > 'a'",
        ],
    )
    def test_one_that_reads_the_column_goes_with_it(self, check, text):
        check(f"{REMOVE}  # DJM309 view v", earlier=[ORDER, self.sql(text)], only=ONLY)

    def test_a_field_that_the_model_does_not_have_takes_no_view_along(self, check):
        made = self.sql("CREATE VIEW v AS SELECT * FROM shop_order")
        check("migrations.RemoveField('order', 'gone'),", earlier=[ORDER, made], only=ONLY)
