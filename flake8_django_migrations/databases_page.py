"""The page about databases: the table of facts, and one migration as five databases take it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.options import Options
from flake8_django_migrations.outline import title_of
from flake8_django_migrations.plan.actions import Lock, Work
from flake8_django_migrations.plan.databases import Database, parse_database
from flake8_django_migrations.plan.facts import FACTS, Fact
from flake8_django_migrations.render import VENDORS, WRITTEN_BY
from flake8_django_migrations.review import Review, is_asked_for, review

if TYPE_CHECKING:
    from flake8_django_migrations.review import Report

FIVE: Final = ("postgresql:10", "postgresql:14", "mysql:5.7", "mariadb:10.11", "sqlite:3")
"""The databases that take the same migration differently."""

EXAMPLE: Final = "examples/servers/orders/migrations/0002_order_details.py"
"""That migration, below the folder that holds the documentation."""

_INTRODUCTION: Final = """\
What a statement locks, what is done meanwhile and who waits for it is one table, which every rule
asks. `tox -e evidence` runs a statement for each row on a table with rows in it and compares: the
lock in `pg_locks`, the files that are new, the rows that were read and written, what a second
connection can still do. *Measured* names the servers on which the row was found to be true; *read*
that no such server was at hand and the linked page is all there is.

An action that is not listed takes no lock that is known, and no rule about locks speaks of it."""

_NOTES: Final = {
    "postgresql": """\
A lock is held to the end of the transaction. The lock on an index does not stand in `pg_locks`
beside the table, but it stops the table all the same: to plan a query, PostgreSQL opens every
index of the table.""",
    "mysql": """\
These rows are what the manual says. An exclusive metadata lock is short, but it waits for every
open transaction that has used the table, and all others wait behind it.""",
    "mariadb": """\
Measured by what InnoDB builds anew, by whether the server accepts `LOCK=NONE`, and by what a second
connection could do for most of the time. Here too the short metadata lock waits for open
transactions. From 11.2 on others may write while a table is copied. A function as the default of a
new column may be worked out once: every row that is there gets the same `RAND()`.""",
    "sqlite": """\
There is one lock, on the file: nobody else writes until the transaction ends. Others can read until
the change outgrows SQLite's page cache, 2 MB by default; from then on they get "database is locked"
too, unless the file is in WAL mode. What SQLite has no statement for, Django does by writing the
table anew.""",
}

_HEAD: Final = "| Action | Versions | Lock | On referenced tables | Work | Who waits | Known from |"


def databases_page(root: Path, text: str) -> str:
    """docs/databases.md; ``text`` is the example's, empty where the folder has none."""
    parts = ["# Locks and work by database", WRITTEN_BY, _INTRODUCTION]
    for vendor, facts in groupby(FACTS, key=lambda fact: fact.vendor):
        parts += [f"## {VENDORS[vendor]}", _NOTES[vendor]]
        parts.append("\n".join([_HEAD, "|---" * 7 + "|", *map(_row, facts)]))
    if text:
        parts += _example(root / EXAMPLE, text)
    return "\n\n".join(parts) + "\n"


def _row(fact: Fact) -> str:
    cells = (
        fact.kind.value,
        _versions(fact),
        fact.lock.value,
        fact.referenced.value,
        fact.work.value,
        _waiting(fact),
        _known_from(fact),
    )
    return f"| {' | '.join(cells)} |"


def _waiting(fact: Fact) -> str:
    """Who waits; rows that are written are locked one by one where no table is."""
    is_by_rows = fact.lock is Lock.NONE and fact.work is Work.ROW_WRITES
    return (Lock.ROW_EXCLUSIVE if is_by_rows else fact.lock).waiting


def _versions(fact: Fact) -> str:
    since, until = (".".join(map(str, version)) for version in (fact.since, fact.until))
    parts = (("from", since), ("before", until))
    return ", ".join(f"{word} {version}" for word, version in parts if version) or "all"


def _known_from(fact: Fact) -> str:
    """The servers it was measured on, or the page where it was read."""
    spelled = [".".join(map(str, each.version)) for each in fact.measured]
    if not spelled:
        return f"[read]({fact.source})"
    ends = dict.fromkeys((spelled[0], spelled[-1]))
    return f"measured on {' to '.join(ends)}, [read]({fact.source})"


# One migration, five databases -------------------------------------------------------------


def _example(path: Path, text: str) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    databases = tuple(map(parse_database, FIVE))
    reviews = {each: _review(path, lines, each) for each in databases}
    yield "## One migration, five databases"
    yield (
        f"`{EXAMPLE}` changes a table that has rows, and `--djm-database` says which server it is"
        " for:"
    )
    yield f"```python\n{text.strip()}\n```"
    yield "\n".join(_overview(reviews))
    for database, judged in reviews.items():
        yield f"### `--djm-database {database.name}`"
        yield "\n".join(map(_finding, _reports(judged))) or "Nothing is reported."


def _review(path: Path, lines: Sequence[str], database: Database) -> Review | None:
    return review(str(path), lines, Options(databases=(database,)))


def _reports(judged: Review | None) -> tuple[Report, ...]:
    """What is reported without being asked for."""
    reports = judged.reports if judged else ()
    return tuple(each for each in reports if is_asked_for(each.rule, Options()))


def _overview(reviews: dict[Database, Review | None]) -> Iterator[str]:
    """A line for each operation, a column for each database."""
    yield f"| Operation | {' | '.join(each.name for each in reviews)} |"
    yield "|---" * (len(reviews) + 1) + "|"
    first = next(iter(reviews.values()))
    for operation in first.migration.operations if first else ():
        line = operation.place.line
        cells = (_codes(judged, line) for judged in reviews.values())
        yield f"| {title_of(operation)} | {' | '.join(cells)} |"


def _codes(judged: Review | None, line: int) -> str:
    codes = [each.rule.code for each in _reports(judged) if each.finding.place.line == line]
    return ", ".join(f"[{code}](rules/{code}.md)" for code in dict.fromkeys(codes))


def _finding(report: Report) -> str:
    code, line = report.rule.code, report.finding.place.line
    return f"* line {line}: [{code}](rules/{code}.md) {report.message}"
