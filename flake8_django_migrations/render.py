"""A row and a finding in words: flake8's message, what ``explain`` prints, the head of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.rules.rule import Finding, Rule, Severity
from flake8_django_migrations.rules.table import FAMILIES

if TYPE_CHECKING:
    from flake8_django_migrations.plan.databases import Database

MARKER: Final = (
    "<!-- Above: written from the table by `python -m flake8_django_migrations docs --write`. "
    "Below: by hand; the tests run every block. -->"
)
"""Ends the part of a rule's page that is written from its row."""

WRITTEN_BY: Final = "<!-- Written by `python -m flake8_django_migrations docs --write`. -->"
"""Stands on every page that is written as a whole."""

VENDORS: Final = {
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "sqlite": "SQLite",
}


def message(rule: Rule, finding: Finding, databases: Iterable[Database] = ()) -> str:
    """The row's message about this finding, in one line.

    The databases are named where it is not about all that are configured.
    """
    text = " ".join(rule.message.format_map(finding.words).split())
    names = ", ".join(database.name for database in databases)
    return f"{text} ({names})" if names else text


def family(rule: Rule) -> str:
    """The title of the rule's family."""
    return FAMILIES[int(rule.code[3])]


def standing(rule: Rule) -> str:
    """Its severity, and whether it has to be asked for."""
    if rule.default:
        return f"{rule.severity.value}, on by default"
    return f"advice, off until `extend-select = {rule.code[:4]}` asks for it"


def vendors(rule: Rule) -> str:
    """The databases it can speak about."""
    return ", ".join(VENDORS[vendor] for vendor in rule.databases) or "all databases"


def explain(rule: Rule) -> str:
    """The whole row for a terminal."""
    parts = (
        f"{rule.code} {rule.name}",
        f"{family(rule)}; {standing(rule)}; {vendors(rule)}; since {rule.since}",
        rule.message,
        f"Why: {rule.why}",
        f"Instead: {rule.instead}",
        "\n".join(f"See {source}" for source in rule.sources),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def page_head(rule: Rule) -> str:
    """What a rule's page says before its examples, down to the marker."""
    parts = (
        f"# {rule.code} {rule.name}",
        f"{family(rule)} · {standing(rule)} · {vendors(rule)} · since {rule.since}",
        f"> {rule.message}",
        f"**Why.** {rule.why}",
        f"**Instead.** {rule.instead}",
        "\n".join(f"* <{source}>" for source in rule.sources),
        MARKER,
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def weight(severity: Severity) -> int:
    """Where a severity stands in a review: errors first."""
    return list(Severity).index(severity)
