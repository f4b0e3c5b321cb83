"""A plan as it is shown: in a terminal, in a Markdown document, and as JSON for programs."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from flake8_django_migrations import outline
from flake8_django_migrations.outline import Held, Line
from flake8_django_migrations.plan.actions import Kind

if TYPE_CHECKING:
    from flake8_django_migrations.options import Options
    from flake8_django_migrations.review import Review

_UNKNOWN: Final = re.compile(r"""["`]\?["`]""")
"""A name that is not known, as a statement shows it."""

WIDTH: Final = 100
"""Columns of the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one database is asked to do for one migration, in one direction."""

    path: str
    review: Review
    options: Options
    backwards: bool = False

    @property
    def database(self) -> str:
        """The database it is for: ``postgresql:14``."""
        return self.options.databases[0].name

    @property
    def django(self) -> str:
        """The release of Django it is for."""
        return ".".join(map(str, self.options.django))

    @property
    def lines(self) -> tuple[Line, ...]:
        """The statements in the order of execution."""
        steps, sizes = self.review.steps, self.options.table_rows
        (database, *_) = self.options.databases
        return tuple(outline.outline(steps, sizes, database, backwards=self.backwards))

    @property
    def rollback(self) -> str:
        """The command that goes back over the migration."""
        return f"python manage.py migrate {self.review.migration.app_label} {self.review.previous}"

    @property
    def transaction(self) -> str:
        """What becomes of the locks: whether they are held to the end of the migration."""
        if not self.options.databases[0].can_rollback_ddl:
            return "no transaction around it: what was done before a failure stays done"
        if self.review.migration.atomic is False:
            return "atomic = False: each statement is a transaction of its own"
        return "one transaction: every lock is held to its end"


# In a terminal -----------------------------------------------------------------------------


def terminal(plan: Plan) -> str:
    """The plan in lines of at most a hundred columns."""
    return "\n".join(_terminal(plan))


def _terminal(plan: Plan) -> Iterator[str]:
    migration = plan.review.migration
    way = "Rolling back" if plan.backwards else "Applying"
    title = f"{way} {migration.app_label}.{migration.name}"
    yield f"{title} on {plan.database}, Django {plan.django}"
    if not plan.backwards:
        yield from _wrapped(f"Deploy: {outline.deploy(plan.review.steps)}", "")
    yield from _wrapped(f"Roll back: {plan.rollback}", "")
    if plan.lines:
        yield from _wrapped(f"Locks: {plan.transaction}", "")
    for head, lines in groupby(plan.lines, _head):
        yield ""
        yield from _wrapped(head, "")
        for line in lines:
            yield from _statement(line)


def _head(line: Line) -> str:
    head = f"{line.operation} (line {line.number})"
    return f"{head}, at the end of the migration" if line.is_deferred else head


def _statement(line: Line) -> Iterator[str]:
    """The statement, then a line for each table; the work stands with the first."""
    yield from _wrapped(line.statement, "  ")
    if line.kinds:
        for each in _costs(line):
            yield from _wrapped(each, "      ")


def _costs(line: Line) -> list[str]:
    """Each table with its lock and who waits for it, then what is done meanwhile."""
    told = [f"{each.table}: {each.lock.value}, {each.waiting}" for each in _old(line.tables)]
    if told:
        told[0] += f"; {line.effort}"
    elif line.tables or Kind.CREATE_TABLE in line.kinds:
        told = ["a new table: nobody waits"]
    else:
        told = [f"no lock that others wait for; {line.effort}"]
    if not line.can_run_in_transaction:
        told[0] += "; refuses a transaction"
    if _UNKNOWN.search(line.statement):
        told.append("a table that only a setting names (?): its lock is not told")
    return told


def _old(tables: tuple[Held, ...]) -> tuple[Held, ...]:
    return tuple(held for held in tables if not held.is_new)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
    )


# In a document -----------------------------------------------------------------------------


def markdown(lines: Sequence[Line]) -> str:
    """The plan as a table."""
    head = ("Operation", "Statement", "Lock", "Waits", "Work")
    rows = [head, tuple("---" for _ in head), *map(_cells, lines)]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in rows)


def _cells(line: Line) -> tuple[str, ...]:
    if not line.kinds:
        return (line.operation, line.statement, "", "", "")
    locks = "; ".join(f"{held.lock.value} on {held.table}" for held in line.tables)
    waiting = "; ".join(dict.fromkeys(held.waiting for held in line.tables))
    return (line.operation, line.statement, locks or "none", waiting, line.effort)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


# For programs ------------------------------------------------------------------------------


def as_json(plans: Sequence[Plan]) -> str:
    """The plans, one for each database, as a JSON list."""
    return json.dumps([_plan(each) for each in plans], indent=2)


def _plan(plan: Plan) -> dict[str, object]:
    migration = plan.review.migration
    return {
        "path": plan.path,
        "app_label": migration.app_label,
        "name": migration.name,
        "database": plan.database,
        "django": plan.django,
        "direction": "backwards" if plan.backwards else "forwards",
        "deploy": outline.deploy(plan.review.steps),
        "rollback": plan.rollback,
        "irreversible": list(outline.irreversible(plan.review.steps)),
        "transaction": plan.transaction,
        "steps": [_step(line) for line in plan.lines],
    }


def _step(line: Line) -> dict[str, object]:
    where: dict[str, object] = {"line": line.number, "operation": line.operation}
    if not line.kinds:
        return {**where, "note": line.statement}
    return {
        **where,
        "statement": line.statement,
        "kinds": [kind.value for kind in line.kinds],
        "work": line.work.value,
        "rows": line.rows,
        "can_run_in_transaction": line.can_run_in_transaction,
        "is_deferred": line.is_deferred,
        "tables": [_held(held) for held in line.tables],
    }


def _held(held: Held) -> dict[str, object]:
    return {
        "table": held.table,
        "lock": held.lock.value,
        "reads_wait": held.lock.blocks_reads and not held.is_new,
        "writes_wait": held.lock.blocks_writes and not held.is_new,
        "rows": held.rows,
        "is_new": held.is_new,
    }
