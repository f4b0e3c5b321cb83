"""DJM106 to DJM109: what a rollback leaves behind, and what it costs."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ORDER = """
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("note", models.TextField(null=True)),
    ],
),
"""


def sql(there, back, mark=""):
    return f"migrations.RunSQL(\n{there!r},{mark}\n{back},\n),"


def python(body, back, mark="", after="0001_earlier"):
    return (
        "from django.db import migrations, models\n\n\n"
        f"def work(apps, schema_editor):\n    {body}\n\n\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [('shop', '{after}')]\n"
        f"    operations = [\n        migrations.RunPython({mark}\nwork, {back}),\n    ]\n"
    )


NOOP = "migrations.RunSQL.noop"


class TestUnmirroredRollback:
    only = "DJM106"

    @pytest.mark.parametrize(
        ("there", "back"),
        [
            ("CREATE INDEX i ON shop_order (code)", "'DROP INDEX i'"),
            ("CREATE INDEX i ON shop_order (code)", "'DROP INDEX IF EXISTS I'"),
            ("CREATE INDEX i ON shop_order (code)", "None"),
            ("CREATE INDEX i ON shop_order (code)", "imported.sql"),
            ("CREATE INDEX i ON shop_order (code)", "'SELECT undo()'"),
            ("CREATE INDEX IF NOT EXISTS i ON shop_order (code)", NOOP),
            ("CREATE INDEX ON shop_order (code)", NOOP),
            ("CREATE OR REPLACE VIEW v AS SELECT 1", NOOP),
            ("ALTER TYPE t ADD VALUE IF NOT EXISTS 'x'", NOOP),
            ("CREATE TEMPORARY TABLE t (id int)", NOOP),
            ("DROP INDEX IF EXISTS i; CREATE INDEX i ON shop_order (code)", NOOP),
            ("CREATE TABLE t (id int); DROP TABLE t", NOOP),
            ("CREATE TABLE t (id int); CREATE INDEX i ON t (id)", "'DROP TABLE t'"),
            (
                "ALTER TABLE shop_order ADD COLUMN x int; CREATE INDEX i ON shop_order (x)",
                "'ALTER TABLE shop_order DROP COLUMN x'",
            ),
            (
                "ALTER TABLE shop_order ADD CONSTRAINT c CHECK (id > 0)",
                "'ALTER TABLE shop_order DROP CONSTRAINT c'",
            ),
            (
                (
                    "CREATE UNIQUE INDEX i ON shop_order (code); "
                    "ALTER TABLE shop_order ADD CONSTRAINT c UNIQUE USING INDEX i"
                ),
                "'ALTER TABLE shop_order DROP CONSTRAINT c'",
            ),
            ("ALTER TABLE shop_order DROP COLUMN IF EXISTS gone", NOOP),
            (
                "ALTER TABLE shop_order DROP CONSTRAINT c",
                "'ALTER TABLE shop_order ADD UNIQUE (code)'",
            ),
            ("ALTER TABLE t DROP CONSTRAINT c", "'CREATE TABLE t (id int)'"),
            (
                "ALTER TABLE shop_order DROP COLUMN note",
                "'ALTER TABLE shop_order ADD COLUMN note text'",
            ),
            (
                "ALTER TABLE shop_order RENAME COLUMN note TO x",
                "'ALTER TABLE shop_order RENAME COLUMN x TO note'",
            ),
            ("DROP TABLE shop_order", "'CREATE TABLE shop_order (id int)'"),
            ("DROP TABLE IF EXISTS other", NOOP),
            (
                "ALTER TABLE shop_order RENAME TO orders",
                "'ALTER TABLE orders RENAME TO shop_order'",
            ),
            ("UPDATE shop_order SET code = 1", NOOP),
        ],
    )
    def test_what_is_undone_or_can_be_repeated_is_silent(self, check, there, back):
        check(sql(there, back), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "beside",
        [
            "imported.Operation(),",
            "migrations.RunPython(imported.work, imported.back),",
            "migrations.RunSQL(imported.sql, 'SELECT 1'),",
        ],
    )
    def test_beside_what_is_not_known_it_is_silent(self, check, beside):
        made = sql("CREATE INDEX i ON shop_order (code)", NOOP)
        check(beside + made, earlier=[ORDER], only=self.only)

    def test_beside_an_operation_of_the_project_it_is_silent(self, check):
        source = (
            "from django.db import migrations\n"
            "from django.db.migrations.operations.base import Operation\n\n\n"
            "class Reload(Operation):\n    reversible = True\n\n\n"
            "class Migration(migrations.Migration):\n"
            "    dependencies = [('shop', '0001_earlier')]\n"
            "    operations = [\n        Reload(),\n"
            "        migrations.RunSQL('CREATE INDEX i ON shop_order (code)', ''),\n    ]\n"
        )
        check(source, earlier=[ORDER], only=self.only)

    def test_another_operation_may_undo_it(self, check):
        made = sql("CREATE INDEX i ON shop_order (code)", NOOP)
        other = sql("ANALYZE shop_order", "'DROP INDEX i'")
        check(other + made, earlier=[ORDER], only=self.only)

    def test_a_new_table_takes_all_with_it(self, check):
        check(ORDER + sql("CREATE INDEX i ON shop_order (code)", NOOP), only=self.only)
        check(ORDER + sql("ALTER TABLE shop_order DROP COLUMN note", NOOP), only=self.only)

    def test_an_unmanaged_model_is_silent(self, check):
        unmanaged = "migrations.AlterModelOptions('order', {'managed': False}),"
        drop = sql("ALTER TABLE shop_order DROP COLUMN IF EXISTS note", NOOP)
        check(drop, earlier=[ORDER, unmanaged], only=self.only)

    @pytest.mark.parametrize(
        ("there", "words"),
        [
            ("CREATE INDEX i ON shop_order (code)", "leaves index i there"),
            ("CREATE UNIQUE INDEX CONCURRENTLY i ON shop_order (code)", "leaves index i there"),
            ("CREATE TABLE t (id int)", "leaves table t there: migrating forwards again"),
            ("ALTER TYPE t ADD VALUE 'x'", "leaves enum value 'x' there"),
            ("ALTER TABLE shop_order ADD COLUMN x int", "leaves column x there"),
            (
                "ALTER TABLE shop_order ADD CONSTRAINT c CHECK (id > 0) NOT VALID",
                "leaves constraint c there",
            ),
            (
                "ALTER TABLE shop_order DROP COLUMN note",
                "does not bring back column shop_order.note: queries",
            ),
            ("DROP TABLE shop_order", "does not bring back table shop_order: queries"),
            ("DROP TABLE other", "does not bring back table other: migrating forwards again"),
            ("ALTER TABLE shop_order DROP COLUMN gone", "does not bring back column gone: migrat"),
            ("DROP INDEX i", "does not bring back index i: migrating forwards again fails"),
            ("ALTER TABLE shop_order DROP CONSTRAINT c", "does not bring back constraint c"),
            (
                "ALTER TABLE shop_order RENAME COLUMN note TO text",
                "does not bring back column shop_order.note",
            ),
            ("ALTER TABLE shop_order RENAME TO orders", "does not bring back table shop_order"),
        ],
    )
    def test_what_stays_or_stays_away_is_told(self, check, there, words):
        check(sql(there, NOOP, f"  # DJM106 {words}"), earlier=[ORDER], only=self.only)

    def test_a_function_that_was_read_keeps_nothing_back(self, check):
        made = sql("CREATE INDEX i ON shop_order (code)", NOOP, "  # DJM106 index i")
        work = "migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop),"
        check(work + made, earlier=[ORDER], only=self.only)


class TestBlockingRollback:
    only = "DJM107"
    index = "migrations.AddIndex('order', models.Index(fields=['code'], name='i')),"

    @pytest.mark.parametrize(
        "operation",
        [
            "RemoveIndexConcurrently('order', 'i'),",
            "migrations.AddField('order', 'x', models.IntegerField(null=True)),",
            "migrations.AlterField('order', 'code', models.IntegerField()),",
            "migrations.RunPython(imported.work, imported.back),",
            "migrations.DeleteModel('Order'),",
            "migrations.RunSQL('SELECT 1', 'UPDATE shop_order SET code = 1'),",
        ],
    )
    def test_a_quick_way_back_or_a_slow_way_there_is_silent(self, check, operation):
        check(operation, earlier=[ORDER, self.index], only=self.only, atomic=False)

    def test_a_new_table_is_silent(self, check):
        check(ORDER + self.index + "migrations.RemoveIndex('order', 'i'),", only=self.only)

    def test_a_small_table_is_silent(self, check):
        options = Options(table_rows={"shop_order": 5})
        removed = "migrations.RemoveIndex('order', 'i'),"
        check(removed, earlier=[ORDER, self.index], options=options, only=self.only)

    @pytest.mark.parametrize(
        ("operation", "words"),
        [
            ("migrations.RemoveIndex('order', 'i'),", "builds an index on shop_order under SHARE"),
            (
                "migrations.AlterField('order', 'code', models.TextField()),",
                "rewrites shop_order under ACCESS EXCLUSIVE",
            ),
            (
                (
                    "migrations.AlterField('order', 'code', "
                    "models.CharField(max_length=20, null=True)),"
                ),
                "scans shop_order under ACCESS EXCLUSIVE",
            ),
        ],
    )
    def test_work_on_every_row_on_the_way_back_is_told(self, check, operation, words):
        check(f"{operation}  # DJM107 {words}", earlier=[ORDER, self.index], only=self.only)


class TestSharedExtension:
    only = "DJM108"
    head = "from django.contrib.postgres.operations import CITextExtension, TrigramExtension\n"

    def migration(self, operation, *after):
        dependencies = ", ".join(f"({app!r}, {name!r})" for app, name in after)
        return (
            f"{self.head}from django.db import migrations\n\n\n"
            "class Migration(migrations.Migration):\n"
            f"    dependencies = [{dependencies}]\n"
            f"    operations = [\n        {operation}\n    ]\n"
        )

    def test_the_first_to_create_it_is_silent(self, check):
        check(self.migration("CITextExtension(),"), only=self.only)

    def test_another_extension_or_an_app_not_depended_on_is_silent(self, check):
        first = self.migration("CITextExtension(),")
        other = self.migration("TrigramExtension(),", ("shop", "0001_earlier"))
        check(other, earlier=[first], only=self.only)
        files = {"base/migrations/0001_one.py": first}
        check(self.migration("CITextExtension(),"), files=files, only=self.only)

    def test_sql_that_creates_it_is_silent(self, check):
        again = self.migration(
            "migrations.RunSQL('CREATE EXTENSION citext', migrations.RunSQL.noop),",
            ("shop", "0001_earlier"),
        )
        check(again, earlier=[self.migration("CITextExtension(),")], only=self.only)

    def test_one_that_was_there_is_told_with_who_made_it(self, check):
        first = self.migration("CITextExtension(),")
        again = "CITextExtension(),  # DJM108 extension citext, which shop.0001_earlier created"
        check(self.migration(again, ("shop", "0001_earlier")), earlier=[first], only=self.only)

    def test_an_app_that_is_depended_on_counts(self, check):
        files = {"base/migrations/0001_one.py": self.migration("CITextExtension(),")}
        again = "CITextExtension(),  # DJM108 which base.0001_one created before"
        check(self.migration(again, ("base", "0001_one")), files=files, only=self.only)


class TestUnrestoredRows:
    only = "DJM109"
    delete = "apps.get_model('shop', 'order').objects.filter(code='').delete()"

    @pytest.mark.parametrize(
        ("body", "back"),
        [
            (delete, "None"),
            (delete, "work"),
            (delete, "imported.back"),
            (
                "apps.get_model('shop', 'order').objects.update(code='')",
                "migrations.RunPython.noop",
            ),
            ("imported.work(apps)", "migrations.RunPython.noop"),
            ("imported.Order.objects.all().delete()", "migrations.RunPython.noop"),
        ],
    )
    def test_what_deletes_nothing_or_has_a_way_back_is_silent(self, check, body, back):
        check(python(body, back), earlier=[ORDER], only=self.only)

    def test_rows_of_a_small_model_elsewhere_are_silent(self, check):
        delete = "apps.get_model('auth', 'permission').objects.all().delete()"
        check(python(delete, "migrations.RunPython.noop"), earlier=[ORDER], only=self.only)

    def test_rows_that_are_gone_for_good_are_told(self, check):
        mark = "  # DJM109 work deletes from shop.order"
        check(
            python(self.delete, "migrations.RunPython.noop", mark), earlier=[ORDER], only=self.only
        )


def test_extensions_are_of_postgresql_alone(check):
    options = Options(databases=(parse_database("mysql:8.0"),))
    shared = TestSharedExtension()
    again = shared.migration("CITextExtension(),", ("shop", "0001_earlier"))
    check(again, earlier=[shared.migration("CITextExtension(),")], options=options, only="DJM108")
