"""What SQL has done behind the state's back is not held against the operation that catches up."""

from __future__ import annotations

import pytest

ORDER = """
migrations.CreateModel(
    "Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("total", models.IntegerField(null=True)),
    ],
),
"""
WIDER = "migrations.AlterField('order', 'total', models.BigIntegerField(null=True)),"
REQUIRED = "migrations.AlterField('order', 'total', models.IntegerField()),"


def sql(text, args=""):
    return f"migrations.RunSQL({text!r}, migrations.RunSQL.noop{args}),"


TYPE = "ALTER TABLE shop_order ALTER COLUMN total TYPE {}"
SET = "ALTER TABLE shop_order ALTER total SET NOT NULL"
DROP = "ALTER TABLE shop_order ALTER total DROP NOT NULL"


@pytest.mark.parametrize(
    "before",
    [TYPE.format("bigint"), TYPE.format("int8"), TYPE.format("BIGINT USING total::bigint")],
)
def test_a_type_that_sql_has_given_is_not_given_again(check, before):
    check(WIDER, earlier=[ORDER, sql(before)], only="DJM404")


def test_nor_in_the_same_migration(check):
    given = sql(TYPE.format("bigint")) + "  # DJM404\n" + WIDER
    check(given, earlier=[ORDER], only="DJM404")


def test_sql_that_an_operation_tells_the_state_is_no_untold_sql(check):
    both = (
        "migrations.SeparateDatabaseAndState("
        f"database_operations=[{sql(SET)}], state_operations=[{REQUIRED}]),"
    )
    wider = REQUIRED.replace("IntegerField", "BigIntegerField")
    check(f"{both}\n{wider}  # DJM404", earlier=[ORDER], only="DJM404")


@pytest.mark.parametrize(
    "before",
    [
        sql(TYPE.format("smallint")),
        sql(TYPE.format("odd")),
        sql(TYPE.format("bigint")) + sql(TYPE.format("integer")),
        sql("ALTER TABLE shop_line ALTER total TYPE bigint -- shop_order"),
        sql("SELECT total FROM shop_order"),
        sql(SET),
        "migrations.RunSQL(settings.X),",
        "migrations.RunSQL([settings.X]),",
        sql(
            TYPE.format("bigint"),
            ", state_operations=[migrations.AlterModelOptions('order', {})]",
        ),
    ],
)
def test_another_change_leaves_it_to_be_done(check, before):
    check(WIDER + "  # DJM404", earlier=[ORDER, before], only="DJM404")


def test_not_null_that_sql_has_set_is_not_checked_again(check):
    check(REQUIRED, earlier=[ORDER, sql(SET)], only="DJM405")


@pytest.mark.parametrize("before", [sql(SET) + sql(DROP), sql(TYPE.format("bigint"))])
def test_not_null_that_is_not_set_is_checked(check, before):
    check(REQUIRED + "  # DJM405", earlier=[ORDER, before], only="DJM405")


def test_sql_that_repeats_itself_is_its_authors_affair(check):
    check(sql(SET) + "  # DJM405", earlier=[ORDER, sql(SET)], only="DJM405")
