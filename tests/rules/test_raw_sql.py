"""Raw SQL: transactions, settings, schemas, enums, types, values, and what is refused."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ORDER = """
migrations.CreateModel(
    "Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
    ],
    options={"indexes": [models.Index(fields=["code"], name="order_code_idx")]},
),
"""
MYSQL = Options(databases=(parse_database("mysql:8.0"),))
BOTH = Options(databases=(parse_database("postgresql:14"), parse_database("sqlite")))


def sql(*statements, mark="", args=""):
    """A RunSQL of these statements, the last of them marked."""
    *first, last = statements
    lines = [*(f"    {each!r}," for each in first), f"    {last!r},  {mark}"]
    return "\n".join(["migrations.RunSQL([", *lines, f"], migrations.RunSQL.noop{args}),"])


@pytest.fixture
def only(check):
    def verb(code, snippet, **given):
        check(snippet, earlier=[ORDER], only=code, **given)

    return verb


class TestEndedTransaction:
    @pytest.mark.parametrize(
        "snippet",
        [
            sql("SAVEPOINT a", "ROLLBACK TO SAVEPOINT a", "RELEASE SAVEPOINT a"),
            sql("BEGIN"),
            sql("SELECT 'COMMIT'", "-- COMMIT", 'SELECT "COMMIT" FROM t'),
            sql("CREATE FUNCTION f() RETURNS void AS $$ COMMIT $$ LANGUAGE sql"),
        ],
    )
    def test_what_ends_no_transaction_is_fine(self, only, snippet):
        only("DJM417", snippet)

    def test_a_migration_that_has_no_transaction_may_end_one(self, only):
        only("DJM417", sql("BEGIN", "UPDATE shop_order SET code = ''", "COMMIT"), atomic=False)

    @pytest.mark.parametrize("word", ["COMMIT", "rollback", "END", "ABORT"])
    def test_the_end_of_djangos_transaction_is_told(self, only, word):
        only("DJM417", sql("SELECT 1", word, mark=f"# DJM417 {word.upper()} ends Django's"))

    def test_it_is_told_once(self, only):
        only("DJM417", sql("COMMIT", mark="# DJM417") + sql("COMMIT"))

    def test_the_way_back_is_a_transaction_too(self, only):
        only("DJM417", "migrations.RunSQL('SELECT 1', 'COMMIT'),  # DJM417")
        only("DJM417", "migrations.RunSQL('SELECT 1', 'SELECT 2'),")

    def test_a_block_may_not_end_it_either(self, only):
        only("DJM417", sql("DO $$ BEGIN COMMIT; END $$", mark="# DJM417 DO block fails"))


class TestLeakingSetting:
    @pytest.mark.parametrize(
        "snippet",
        [
            sql("SET LOCAL statement_timeout = 0"),
            sql("SET lock_timeout = '2s'"),
            sql("SET lock_timeout = 500"),
            sql("SET client_encoding = 'UTF8'"),
            sql("SET CONSTRAINTS ALL IMMEDIATE"),
            sql("SET statement_timeout = 0", "RESET statement_timeout"),
            sql("SET statement_timeout = 0", "SET statement_timeout TO DEFAULT"),
            sql("SET statement_timeout = 0", "RESET ALL"),
            sql("SET statement_timeout = 0", "DISCARD ALL"),
            sql("SET search_path = a", "SELECT 1", "SET search_path = public"),
            sql("SET session_replication_role = 'origin'"),
            sql("RESET statement_timeout"),
            sql("SET statement_timeout = 0") + sql("RESET statement_timeout"),
        ],
    )
    def test_what_is_given_back_or_harmless_is_fine(self, only, snippet):
        only("DJM418", snippet)

    @pytest.mark.parametrize(
        "setting",
        [
            "SET lock_timeout = 0",
            "SET lock_timeout TO '0s'",
            "SET statement_timeout = '1h'",
            "SET search_path TO legacy, public",
            "SET session_replication_role = replica",
            "SET ROLE admin",
            "SET SESSION AUTHORIZATION admin",
        ],
    )
    def test_a_setting_that_stays_is_told(self, only, setting):
        only("DJM418", sql(setting, mark="# DJM418 use SET LOCAL"))
        only("DJM418", sql(setting, mark="# DJM418 RESET it"), atomic=False)

    def test_mysql_has_no_local_settings(self, only):
        off = sql("SET FOREIGN_KEY_CHECKS=0", mark="# DJM418 set it back")
        only("DJM418", off, options=MYSQL)
        only("DJM418", sql("SET FOREIGN_KEY_CHECKS=0", "SET FOREIGN_KEY_CHECKS=1"), options=MYSQL)
        only("DJM418", sql("SET @a = 0", "SET NAMES utf8mb4"), options=MYSQL)


class TestIdleSetLocal:
    def test_in_a_transaction_it_works(self, only):
        only("DJM419", sql("SET LOCAL lock_timeout = 1"))

    @pytest.mark.parametrize(
        "snippet",
        [
            sql("SET lock_timeout = 1"),
            sql("SET LOCAL lock_timeout = 1; SELECT 1"),
            sql("BEGIN", "SAVEPOINT a", "SET LOCAL lock_timeout = 1", "COMMIT"),
            sql("START TRANSACTION", "SET LOCAL lock_timeout = 1"),
            sql("DO $$ BEGIN SET LOCAL lock_timeout = 1; END $$"),
        ],
    )
    def test_an_open_transaction_is_enough(self, only, snippet):
        only("DJM419", snippet, atomic=False)

    def test_a_function_may_open_one(self, only):
        only(
            "DJM419",
            """
            from django.db import migrations, transaction

            def forwards(apps, schema_editor):
                with transaction.atomic():
                    schema_editor.execute("SET LOCAL lock_timeout = 1")

            class Migration(migrations.Migration):
                atomic = False
                dependencies = [("shop", "0001_earlier")]
                operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
            """,
        )

    def test_without_one_it_does_nothing(self, only):
        given = sql(
            "SET LOCAL lock_timeout = 1", mark="# DJM419 SET LOCAL lock_timeout does nothing"
        )
        only("DJM419", given, atomic=False)
        given = sql("SET CONSTRAINTS ALL DEFERRED", mark="# DJM419 take it out")
        only("DJM419", given, atomic=False)
        given = sql("BEGIN", "COMMIT", "SET LOCAL lock_timeout = 1", mark="# DJM419")
        only("DJM419", given, atomic=False)


class TestDroppedSchema:
    @pytest.mark.parametrize(
        "statements",
        [
            ["DROP SCHEMA legacy"],
            ["DROP SCHEMA IF EXISTS legacy RESTRICT"],
            ["CREATE SCHEMA legacy", "DROP SCHEMA legacy CASCADE"],
            ["DROP VIEW legacy CASCADE"],
        ],
    )
    def test_an_empty_or_new_schema_may_go(self, only, statements):
        only("DJM316", sql(*statements))

    def test_a_full_one_is_told(self, only):
        only("DJM316", sql("drop schema legacy cascade", mark="# DJM316 schema legacy is dropped"))
        only("DJM316", sql("DROP DATABASE shop", mark="# DJM316 database shop"), atomic=False)
        only("DJM316", sql("DROP SCHEMA shop", mark="# DJM316 schema shop"), options=MYSQL)


class TestRenamedEnumValue:
    @pytest.mark.parametrize(
        "statements",
        [
            ["ALTER TYPE mood ADD VALUE 'glad'"],
            ["ALTER TYPE mood RENAME TO moods"],
            ["CREATE TYPE mood AS ENUM ('a')", "ALTER TYPE mood RENAME VALUE 'a' TO 'b'"],
        ],
    )
    def test_no_value_that_is_in_use_changes(self, only, statements):
        only("DJM910", sql(*statements))

    def test_a_renamed_value_is_told(self, only):
        given = sql("ALTER TYPE mood RENAME VALUE 'a' TO 'b'", mark="# DJM910 mood becomes b while")
        only("DJM910", given)


class TestWeakColumnType:
    @pytest.mark.parametrize(
        "given",
        ["jsonb", "text", "varchar(10)", '"char"', "timestamptz", "timestamp with time zone",
         "bigint GENERATED BY DEFAULT AS IDENTITY", "numeric(8, 2)", "time", "int"],
    )  # fmt: skip
    def test_a_type_as_django_takes_it_is_fine(self, only, given):
        only("DJM814", sql(f"ALTER TABLE shop_order ADD COLUMN a {given}"))

    def test_djangos_own_operations_are_fine(self, only):
        only("DJM814", "migrations.AddField('order', 'a', models.CharField(max_length=3)),")

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ("json NULL", "json, it cannot be compared or indexed: use jsonb"),
            ("char(3)", "char(3), it is filled up with blanks: use text"),
            ("character (3)", "use text"),
            ("timestamp", "it has no zone: use timestamptz"),
            ("timestamp without time zone NOT NULL", "use timestamptz"),
            ("timestamp(3)", "use timestamptz"),
            ("bigserial", "use an identity"),
            ("money", "use numeric"),
        ],
    )
    def test_a_type_of_the_past_is_told(self, only, given, words):
        mark = f"# DJM814 {words}"
        only("DJM814", sql(f"ALTER TABLE shop_order ADD COLUMN a {given}", mark=mark))

    def test_so_is_a_new_type_of_an_old_column(self, only):
        given = "ALTER TABLE shop_order ALTER COLUMN code TYPE char(3)"
        only("DJM814", sql(given, mark="# DJM814 shop.order.code is char(3)"))


FUNCTION = """
from django.conf import settings
from django.db import migrations

TABLE = "shop_order"

def forwards(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    for order in Order.objects.iterator():
        with schema_editor.connection.cursor() as cursor:
            cursor.execute({})  {}

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_earlier")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
"""


class TestQuotedValue:
    @pytest.mark.parametrize(
        "argument",
        [
            '"UPDATE t SET a = %s", [order.code]',
            'f"UPDATE {Order._meta.db_table} SET a = 1"',
            "f\"SELECT setval('{Order._meta.db_table}_id_seq', 1)\"",
            "f\"UPDATE {TABLE} SET a = 'x' WHERE id = {order.pk}\"",
            "f\"ALTER TABLE t ALTER a SET DEFAULT '{order.code}'\"",
            "f\"UPDATE t SET a = 'it''s' WHERE id = {order.pk}\"",
            "\"SELECT '{}'\".format(TABLE)",
            "\"SELECT '%s'\" % TABLE",
            '"SELECT \'{".format(order.code)',
            "\"SELECT '{a}'\".format(b=order.code)",
            "order.code",
            "sql=f\"UPDATE t SET a = '{order.code}'\"",
            '"SELECT " + order.code',
            'sql.SQL("SELECT {}").format(order.code)',
        ],
    )
    def test_what_is_no_value_between_quotes_is_fine(self, only, argument):
        only("DJM206", FUNCTION.format(argument, ""))

    @pytest.mark.parametrize(
        "argument",
        [
            "f\"UPDATE t SET a = '{order.code}'\"",
            "f\"UPDATE t SET a = 'x{order.code}y' WHERE b = '{order.pk}'\"",
            "\"UPDATE t SET a = '%s'\" % order.code",
            "\"UPDATE t SET a = %s, b = '%s'\" % (order.pk, order.code)",
            "\"UPDATE t SET a = '%(code)s'\" % {'code': order.code}",
            "\"UPDATE t SET a = '{}'\".format(order.code)",
            "\"UPDATE t SET a = {0}, b = '{1}'\".format(order.pk, order.code)",
            "\"UPDATE t SET a = '{code}'\".format(code=order.code)",
            '"UPDATE t SET a = \'" + order.code + "\'"',
            "f\"UPDATE {TABLE} SET a = '{order.code}'\"",
        ],
    )
    def test_a_value_between_quotes_is_told(self, only, argument):
        only("DJM206", FUNCTION.format(argument, "# DJM206 order.code is put"))

    def test_a_long_value_is_not_spelled_out(self, only):
        value = "order.code." + "strip()." * 6 + "lower()"
        text = f'"UPDATE t SET a = \'" + {value} + "\'"'
        only("DJM206", FUNCTION.format(text, "# DJM206 a value is put"))

    def test_raw_sql_of_an_operation_is_read_too(self, only):
        text = "f\"UPDATE t SET a = '{settings.X}'\""
        only("DJM206", f"migrations.RunSQL({text}),  # DJM206 settings.X is put")


class TestRefused:
    @pytest.mark.parametrize(
        "entry",
        [
            "'SELECT 1 %% 2', []",
            "'SELECT %s', [1]",
            "'SELECT %s %% 2', [1]",
            "'SELECT %(a)s', {'a': 1}",
            "'SELECT %(a)s', [1]",
            "\"SELECT '%s'\", None",
            "'SELECT a % b', None",
            "'SELECT a %s', None",
            "'SELECT $$ a = %s $$', None",
            "'SELECT 1 -- = %s', None",
            "'SELECT % s', [1]",
            "'SELECT %s', settings.X",
            "settings.X, [1]",
        ],
    )
    def test_parameters_that_fit_are_fine(self, only, entry):
        only("DJM809", f"migrations.RunSQL([({entry})], migrations.RunSQL.noop),")

    @pytest.mark.parametrize(
        ("entry", "words"),
        [
            ("'SELECT %s LIKE \"a%\"', [1]", "a lone % beside parameters always fails"),
            ("'SELECT %s %', [1]", "write %%"),
            ("'SELECT %s, %s', [1]", "SQL with 2 placeholders and 1 parameters"),
            ("'SELECT 1', [1]", "SQL with 0 placeholders and 1 parameters"),
            ("'UPDATE t SET a = %s', None", "%s without parameters always fails (syntax error)"),
            ("'SELECT f(%s)'", "%s without parameters"),
        ],
    )
    def test_parameters_that_do_not_fit_are_told(self, only, entry, words):
        if "," not in entry.rpartition("'")[2]:
            only("DJM809", f"migrations.RunSQL({entry}),  # DJM809 {words}")
        else:
            only("DJM809", f"migrations.RunSQL([({entry})]),  # DJM809 {words}")

    def test_sqlite_takes_a_lone_percent_sign(self, only):
        options = Options(databases=(parse_database("sqlite"),))
        only("DJM809", "migrations.RunSQL([('SELECT %s LIKE \"a%\"', [1])]),", options=options)

    @pytest.mark.parametrize(
        "text",
        ["['SELECT 1']", "[('SELECT 1', None)]", "('SELECT 1', 'SELECT 2')", "[*settings.X]"],
    )
    def test_pairs_and_texts_are_fine(self, only, text):
        only("DJM809", f"migrations.RunSQL({text}),")

    @pytest.mark.parametrize(
        ("text", "length"),
        [("[('SELECT 1',)]", 1), ("[('SELECT 1', [1], 2)]", 3), ("('SELECT %s', [1])", 1)],
    )
    def test_an_entry_that_is_no_pair_is_told(self, only, text, length):
        words = f"ValueError: Expected a 2-tuple but got {length}"
        only("DJM809", f"migrations.RunSQL({text}),  # DJM809 {words}")

    @pytest.mark.parametrize(
        "statements",
        [
            ["CREATE UNIQUE INDEX u ON shop_order (code)",
             "ALTER TABLE shop_order ADD CONSTRAINT u UNIQUE USING INDEX u"],
            ["ALTER TABLE shop_order ADD CONSTRAINT u UNIQUE USING INDEX u"],
            ["ALTER TABLE unknown ADD CONSTRAINT u UNIQUE USING INDEX order_code_idx"],
        ],
    )  # fmt: skip
    def test_a_constraint_may_take_over_a_unique_index(self, only, statements):
        only("DJM809", sql(*statements))

    def test_the_way_back_is_read_too(self, only):
        only("DJM809", "migrations.RunSQL('SELECT 1', [('SELECT 1',)]),  # DJM809 2-tuple")
        only("DJM809", "migrations.RunSQL(settings.X, None),")
        only("DJM809", "migrations.RunSQL(settings.X, settings.Y),")

    def test_one_that_is_not_unique_is_refused(self, only):
        told = "# DJM809 a constraint on i, which is not unique, always fails"
        using = "ALTER TABLE shop_order ADD CONSTRAINT u UNIQUE USING INDEX"
        only("DJM809", sql("CREATE INDEX i ON shop_order (code)", f"{using} i", mark=told))
        only(
            "DJM809", sql(f"{using} order_code_idx", mark="# DJM809 a constraint on order_code_idx")
        )

    @pytest.mark.parametrize(
        "statements",
        [
            ["ALTER TYPE mood ADD VALUE 'glad'", "UPDATE shop_order SET code = 'sad'"],
            ["CREATE TYPE mood AS ENUM ()", "ALTER TYPE mood ADD VALUE 'glad'",
             "UPDATE shop_order SET code = 'glad'"],
            ["ALTER TYPE mood ADD VALUE 'glad'", "COMMIT", "UPDATE shop_order SET code = 'glad'"],
            ["ALTER TYPE mood ADD VALUE 'glad'", "SELECT 'glad'"],
        ],
    )  # fmt: skip
    def test_a_new_value_that_is_not_used_at_once_is_fine(self, only, statements):
        only("DJM809", sql(*statements))

    def test_a_value_used_in_its_own_transaction_is_refused(self, only):
        added = "ALTER TYPE mood ADD VALUE 'glad'"
        used = "UPDATE shop_order SET code = 'glad'"
        only("DJM809", sql(added, used, mark="# DJM809 using the value glad in the transaction"))
        only("DJM809", sql(added, used), atomic=False)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE shop_order SET code = 'a::b' -- $$ ILIKE",
            "CREATE INDEX i ON shop_order (code)",
            'SELECT "ILIKE" FROM shop_order',
        ],
    )
    def test_sql_that_all_databases_understand_is_fine(self, only, statement):
        only("DJM809", sql(statement), options=BOTH)

    def test_with_one_database_its_own_sql_is_fine(self, only):
        only("DJM809", sql("CREATE INDEX CONCURRENTLY i ON shop_order (code)"), atomic=False)

    def test_sql_of_one_vendor_is_fine_behind_a_guard(self, only):
        only(
            "DJM809",
            """
            from django.db import connection, migrations

            def forwards(apps, schema_editor):
                if schema_editor.connection.vendor == "postgresql":
                    schema_editor.execute("SELECT code::text FROM shop_order")

            class Migration(migrations.Migration):
                dependencies = [("shop", "0001_earlier")]
                operations = [migrations.RunPython(forwards)]
                if connection.vendor == "postgresql":
                    operations += [migrations.RunSQL("SELECT code::text FROM shop_order")]
            """,
            options=BOTH,
        )

    @pytest.mark.parametrize(
        ("statement", "words"),
        [
            ("SELECT code::text FROM shop_order", "a :: cast on sqlite"),
            ("DO $$ BEGIN END $$", "$$ quoting on sqlite"),
            ("TRUNCATE shop_order", "TRUNCATE on sqlite"),
            ("PRAGMA foreign_keys = OFF", "PRAGMA on postgresql"),
            ("UPDATE `shop_order` SET code = ''", "`quoting` on postgresql"),
        ],
    )
    def test_sql_of_one_vendor_for_several_is_told(self, only, statement, words):
        given = f"migrations.RunSQL({statement!r}),  # DJM809 {words} always fails"
        only("DJM809", given, options=BOTH)

    def test_an_unknown_text_is_fine(self, only):
        only("DJM809", "migrations.RunSQL('SELECT ' + settings.X),", options=BOTH)

    def test_a_text_is_told_once(self, only):
        given = "migrations.RunSQL('SELECT a::int; SELECT b::int'),  # DJM809"
        only("DJM809", given, options=BOTH)
