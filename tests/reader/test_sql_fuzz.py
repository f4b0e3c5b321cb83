"""However SQL is written in a migration, it is read or left alone, and stands on its lines."""

from __future__ import annotations

import warnings

from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_django_migrations.migration import MigrationKey, Place, SqlText
from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.plan.statements import actions
from flake8_django_migrations.reader.module import read

DATABASES = [parse_database(each) for each in ("postgresql:14", "mysql:8.0", "sqlite")]
WORDS = st.sampled_from(
    """
    ALTER TABLE t ADD COLUMN c int ; ' " $$ $a$ ` ( ) , DO BEGIN END IF THEN ELSE LOOP EXCEPTION
    WHEN EXECUTE DECLARE CASE CREATE TRIGGER INDEX CONCURRENTLY ON UPDATE SET DELETE FROM WHERE
    DROP TYPE VALUE % %s %% -- /* */ { } \\ 0x 1e9 :: @ # U&' E' é \n SET LOCAL RESET ALL TO = NOT
    VALID EXISTS FUNCTION AS
    """.split(" ")
)
TEXTS = st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=40)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(DATABASES))
def test_any_text_becomes_actions_without_a_word_on_the_terminal(text, database):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = actions(SqlText(text, Place(3, 0, 9)), database)
    assert all(3 <= each.place.line <= each.place.end_line <= 9 for each in found)


LITERALS = st.tuples(st.sampled_from(["", "f", "r", "rf"]), st.text(max_size=10)).map(
    lambda each: each[0] + repr(each[1])
)
JOINED = st.lists(LITERALS, min_size=1, max_size=6).flatmap(
    lambda parts: st.sampled_from([" ", "\n", " +\n", "  # 'x'\n"]).map(lambda gap: gap.join(parts))
)


@settings(max_examples=200, deadline=None)
@given(JOINED)
def test_the_pieces_of_a_text_lie_in_its_expression(written):
    source = (
        "from django.db import migrations\nclass Migration(migrations.Migration):\n"
        f"    operations = [migrations.RunSQL((\n{written}\n))]\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        migration = read(source, "shop/migrations/0002.py", MigrationKey("shop", "0002"))
    last = source.count("\n")
    for operation in migration.operations if migration else ():
        for text in operation.sql if isinstance(operation.sql, tuple) else ():
            starts = [at for at, _ in text.pieces]
            assert starts == sorted(starts)
            assert all(4 <= place.line <= place.end_line <= last for _, place in text.pieces)
