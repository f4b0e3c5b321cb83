"""The page about databases: every fact stands on it, and its example is what the linter says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flake8_django_migrations.databases_page import EXAMPLE, FIVE, databases_page
from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.plan.facts import FACTS
from flake8_django_migrations.review import is_asked_for, review

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / EXAMPLE).read_text(encoding="utf-8")
PAGE = databases_page(ROOT, TEXT)


def section(name):
    return PAGE.partition(f"### `--djm-database {name}`")[2].partition("###")[0]


def codes(name):
    options = Options(databases=(parse_database(name),))
    judged = review(str(ROOT / EXAMPLE), TEXT.splitlines(keepends=True), options)
    reports = [each for each in judged.reports if is_asked_for(each.rule, options)]
    return [(each.finding.place.line, each.rule.code) for each in reports]


def test_every_fact_is_a_line_with_who_waits_and_how_it_is_known():
    lines = [line for line in PAGE.splitlines() if re.search(r"\[read\]\(https://", line)]
    assert len(lines) == len(FACTS)
    assert (
        "| rename index | before 12 | ACCESS EXCLUSIVE on an index | none | none |"
        " reads and writes wait | measured on 10 to 11, [read]" in PAGE
    )
    assert "| update | all | none | none | row writes | writers of the same rows wait |" in PAGE


def test_what_was_not_measured_does_not_say_so():
    mysql = PAGE.partition("## MySQL")[2].partition("\n## ")[0]
    assert "measured on" not in mysql


@pytest.mark.parametrize("name", FIVE)
def test_the_example_shows_what_the_linter_reports_for_each_database(name):
    shown = re.findall(r"\* line (\d+): \[(DJM\d+)\]", section(name))
    assert [(int(line), code) for line, code in shown] == codes(name)


def test_the_five_databases_take_the_migration_differently():
    told = {tuple(codes(name)) for name in FIVE}
    assert len(told) == len(FIVE)


def test_a_default_rewrites_the_table_on_old_servers_only():
    rewritten = {name for name in FIVE if (8, "DJM401") in codes(name)}
    assert rewritten == {"postgresql:10", "mysql:5.7"}


def test_a_constraint_that_mysql_cannot_have_is_reported_there_only():
    missing = {name for name in FIVE if (33, "DJM812") in codes(name)}
    assert missing == {"mysql:5.7", "mariadb:10.11"}


def test_without_the_example_the_page_is_the_table_alone(tmp_path):
    assert "five databases" not in databases_page(tmp_path, "")


def test_an_example_that_is_no_migration_reports_nothing(tmp_path):
    page = databases_page(tmp_path, "x = 1\n")
    assert page.count("Nothing is reported.") == len(FIVE)
