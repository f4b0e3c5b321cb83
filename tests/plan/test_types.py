import pytest
from plan.building import MARIADB, MYSQL, POSTGRESQL, SQLITE

from flake8_django_migrations.plan.actions import Kind, Loss
from flake8_django_migrations.plan.types import ColumnType, change, parse_type

ARRAY_10 = ColumnType("array", element=ColumnType("varchar", 10))


def typed(text):
    if text.endswith("]"):
        base, _, size = text.rstrip("]").partition("[")
        return ColumnType("array", element=typed(base), size=int(size) if size else None)
    found = parse_type(text)
    return ColumnType(text) if found is None else found


def test_a_type_is_spelled_as_the_database_spells_it():
    assert ColumnType("varchar", 50).sql == "varchar(50)"
    assert ColumnType("numeric", precision=10, scale=2).sql == "numeric(10, 2)"
    assert ARRAY_10.sql == "varchar(10)[]"
    assert ColumnType("array", element=ColumnType("integer"), size=3).sql == "integer[3]"
    assert ColumnType("text").sql == "text"


def test_the_same_type_asks_for_nothing():
    assert change(ColumnType("text"), ColumnType("text"), POSTGRESQL, using=True) == (
        None,
        Loss.NONE,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("varchar(50)", "varchar(100)"),
        ("varchar(50)", "varchar"),
        ("varchar(50)", "text"),
        ("text", "varchar"),
        ("varchar(10)", "citext"),
        ("numeric(10, 2)", "numeric(12, 2)"),
        ("numeric(10, 2)", "numeric"),
        ("cidr", "inet"),
        ("varchar(10)[]", "varchar(10)[3]"),
    ],
)
def test_what_keeps_every_value_as_it_is_stored_is_no_rewrite(old, new):
    assert change(typed(old), typed(new), POSTGRESQL, using=False) == (Kind.WIDEN_TYPE, Loss.NONE)


@pytest.mark.parametrize(
    ("old", "new", "using", "loss"),
    [
        ("varchar(100)", "varchar(50)", False, Loss.REFUSES),
        ("varchar(100)", "varchar(50)", True, Loss.CUTS),
        ("text", "varchar(50)", True, Loss.CUTS),
        ("text", "varchar(50)", False, Loss.REFUSES),
        ("numeric(10, 2)", "numeric(10, 1)", False, Loss.ROUNDS),
        ("numeric(10, 2)", "numeric(8, 2)", False, Loss.REFUSES),
        ("numeric(10, 2)", "numeric(12, 4)", False, Loss.NONE),
        ("numeric(10, 2)", "numeric(10, 4)", False, Loss.REFUSES),
        ("numeric", "numeric(10, 4)", False, Loss.ROUNDS),
        ("double precision", "integer", True, Loss.ROUNDS),
        ("numeric(10, 2)", "bigint", True, Loss.ROUNDS),
        ("numeric(10, 2)", "double precision", True, Loss.NONE),
        ("integer", "bigint", True, Loss.NONE),
        ("bigint", "integer", True, Loss.REFUSES),
        ("integer", "numeric(8, 2)", True, Loss.REFUSES),
        ("integer", "numeric(12, 2)", True, Loss.NONE),
        ("integer", "boolean", True, Loss.DROPS_PART),
        ("integer", "boolean", False, Loss.NEVER_CASTS),
        ("bigint", "boolean", True, Loss.NEVER_CASTS),
        ("timestamp with time zone", "date", True, Loss.DROPS_PART),
        ("date", "timestamp with time zone", True, Loss.NONE),
        ("text", "integer", True, Loss.REFUSES),
        ("varchar(36)", "uuid", True, Loss.REFUSES),
        ("text", "jsonb", True, Loss.REFUSES),
        ("text", "integer", False, Loss.NEVER_CASTS),
        ("bigint", "uuid", True, Loss.NEVER_CASTS),
        ("integer", "varchar(2)", True, Loss.CUTS),
        ("integer", "varchar(11)", True, Loss.NONE),
        ("smallint", "varchar(5)", True, Loss.CUTS),
        ("smallint", "varchar(6)", True, Loss.NONE),
        ("bigint", "varchar(19)", True, Loss.CUTS),
        ("bigint", "varchar(20)", True, Loss.NONE),
        ("numeric(10, 2)", "varchar(12)", True, Loss.NONE),
        ("numeric(10, 2)", "varchar(11)", True, Loss.CUTS),
        ("numeric(10, 0)", "varchar(11)", True, Loss.NONE),
        ("numeric(2, 2)", "varchar(4)", True, Loss.CUTS),
        ("numeric(2, 2)", "varchar(5)", True, Loss.NONE),
        ("numeric", "varchar(50)", True, Loss.CUTS),
        ("double precision", "varchar(24)", True, Loss.NONE),
        ("double precision", "varchar(20)", True, Loss.CUTS),
        ("date", "varchar(10)", True, Loss.NONE),
        ("date", "varchar(4)", True, Loss.CUTS),
        ("timestamp with time zone", "varchar(35)", True, Loss.NONE),
        ("timestamp with time zone", "varchar(20)", True, Loss.CUTS),
        ("jsonb", "varchar(50)", True, Loss.CUTS),
        ("uuid", "varchar(36)", True, Loss.NONE),
        ("jsonb", "text", True, Loss.NONE),
        ("varchar(10)[]", "varchar(5)[]", True, Loss.CUTS),
        ("varchar(10)[]", "varchar(20)[]", True, Loss.NONE),
        ("integer", "ltree", True, Loss.NONE),
        ("geometry(POINT,4326)", "bytea", True, Loss.NONE),
    ],
)
def test_a_rewrite_says_what_becomes_of_the_values(old, new, using, loss):
    assert change(typed(old), typed(new), POSTGRESQL, using) == (Kind.ALTER_TYPE, loss)


@pytest.mark.parametrize(("name", "digits"), [("smallint", 5), ("integer", 10), ("bigint", 19)])
def test_a_number_that_is_never_negative_needs_no_room_for_a_sign(name, digits):
    old = ColumnType(name, is_positive=True)
    fits, cut = ColumnType("varchar", digits), ColumnType("varchar", digits - 1)
    assert change(old, fits, POSTGRESQL, using=True) == (Kind.ALTER_TYPE, Loss.NONE)
    assert change(old, cut, POSTGRESQL, using=True) == (Kind.ALTER_TYPE, Loss.CUTS)
    assert old == ColumnType(name)


def test_parameters_alone_lose_nothing_that_is_known():
    old, new = ColumnType("time", 6), ColumnType("time", 0)
    assert change(old, new, POSTGRESQL, using=False) == (Kind.ALTER_TYPE, Loss.NONE)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("varchar(50)", "varchar(60)", (Kind.WIDEN_TYPE, Loss.NONE)),
        ("varchar(50)", "varchar(100)", (Kind.ALTER_TYPE, Loss.NONE)),
        ("varchar(100)", "varchar(200)", (Kind.WIDEN_TYPE, Loss.NONE)),
        ("varchar(50)", "varchar(20)", (Kind.ALTER_TYPE, Loss.REFUSES)),
        ("varchar(50)", "longtext", (Kind.ALTER_TYPE, Loss.NONE)),
        ("longtext", "integer", (Kind.ALTER_TYPE, Loss.REFUSES)),
        ("bigint", "integer", (Kind.ALTER_TYPE, Loss.REFUSES)),
        ("datetime(6)", "date", (Kind.ALTER_TYPE, Loss.DROPS_PART)),
        ("date", "datetime(6)", (Kind.ALTER_TYPE, Loss.NONE)),
    ],
)
@pytest.mark.parametrize("database", [MYSQL, MARIADB])
def test_mysql_copies_when_the_length_byte_no_longer_holds(old, new, expected, database):
    assert change(typed(old), typed(new), database, using=False) == expected


def test_mariadb_stores_a_short_text_as_it_stores_a_long_one():
    short, long = ColumnType("varchar", 31), ColumnType("varchar", 300)
    assert change(short, long, MARIADB, using=False) == (Kind.WIDEN_TYPE, Loss.NONE)
    assert change(short, long, MYSQL, using=False) == (Kind.ALTER_TYPE, Loss.NONE)
    longer = ColumnType("varchar", 32)
    assert change(longer, long, MARIADB, using=False) == (Kind.ALTER_TYPE, Loss.NONE)


def test_sqlite_stores_whatever_it_is_given():
    assert change(typed("text"), typed("integer"), SQLITE, using=False) == (
        Kind.ALTER_TYPE,
        Loss.NONE,
    )


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("int8", "bigint"),
        ("character varying(10)", "varchar(10)"),
        ("numeric(10,2)", "numeric(10, 2)"),
        ("decimal(10)", "numeric(10, 0)"),
        ("timestamptz", "timestamp with time zone"),
    ],
)
def test_a_type_is_read_as_sql_writes_it(text, sql):
    assert parse_type(text) == typed(sql)
    assert parse_type(text).sql == sql


@pytest.mark.parametrize("text", ["", "mood", "integer[]", "varchar(1, 2)", "(5)"])
def test_another_type_is_not_guessed(text):
    assert parse_type(text) is None
