"""Django's own SQL, sent by RunSQL, is judged as the operation that it comes from."""

from __future__ import annotations

import re

import pytest

django = pytest.importorskip("django")
pytest.importorskip("psycopg")

from django.db import transaction
from oracle import django_sql
from oracle.plan_cases import CASES
from oracle.plan_shop import DJANGO

from flake8_django_migrations.history.graph import MigrationGraph
from flake8_django_migrations.migration import Migration, MigrationKey, RunSQL, SqlText
from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.steps import steps
from flake8_django_migrations.review import BY_CODE
from flake8_django_migrations.rules.rule import Subject

ALONE = [
    case
    for case in CASES
    if len(case.operations) == 1 and type(case.operations[0]).__name__ != "SeparateDatabaseAndState"
]
"""One operation, one RunSQL: where they are several, each is a step of its own."""

KEY = MigrationKey("shop", "0002_change")

ASKED_OF_THE_OPERATION = {
    "DJM307": "the field says what the old ids meant",
    "DJM313": "the field's default says what the NULLs become",
    "DJM314": "the words of a constraint say more than its columns",
    "DJM505": "what an index is good for is said by the fields it is on",
    "DJM906": "the default of the database leaves with the field's own words",
}
"""Rules whose question SQL cannot answer."""

OF_KEYS = {"DJM302", "DJM303", "DJM404", "DJM405", "DJM407", "DJM408"}
"""One operation of Django drops foreign keys and adds them again, and changes the columns that
follow a key: one finding. In SQL each of these statements is its author's, and told by itself."""

OF_PARTS = {"RenameModel", "AlterModelTable", "DeleteModel"}
"""One operation on a model takes its many-to-many tables along: one finding. In SQL each table
is a statement of its author's, so there may be more."""

IN_OTHER_WORDS = {("DJM901", "remedy")}
"""What a message advises in the words of the operation: a field has ``db_default``, SQL DEFAULT."""

DIGEST = re.compile(r"_[0-9a-f]{8}(_like|_uniq)?$")
"""What Django adds to the name of an index, which the plan leaves out."""


HIDDEN = re.compile(r"shop_(\w+)\._order")
"""The one column that is no field: SQL knows it by its table alone."""


def findings(shop, case, operations):
    """The codes that the rules on data, locks, size and running code give the operations."""
    migration = Migration(
        key=KEY,
        path="shop/migrations/0002_change.py",
        operations=operations,
        atomic=not case.is_alone,
    )
    subject = Subject(
        migration=migration,
        steps=steps(migration, shop.plain, shop.database, DJANGO),
        graph=MigrationGraph.of("shop", migration),
        database=shop.database,
        options=Options(databases=(shop.database,), django=DJANGO),
    )
    return {
        (
            code,
            *(
                HIDDEN.sub(r"shop.\1._order", DIGEST.sub("", word))
                for name, word in finding.words.items()
                if (code, name) not in IN_OTHER_WORDS
            ),
        )
        for code, rule in BY_CODE.items()
        if code[3] in "3459" and rule.check is not None and code not in ASKED_OF_THE_OPERATION
        if not rule.databases or "postgresql" in rule.databases
        for finding in rule.check(subject)
    }


def collected(shop, case):
    states = shop.states(case.operations)
    with transaction.atomic(shop.connection.alias):
        shop.connection.in_atomic_block = not case.is_alone
        try:
            return shop.collected(case.operations, states)
        finally:
            shop.connection.in_atomic_block = True


@pytest.mark.parametrize("case", ALONE, ids=lambda case: case.name)
def test_sql_is_judged_as_the_operation_it_comes_from(case, postgresql):
    operations = tuple(map(django_sql.operation, case.operations))
    sent = tuple(SqlText(text, django_sql.PLACE) for text in collected(postgresql, case))
    if not sent:
        pytest.skip("Django sends nothing")
    raw = RunSQL(sql=sent, reverse_sql=(), state_operations=operations, place=django_sql.PLACE)
    found = findings(postgresql, case, (raw,))
    expected = findings(postgresql, case, operations)
    if any(code in {"DJM404", "DJM407", "DJM904"} for code, *_ in expected):
        found, expected = (
            {each for each in given if each[0] not in OF_KEYS} for given in (found, expected)
        )
    if any(type(each).__name__ in OF_PARTS for each in case.operations):
        found &= expected
    assert found == expected
