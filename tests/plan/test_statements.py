import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan.building import MYSQL, POSTGRESQL, SQLITE

from flake8_django_migrations.migration import UNKNOWN, Place, SqlText
from flake8_django_migrations.plan.actions import Action, Kind, Lock
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.statements import actions

PLACE = Place(10, 4, 30)


def read(sql, database=POSTGRESQL):
    return actions(SqlText(sql, PLACE), database)


def one(sql, database=POSTGRESQL) -> Action:
    (action,) = read(sql, database)
    return action


def kinds(sql, database=POSTGRESQL):
    return [action.kind.name for action in read(sql, database)]


@pytest.mark.parametrize("sql", ["", "   ", ";", ";;", "-- DROP TABLE t", "/* DROP TABLE t; */"])
def test_nothing_to_do_is_no_action(sql):
    assert read(sql) == ()


@pytest.mark.parametrize("sql", ["SELECT 'abc", "/* x", "DO 'x", "DO nothing", "FROBNICATE t"])
def test_what_cannot_be_told_is_said_to_be_so(sql):
    assert kinds(sql) == ["UNREADABLE"]


def test_text_that_is_built_at_run_time_cannot_be_told():
    assert actions(SqlText(UNKNOWN, PLACE), POSTGRESQL) == (
        Action(kind=Kind.UNREADABLE, place=PLACE),
    )


TABLES = [
    ("CREATE TABLE t (a int)", ["CREATE_TABLE"]),
    ("create temp table if not exists t (a int)", ["CREATE_TABLE"]),
    ("CREATE UNLOGGED TABLE t AS SELECT 1", ["CREATE_TABLE"]),
    ("CREATE TABLE t (a int REFERENCES p, b int)", ["CREATE_TABLE", "ADD_FOREIGN_KEY_NEW_COLUMN"]),
    (
        "CREATE TABLE t (a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id))",
        ["CREATE_TABLE", "ADD_FOREIGN_KEY_NEW_COLUMN"],
    ),
    ("DROP TABLE IF EXISTS a, b CASCADE", ["DROP_TABLE", "DROP_TABLE"]),
    ("TRUNCATE TABLE ONLY a, b", ["TRUNCATE", "TRUNCATE"]),
    ("ALTER TABLE t RENAME TO u", ["RENAME_TABLE"]),
    ("RENAME TABLE a TO b, c TO d", ["RENAME_TABLE", "RENAME_TABLE"]),
    ("RENAME USER a TO b", ["OTHER"]),
    ("COMMENT ON TABLE t IS 'x'", ["COMMENT_ON_TABLE"]),
    ("COMMENT ON COLUMN t.c IS 'x'", ["COMMENT_ON_COLUMN"]),
    ("COMMENT ON INDEX i IS 'x'", ["OTHER"]),
    ("LOCK TABLE t", ["LOCK_TABLE"]),
    ("CLUSTER VERBOSE t USING i", ["REWRITE_TABLE"]),
    ("VACUUM t", ["NOT_IN_TRANSACTION"]),
    ("VACUUM (FULL, ANALYZE) t", ["NOT_IN_TRANSACTION", "REWRITE_TABLE"]),
    ("VACUUM FULL VERBOSE t", ["NOT_IN_TRANSACTION", "REWRITE_TABLE"]),
    ("ALTER TABLE t SET UNLOGGED", ["REWRITE_TABLE"]),
    ("ALTER TABLE t SET (fillfactor = 70)", ["OTHER"]),
    ("ALTER TABLE t DISABLE TRIGGER ALL", ["TRIGGER"]),
    ("ALTER TABLE t OWNER TO me", ["OTHER"]),
    ("ALTER TABLE t DETACH PARTITION p", ["OTHER"]),
    ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", ["NOT_IN_TRANSACTION"]),
    ("ALTER TABLE", ["UNREADABLE"]),
    ("REFRESH MATERIALIZED VIEW v", ["REFRESH_VIEW"]),
    ("CREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f()", ["TRIGGER"]),
    ("CREATE CONSTRAINT TRIGGER g", ["OTHER"]),
    ("DROP TRIGGER IF EXISTS g ON t", ["TRIGGER"]),
    ("DROP TRIGGER g", ["TRIGGER"]),
    ("CREATE DATABASE d", ["NOT_IN_TRANSACTION"]),
    ("DROP DATABASE d", ["NOT_IN_TRANSACTION", "DROP_SCHEMA"]),
    ("DROP SCHEMA IF EXISTS a, b CASCADE", ["DROP_SCHEMA", "DROP_SCHEMA"]),
    ("DROP TABLESPACE s", ["NOT_IN_TRANSACTION"]),
    ("DROP VIEW v", ["OTHER"]),
    ("CREATE OR REPLACE VIEW v AS SELECT 1", ["OTHER"]),
    ("ALTER SYSTEM SET x = 1", ["NOT_IN_TRANSACTION"]),
    ("ALTER DATABASE d SET x = 1", ["OTHER"]),
    ("ALTER TYPE mood ADD VALUE 'x'", ["ADD_ENUM_VALUE"]),
    ("ALTER TYPE mood RENAME VALUE 'x' TO 'y'", ["RENAME_ENUM_VALUE"]),
    ("ALTER TYPE mood RENAME TO moods", ["OTHER"]),
    ("CREATE SEQUENCE IF NOT EXISTS s", ["OTHER"]),
    ("ALTER SEQUENCE s RESTART", ["OTHER"]),
    ("CREATE FUNCTION f() RETURNS int AS $$ DELETE FROM t; $$ LANGUAGE sql", ["OTHER"]),
]

COLUMNS = [
    ("ADD COLUMN c int", ["ADD_COLUMN"]),
    ("ADD c int NULL", ["ADD_COLUMN"]),
    ("ADD COLUMN c int DEFAULT NULL", ["ADD_COLUMN"]),
    ("ADD COLUMN c int DEFAULT 5 NOT NULL", ["ADD_COLUMN_DEFAULT"]),
    ("ADD COLUMN c bool DEFAULT NOT true", ["ADD_COLUMN_DEFAULT"]),
    ("ADD COLUMN c timestamptz DEFAULT now()", ["ADD_COLUMN_DEFAULT"]),
    ("ADD COLUMN c text DEFAULT 'random()'", ["ADD_COLUMN_DEFAULT"]),
    ("ADD COLUMN c uuid DEFAULT gen_random_uuid()", ["ADD_COLUMN_VOLATILE"]),
    ("ADD COLUMN c uuid DEFAULT public.uuid_generate_v4() NOT NULL", ["ADD_COLUMN_VOLATILE"]),
    ("ADD COLUMN c bigserial", ["ADD_COLUMN_IDENTITY"]),
    ("ADD COLUMN c int GENERATED ALWAYS AS IDENTITY", ["ADD_COLUMN_IDENTITY"]),
    ("ADD COLUMN c int GENERATED ALWAYS AS (a * 2) STORED", ["ADD_COLUMN_STORED"]),
    ("ADD COLUMN c int GENERATED ALWAYS AS (a * 2)", ["ADD_COLUMN_VIRTUAL"]),
    ("ADD COLUMN c int UNIQUE", ["ADD_COLUMN", "ADD_UNIQUE"]),
    ("ADD COLUMN c int PRIMARY KEY", ["ADD_COLUMN", "ADD_PRIMARY_KEY"]),
    ("ADD COLUMN c int CHECK (c > 0)", ["ADD_COLUMN", "ADD_CHECK"]),
    ("ADD COLUMN c int REFERENCES p", ["ADD_COLUMN", "ADD_FOREIGN_KEY_NEW_COLUMN"]),
    ("ADD COLUMN c int DEFAULT 1 REFERENCES p", ["ADD_COLUMN_DEFAULT", "ADD_FOREIGN_KEY"]),
    ("ADD COLUMN c int, ADD COLUMN d numeric(8, 2)", ["ADD_COLUMN", "ADD_COLUMN"]),
    ("ADD COLUMN IF NOT EXISTS c int", ["ADD_COLUMN"]),
    ("ADD COLUMN", ["UNREADABLE"]),
    ("DROP COLUMN IF EXISTS c CASCADE", ["DROP_COLUMN"]),
    ("DROP c", ["DROP_COLUMN"]),
    ("RENAME COLUMN c TO d", ["RENAME_COLUMN"]),
    ("RENAME c TO d", ["RENAME_COLUMN"]),
    ("ALTER COLUMN c TYPE text USING c::text", ["ALTER_TYPE"]),
    ("ALTER c SET DATA TYPE text", ["ALTER_TYPE"]),
    ("ALTER COLUMN c SET NOT NULL", ["SET_NOT_NULL"]),
    ("ALTER COLUMN c DROP NOT NULL", ["DROP_NOT_NULL"]),
    ("ALTER COLUMN c SET DEFAULT 1", ["SET_DEFAULT"]),
    ("ALTER COLUMN c DROP DEFAULT", ["DROP_DEFAULT"]),
    ("ALTER COLUMN c ADD GENERATED ALWAYS AS IDENTITY", ["ADD_IDENTITY"]),
    ("ALTER COLUMN c DROP IDENTITY IF EXISTS", ["DROP_IDENTITY"]),
    ("ALTER COLUMN c SET STATISTICS 100", ["OTHER"]),
    ("ALTER CONSTRAINT f DEFERRABLE", ["OTHER"]),
]

CONSTRAINTS = [
    ("ADD CONSTRAINT x CHECK (c > 0)", ["ADD_CHECK"]),
    ("ADD CHECK (c > 0) NOT VALID", ["ADD_CHECK_NOT_VALID"]),
    ("ADD CONSTRAINT x UNIQUE (c)", ["ADD_UNIQUE"]),
    ("ADD UNIQUE NULLS NOT DISTINCT (c)", ["ADD_UNIQUE"]),
    ("ADD UNIQUE", ["UNREADABLE"]),
    ("ADD CONSTRAINT x UNIQUE USING INDEX i", ["ADD_UNIQUE_USING_INDEX"]),
    ("ADD PRIMARY KEY (c)", ["ADD_PRIMARY_KEY"]),
    ("ADD CONSTRAINT x PRIMARY KEY USING INDEX i", ["ADD_UNIQUE_USING_INDEX"]),
    ("ADD CONSTRAINT x EXCLUDE USING gist (c WITH &&)", ["ADD_EXCLUSION"]),
    ("ADD CONSTRAINT x FOREIGN KEY (c) REFERENCES p (id)", ["ADD_FOREIGN_KEY"]),
    ("ADD FOREIGN KEY (c) REFERENCES p NOT VALID", ["ADD_FOREIGN_KEY_NOT_VALID"]),
    ("ADD CONSTRAINT x NOT NULL c", ["SET_NOT_NULL"]),
    ("ADD CONSTRAINT x NOT NULL c NOT VALID", ["ADD_CHECK_NOT_VALID"]),
    ("ADD CONSTRAINT x FROBNICATE", ["OTHER"]),
    ("ADD CONSTRAINT CHECK (c > 0)", ["ADD_CHECK"]),
    ("VALIDATE CONSTRAINT x", ["VALIDATE_CONSTRAINT"]),
    ("RENAME CONSTRAINT x TO y", ["RENAME_CONSTRAINT"]),
    ("DROP CONSTRAINT IF EXISTS x", ["DROP_CONSTRAINT"]),
    ("DROP CONSTRAINT t_c_fkey", ["DROP_FOREIGN_KEY"]),
    ("DROP CONSTRAINT shop_order_customer_id_f638df20_fk_shop_customer_id", ["DROP_FOREIGN_KEY"]),
]

INDEXES = [
    ("CREATE INDEX i ON t (c)", ["CREATE_INDEX"]),
    ("CREATE INDEX ON t (c)", ["CREATE_INDEX"]),
    ("CREATE INDEX i", ["UNREADABLE"]),
    ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (c)", ["CREATE_INDEX_CONCURRENTLY"]),
    ("DROP INDEX IF EXISTS i, j", ["DROP_INDEX", "DROP_INDEX"]),
    ("DROP INDEX CONCURRENTLY i", ["DROP_INDEX_CONCURRENTLY"]),
    ("ALTER INDEX i RENAME TO j", ["RENAME_INDEX"]),
    ("ALTER INDEX i SET (fillfactor = 70)", ["OTHER"]),
    ("REINDEX TABLE t", ["REINDEX"]),
    ("REINDEX (VERBOSE) INDEX CONCURRENTLY i", ["REINDEX_CONCURRENTLY"]),
    ("REINDEX DATABASE d", ["NOT_IN_TRANSACTION"]),
]

ROWS = [
    ("INSERT INTO t (a) VALUES (1)", ["INSERT"]),
    ("UPDATE t SET a = 1", ["UPDATE"]),
    ("DELETE FROM t", ["DELETE"]),
    ("MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", ["UPDATE"]),
    ("COPY t (a) FROM '/x'", ["INSERT"]),
    ("COPY t TO '/x'", ["SELECT"]),
    ("SELECT * FROM t", ["SELECT"]),
    ("(SELECT 1)", ["SELECT"]),
    ("SELECT * INTO u FROM t", ["CREATE_TABLE"]),
    ("WITH x AS (SELECT 1) SELECT * FROM x", ["SELECT"]),
    ("WITH x AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM x", ["DELETE", "INSERT"]),
    ("WITH x AS (SELECT 1)", []),
]

SESSION = [
    ("BEGIN", ["TRANSACTION"]),
    ("commit", ["TRANSACTION"]),
    ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", ["TRANSACTION"]),
    ("SET LOCAL lock_timeout = '2s'", ["SET"]),
    ("RESET lock_timeout", ["SET"]),
    ("SET SESSION lock_timeout TO '2s'", ["SET"]),
    ("SET GLOBAL max_connections = 1", ["OTHER"]),
    ("SET TIME ZONE 'UTC'", ["SET"]),
    ("DISCARD ALL", ["SET"]),
    ("ROLLBACK TO SAVEPOINT a", ["TRANSACTION"]),
    ("GRANT SELECT ON t TO u", ["OTHER"]),
    ("ANALYZE t", ["OTHER"]),
]


@pytest.mark.parametrize(("sql", "expected"), [*TABLES, *INDEXES, *ROWS, *SESSION])
def test_a_statement_is_the_actions_it_asks_for(sql, expected):
    assert kinds(sql) == expected
    assert kinds(sql.lower()) == expected


@pytest.mark.parametrize(("clause", "expected"), [*COLUMNS, *CONSTRAINTS])
def test_a_clause_of_alter_table_is_the_actions_it_asks_for(clause, expected):
    found = read(f'ALTER TABLE ONLY "public"."Order Line" * {clause}')
    assert [action.kind.name for action in found] == expected
    assert {action.table for action in found} == {"Order Line"}


MYSQL_CLAUSES = [
    ("MODIFY COLUMN c bigint NOT NULL", ["ALTER_TYPE"]),
    ("CHANGE c c bigint", ["ALTER_TYPE"]),
    ("CHANGE COLUMN c d bigint", ["RENAME_COLUMN", "ALTER_TYPE"]),
    ("ADD INDEX i (c)", ["CREATE_INDEX"]),
    ("ADD KEY (c)", ["CREATE_INDEX"]),
    ("ADD COLUMN (c int)", ["ADD_COLUMN"]),
    ("ADD COLUMN c int AUTO_INCREMENT", ["ADD_COLUMN_IDENTITY"]),
    ("ADD FOREIGN KEY f (c) REFERENCES p (id)", ["ADD_FOREIGN_KEY"]),
    ("DROP PRIMARY KEY", ["DROP_CONSTRAINT"]),
    ("DROP FOREIGN KEY f", ["DROP_FOREIGN_KEY"]),
    ("DROP INDEX i", ["DROP_INDEX"]),
    ("RENAME INDEX i TO j", ["RENAME_INDEX"]),
    ("ALTER INDEX i INVISIBLE", ["OTHER"]),
    ("COMMENT = 'x'", ["COMMENT_ON_TABLE"]),
]


@pytest.mark.parametrize(("clause", "expected"), MYSQL_CLAUSES)
def test_mysql_has_clauses_of_its_own(clause, expected):
    found = read(f"ALTER TABLE `db`.`t` {clause}", MYSQL)
    assert [action.kind.name for action in found] == expected
    assert {action.table for action in found} == {"t"}


def test_mysql_drops_an_index_of_a_named_table():
    assert one("DROP INDEX i ON t", MYSQL).table == "t"
    assert one("DROP TRIGGER g ON t", MYSQL).locks == ()


def test_sqlite_reads_its_brackets_and_pragmas():
    assert kinds(
        "PRAGMA foreign_keys = OFF; INSERT OR IGNORE INTO [a b] (c) VALUES (1)", SQLITE
    ) == [
        "SET",
        "INSERT",
    ]


def test_another_server_is_read_as_postgresql():
    assert kinds("DROP TABLE t", Database("oracle", (19,))) == ["DROP_TABLE"]


def test_statements_are_told_apart_by_what_separates_them_and_nothing_else():
    sql = """
        UPDATE t SET a = 'x; y', b = "c;d" -- one; two
        ;
        /* three; /* four; */ */ CREATE FUNCTION f() AS $body$ begin; end; $body$;
        DELETE FROM t
    """
    assert kinds(sql) == ["UPDATE", "OTHER", "DELETE"]
    assert {action.statements for action in read(sql)} == {3}


def test_a_statement_stands_on_its_line():
    found = read("SELECT 1;\n\nDROP TABLE\n  t;")
    assert [action.place for action in found] == [Place(10, 4, 10), Place(12, 0, 13)]


def test_a_text_in_one_line_of_source_stays_on_it():
    (found,) = actions(SqlText("\n\nDROP TABLE t", Place(5, 8, 5)), POSTGRESQL)
    assert found.place == Place(5, 8, 5)


def test_a_statement_is_shown_in_one_line_without_its_comments():
    assert one("DROP  TABLE -- gone\n  t").sql == "DROP TABLE t"
    assert len(one(f"SELECT {'1, ' * 200} 1").sql) == 160


def test_names_lose_their_quotes_and_their_schema():
    found = one('ALTER TABLE "public"."T" RENAME COLUMN "A b" TO "c"')
    assert (found.table, found.columns, found.name) == ("T", ("A b",), "c")


def test_a_quoted_keyword_is_a_name():
    found = one('ALTER TABLE "table" ADD COLUMN "check" int')
    assert (found.kind, found.table, found.columns) == (Kind.ADD_COLUMN, "table", ("check",))


def test_a_foreign_key_names_both_ends():
    found = one("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES s.p (x, y)")
    assert (found.name, found.columns, found.references) == ("f", ("a", "b"), "p")


def test_the_columns_of_a_check_are_those_it_names():
    found = one("ALTER TABLE t ADD CONSTRAINT c CHECK (lower(a) > b::text AND x.d IS NOT NULL)")
    assert found.columns == ("a", "b", "d")


def test_a_new_column_tells_its_type_and_whether_it_rejects_null():
    found = one("ALTER TABLE t ADD COLUMN c numeric(8,2) NOT NULL")
    assert (found.new_type, found.is_not_null) == ("numeric(8, 2)", True)
    assert not one("ALTER TABLE t ADD COLUMN c int").is_not_null


@pytest.mark.parametrize(
    ("rest", "columns", "is_plain"),
    [
        ("(a, b)", ("a", "b"), True),
        ("USING btree (a)", ("a",), True),
        ("USING gin (a)", ("a",), False),
        ("(lower(a))", (), False),
        ("(a text_pattern_ops)", ("a",), False),
        ("(a) WHERE b > 0", ("a",), False),
        ("(a) INCLUDE (b)", ("a",), False),
    ],
)
def test_an_index_is_plain_when_it_has_nothing_but_columns(rest, columns, is_plain):
    found = one(f"CREATE INDEX i ON t {rest}")
    assert (found.columns, found.is_plain) == (columns, is_plain)


def test_a_unique_constraint_that_can_wait_is_not_plain():
    assert one("ALTER TABLE t ADD UNIQUE (a)").is_plain
    assert not one("ALTER TABLE t ADD UNIQUE (a) DEFERRABLE").is_plain


@pytest.mark.parametrize(
    ("sql", "is_whole", "is_bounded"),
    [
        ("UPDATE t SET a = 1", True, False),
        ("UPDATE t SET a = 1 WHERE b IS NULL", False, False),
        ("UPDATE t SET a = 1 WHERE id = 5", False, True),
        ("UPDATE t SET a = 1 WHERE id = other.id", False, False),
        ("UPDATE t SET a = 1 WHERE t.id IN (1, 2)", False, True),
        ("UPDATE t SET a = 1 WHERE id IN (SELECT id FROM u)", False, False),
        ("UPDATE t SET a = 1 WHERE id IN (SELECT id FROM u LIMIT 100)", False, True),
        ("UPDATE t SET a = 1 WHERE id BETWEEN 1 AND 9", False, True),
        ("UPDATE t SET a = 1 WHERE id = 5 OR b IS NULL", False, False),
        ("UPDATE t SET a = 1 WHERE id", False, False),
        ("UPDATE t SET a = 1 WHERE CURRENT OF c", False, True),
        ("DELETE FROM t LIMIT 10", False, True),
        ("DELETE FROM t", True, False),
        ("INSERT INTO t VALUES (1)", False, True),
        ("INSERT INTO t SELECT 1", False, True),
        ("INSERT INTO t SELECT * FROM u", True, False),
        ("INSERT INTO t TABLE u", True, False),
        ("INSERT INTO t SELECT * FROM u WHERE b", False, False),
    ],
)
def test_a_write_tells_how_far_it_reaches(sql, is_whole, is_bounded):
    found = one(sql)
    assert (found.is_whole_table, found.is_bounded) == (is_whole, is_bounded)


def test_an_update_names_the_columns_it_sets():
    assert one("UPDATE t SET a = 1, (b, c) = (1, 2), d = (SELECT 1) FROM u").columns == (
        "a",
        "b",
        "c",
        "d",
    )
    assert one("UPDATE t").columns == ()
    assert one("UPDATE t SET a = 1, 5 = 5").columns == ("a",)


def test_a_lock_is_the_one_the_statement_names():
    assert one("LOCK t IN SHARE ROW EXCLUSIVE MODE").lock_on("t") is Lock.SHARE_ROW_EXCLUSIVE
    assert one("LOCK TABLE t").lock_on("t") is Lock.ACCESS_EXCLUSIVE
    assert one("LOCK TABLE t IN FUNNY MODE").locks == ()
    assert one("REFRESH MATERIALIZED VIEW CONCURRENTLY v").lock_on("v") is Lock.EXCLUSIVE
    assert one("DROP TRIGGER g ON t").lock_on("t") is Lock.ACCESS_EXCLUSIVE


def test_a_setting_is_named():
    assert one("SET LOCAL lock_timeout = '2s'").name == "lock_timeout"
    assert one("SET FOREIGN_KEY_CHECKS=0", MYSQL).name == "FOREIGN_KEY_CHECKS"


def test_an_enum_value_cannot_be_added_in_a_transaction_before_postgresql_12():
    old = Database("postgresql", (11,))
    found = kinds("ALTER TYPE mood ADD VALUE 'x'", old)
    assert found == ["NOT_IN_TRANSACTION", "ADD_ENUM_VALUE"]


def test_a_comment_on_a_column_without_a_table_is_no_guess():
    assert one("COMMENT ON COLUMN c IS 'x'").table == ""


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM generate_series(1, 2)",
        "SELECT 1",
        "CREATE TABLE t (a int, (",
        "ALTER TABLE t ADD CONSTRAINT",
        "ALTER TABLE t ADD FOREIGN KEY",
        "UPDATE t SET a = 1 WHERE id IN (1",
    ],
)
def test_what_is_odd_is_still_read(sql):
    assert read(sql) == read(sql)


@given(st.text(alphabet="AaTt \n;'\"()$,.*%-/\\`[]é1"))
def test_no_text_raises(text):
    read(text)


WORDS = (
    "ALTER TABLE ONLY t ADD COLUMN c int CONSTRAINT x FOREIGN KEY ( ) , REFERENCES p UNIQUE "
    "CHECK NOT NULL VALID DEFAULT DROP INDEX CREATE ON SET TO RENAME UPDATE WHERE id = 1 IN "
    "SELECT FROM INSERT INTO WITH AS ; DELETE LOCK COMMENT IS TYPE USING 'x' VACUUM FULL"
)


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12))
def test_no_order_of_words_raises(words):
    read(" ".join(words))
    read(" ".join(words), MYSQL)


def test_nothing_is_logged_or_printed(caplog, capsys):
    with caplog.at_level(logging.DEBUG):
        read("ALTER TABLE t FROBNICATE; DO $$ x $$; SELECT 'abc")
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


def test_the_tokenizer_is_imported_only_where_there_is_sql():
    code = (
        "import sys; import flake8_django_migrations.plan.steps;"
        "raise SystemExit('sqlglot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("sql", "name", "value", "is_local"),
    [
        ("SET lock_timeout = '2s'", "lock_timeout", "2s", False),
        ("SET LOCAL lock_timeout TO 0", "lock_timeout", "0", True),
        ("SET CONSTRAINTS ALL IMMEDIATE", "CONSTRAINTS", "ALL IMMEDIATE", True),
        ("SET search_path = a, b", "search_path", "a , b", False),
        ("SET search_path TO DEFAULT", "search_path", "DEFAULT", False),
        ("RESET search_path", "search_path", "DEFAULT", False),
        ("RESET ALL", "ALL", "DEFAULT", False),
        ("DISCARD ALL", "ALL", "DEFAULT", False),
        ("SET TIME ZONE 'UTC'", "timezone", "UTC", False),
    ],
)
def test_a_setting_tells_its_value_and_how_long_it_holds(sql, name, value, is_local):
    found = one(sql)
    assert (found.name, found.value, found.is_local) == (name, value, is_local)


def test_a_savepoint_is_not_the_end_of_a_transaction():
    assert [each.name for each in read("COMMIT; ROLLBACK TO SAVEPOINT a")] == [
        "COMMIT",
        "ROLLBACK TO",
    ]


ASKS_FIRST = [
    "CREATE TABLE IF NOT EXISTS t (a int)",
    "DROP TABLE IF EXISTS t",
    "CREATE INDEX IF NOT EXISTS i ON t (a)",
    "DROP INDEX IF EXISTS i",
    "ALTER INDEX IF EXISTS i RENAME TO j",
    "ALTER TABLE IF EXISTS t ADD COLUMN a int",
    "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int",
    "ALTER TABLE t DROP COLUMN IF EXISTS a",
    "ALTER TABLE t DROP CONSTRAINT IF EXISTS a",
    "CREATE OR REPLACE VIEW v AS SELECT 1",
    "CREATE OR REPLACE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f()",
    "DROP TRIGGER IF EXISTS g ON t",
    "DROP SCHEMA IF EXISTS s",
    "DROP VIEW IF EXISTS v",
    "CREATE EXTENSION IF NOT EXISTS e",
    "ALTER TYPE m ADD VALUE IF NOT EXISTS 'x'",
    "DO $$ BEGIN IF NOT a THEN ALTER TABLE t ADD COLUMN a int; END IF; END $$",
    "DO $$ BEGIN ALTER TABLE t ADD a int; EXCEPTION WHEN duplicate_column THEN NULL; END $$",
]


@pytest.mark.parametrize("sql", ASKS_FIRST)
def test_a_statement_that_asks_first_says_so(sql):
    assert one(sql).is_conditional
    bare = sql.replace("IF NOT EXISTS ", "").replace("IF EXISTS ", "").replace("OR REPLACE ", "")
    assert sql.startswith("DO") or not one(bare).is_conditional


def test_a_schema_is_dropped_with_its_tables_by_cascade_only():
    assert not one("DROP SCHEMA s").is_cascade
    assert one("DROP SCHEMA s CASCADE").is_cascade
    assert one("DROP SCHEMA s", MYSQL).is_cascade


def test_a_constraint_names_the_index_it_takes_over():
    assert one("ALTER TABLE t ADD CONSTRAINT x UNIQUE USING INDEX i").index == "i"
    assert one("ALTER TABLE t ADD CONSTRAINT x PRIMARY KEY USING INDEX i").index == "i"


def test_an_enum_tells_its_new_value():
    found = read("ALTER TYPE m ADD VALUE 'x'; ALTER TYPE m RENAME VALUE 'x' TO 'y'")
    assert [(each.name, each.value) for each in found] == [("m", "x"), ("m", "y")]


BLOCKS = [
    ("BEGIN END", []),
    ("BEGIN RAISE NOTICE 'x'; PERFORM f(); RETURN; END", []),
    ("DECLARE n int := 1; BEGIN n := 2; NULL; END", []),
    ("BEGIN ALTER TABLE t ADD COLUMN a int; END", ["ADD_COLUMN"]),
    ("BEGIN UPDATE t SET a = 1; DROP TABLE u; END", ["UPDATE", "DROP_TABLE"]),
    ("BEGIN IF a THEN DROP TABLE t; ELSIF b THEN DROP INDEX i; ELSE NULL; END IF; END",
     ["DROP_TABLE", "DROP_INDEX"]),
    ("BEGIN FOR r IN SELECT 1 LOOP DELETE FROM t; END LOOP; END", ["DELETE"]),
    ("BEGIN LOOP EXIT; END LOOP; WHILE a LOOP COMMIT; END LOOP; END", ["TRANSACTION"]),
    ("BEGIN CASE WHEN a THEN DELETE FROM t; ELSE DELETE FROM u; END CASE; END",
     ["DELETE", "DELETE"]),
    ("BEGIN CASE a WHEN 1 THEN NULL; END CASE; DROP TABLE t; END", ["DROP_TABLE"]),
    ("BEGIN BEGIN ALTER TABLE t ADD a int; EXCEPTION WHEN x THEN RAISE NOTICE 'a'; END; END",
     ["ADD_COLUMN"]),
    ("BEGIN SELECT 1 INTO x FROM t; END", ["SELECT"]),
    ("BEGIN EXECUTE 'DROP TABLE t; DROP TABLE u'; END", ["DROP_TABLE", "DROP_TABLE"]),
    ("BEGIN EXECUTE 'UPDATE t SET a = $1' USING 1; END", ["UPDATE"]),
    ("BEGIN EXECUTE 'DROP TABLE ' || t; END", ["UNREADABLE"]),
    ("BEGIN EXECUTE format('DROP TABLE %I', t); END", ["UNREADABLE"]),
    ("BEGIN EXECUTE 'DO ''BEGIN DROP TABLE t; END'''; END", ["DROP_TABLE"]),
    ("BEGIN FROBNICATE; END", ["UNREADABLE"]),
    ("BEGIN EXECUTE 'SELECT ''x'; END", ["UNREADABLE"]),
    ("BEGIN 'x", ["UNREADABLE"]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), BLOCKS)
def test_a_block_is_the_plain_statements_in_it(body, expected):
    assert kinds(f"DO $$ {body} $$") == expected
    assert kinds(f"do language plpgsql $a$ {body.lower()} $a$;") == expected


def test_what_follows_a_branch_of_a_block_is_certain_again():
    body = "IF a THEN DROP TABLE t; END IF; CASE WHEN a THEN NULL; END CASE; DROP TABLE u;"
    found = read(f"DO $$ BEGIN {body} END $$")
    assert [(each.table, each.is_conditional) for each in found] == [("t", True), ("u", False)]


def test_a_statement_of_a_block_stands_on_its_own_line():
    (found,) = read("DO $$\nBEGIN\n  ALTER TABLE t\n    ADD a int;\nEND\n$$")
    assert found.place == Place(12, 0, 13)


def test_blocks_in_blocks_are_followed_so_far_and_no_further():
    text = "DROP TABLE t"
    for tag in "abcdef":
        text = f"DO ${tag}$ BEGIN EXECUTE ${tag}x${text}${tag}x$; END ${tag}$"
    assert kinds(text) == ["UNREADABLE"]


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN UPDATE u SET a = 1; DELETE FROM v; END",
        "BEGIN IF a THEN SET b = 1; END IF; END",
        "BEGIN UPDATE u SET a = CASE WHEN b THEN 1 END; SELECT CASE 1 WHEN 1 THEN 2 END; END",
    ],
)
def test_the_body_of_a_trigger_is_part_of_its_statement(body):
    sql = f"CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW {body}; DROP TABLE x"
    assert kinds(sql, MYSQL) == kinds(sql, SQLITE) == ["TRIGGER", "DROP_TABLE"]


def test_a_function_with_a_body_of_statements_is_one_statement():
    sql = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; DROP TABLE x"
    assert kinds(sql) == ["OTHER", "DROP_TABLE"]


def test_a_statement_stands_in_the_literal_that_holds_it():
    pieces = ((0, Place(10, 4, 10)), (14, Place(13, 8, 14)))
    text = SqlText("DROP TABLE t; DROP TABLE u;\nSELECT 1", Place(10, 4, 14), pieces=pieces)
    assert [each.place.line for each in actions(text, POSTGRESQL)] == [10, 13, 14]
