"""docs/coverage.md: no known hazard is without a rule or a reason, no rule without its place."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from flake8_django_migrations.rules.table import RULES

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
FAMILIES = {
    "V": 14,
    "D": 27,
    "L": 22,
    "K": 39,
    "B": 13,
    "G": 19,
    "Q": 12,
    "N": 21,
    "Z": 19,
    "Y": 12,
    "S": 19,
}
WITH_A_RULE = 175


class Row(NamedTuple):
    """A line of the page: the hazard, what it is, the codes that judge it, how or why not."""

    hazard: str
    what: str
    codes: tuple[str, ...]
    how: str


def rows():
    for line in TEXT.splitlines():
        if re.match(r"\| [A-Z]\d+ \|", line):
            hazard, what, codes, how = (each.strip() for each in line.strip("|").split("|"))
            yield Row(hazard, what, tuple(codes.split()), how)


ROWS = tuple(rows())
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.hazard)


def test_every_hazard_stands_there_once_in_order():
    wanted = [
        f"{family}{number}" for family, last in FAMILIES.items() for number in range(1, last + 1)
    ]
    assert Counter(row.hazard for row in ROWS) == Counter(wanted)
    for family in FAMILIES:
        numbers = [int(row.hazard[1:]) for row in ROWS if row.hazard[0] == family]
        assert numbers == sorted(numbers)


@each_row
def test_a_hazard_says_what_it_is_and_how_it_is_known(row):
    assert row.what
    assert row.how


@each_row
def test_the_codes_of_a_hazard_are_rules_with_a_page_that_runs(row):
    known = {rule.code for rule in RULES}
    assert set(row.codes) <= known
    assert len(set(row.codes)) == len(row.codes)
    for code in row.codes:
        page = ROOT / "docs" / "rules" / f"{code}.md"
        assert f"# {code}" in page.read_text(encoding="utf-8")


def test_every_rule_has_its_place_on_the_page():
    assert [rule.code for rule in RULES if rule.code not in TEXT] == []


def test_most_hazards_have_a_rule():
    assert sum(bool(row.codes) for row in ROWS) >= WITH_A_RULE


def test_nothing_is_left_open():
    assert [row.hazard for row in ROWS if row.how == "open"] == []
