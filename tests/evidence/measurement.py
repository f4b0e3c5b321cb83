"""What a measurement is: the statements that lead to an action, and what the server did."""

from __future__ import annotations

from dataclasses import dataclass

from flake8_django_migrations.plan.actions import Kind, Lock, Work
from flake8_django_migrations.plan.databases import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Statements that lead to one action on the table, on the versions from ``since``.

    ``before`` prepares the table and is not measured. ``other`` is the table at the other end of
    a foreign key, empty where the action has to do with none.
    """

    kind: Kind
    sql: str
    before: str = ""
    since: Version = ()
    until: Version = ()
    table: str = "t"
    other: str = "p"

    def is_for(self, version: Version) -> bool:
        """Whether the server of that version understands the statements."""
        return self.since <= version and (not self.until or version < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the server did for one case."""

    lock: Lock
    referenced: Lock
    work: Work
    can_run_in_transaction: bool
    reads_wait: bool
    writes_wait: bool
