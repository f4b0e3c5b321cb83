"""A row and a finding in words."""

from __future__ import annotations

import pytest

from flake8_django_migrations.migration import NOWHERE
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.render import (
    MARKER,
    explain,
    message,
    page_head,
    standing,
    vendors,
    weight,
)
from flake8_django_migrations.rules.rule import Rule, Severity, found
from flake8_django_migrations.rules.table import RULES


def row(**changes):
    values = {
        "code": "DJM499",
        "name": "long-lock",
        "message": "{operation} locks {table}",
        "why": "Everybody waits.",
        "instead": "Do it in pieces:\n\n    piece()",
        "severity": Severity.ERROR,
        "since": "0.1.0",
        "sources": ("https://example.org/a", "https://example.org/b"),
        "check": None,
    }
    return Rule(**(values | changes))


FINDING = found(NOWHERE, operation="AddIndex", table="shop\n order")


def test_a_message_is_one_line_with_the_users_names():
    assert message(row(), FINDING) == "AddIndex locks shop order"


def test_the_databases_are_named_where_it_is_not_about_all():
    databases = (Database("mysql", (8, 0)), Database("postgresql", (14,)))
    assert message(row(), FINDING, databases) == (
        "AddIndex locks shop order (mysql:8.0, postgresql:14)"
    )


def test_names_with_braces_stay_as_they_are():
    assert message(row(), found(NOWHERE, operation="{x}", table="{0}")) == "{x} locks {0}"


def test_explain_holds_the_whole_row():
    assert explain(row()) == (
        "DJM499 long-lock\n\n"
        "Locks; error, on by default; all databases; since 0.1.0\n\n"
        "{operation} locks {table}\n\n"
        "Why: Everybody waits.\n\n"
        "Instead: Do it in pieces:\n\n    piece()\n\n"
        "See https://example.org/a\nSee https://example.org/b\n"
    )


def test_the_head_of_a_page_ends_at_the_marker():
    assert page_head(row()) == (
        "# DJM499 long-lock\n\n"
        "Locks · error, on by default · all databases · since 0.1.0\n\n"
        "> {operation} locks {table}\n\n"
        "**Why.** Everybody waits.\n\n"
        "**Instead.** Do it in pieces:\n\n    piece()\n\n"
        "* <https://example.org/a>\n* <https://example.org/b>\n\n"
        f"{MARKER}\n"
    )


def test_advice_says_how_it_is_asked_for():
    advice = row(severity=Severity.ADVICE)
    assert standing(advice) == "advice, off until `extend-select = DJM4` asks for it"


def test_databases_have_the_names_they_give_themselves():
    assert vendors(row(databases=("postgresql", "mariadb"))) == "PostgreSQL, MariaDB"


def test_errors_weigh_most():
    assert sorted(Severity, key=weight) == [Severity.ERROR, Severity.WARNING, Severity.ADVICE]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_row_can_be_told(rule):
    assert rule.name in explain(rule)
    assert page_head(rule).startswith(f"# {rule.code} {rule.name}\n")
