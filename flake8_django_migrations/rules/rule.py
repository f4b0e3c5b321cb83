"""What a rule is, what it is asked about, and what it answers."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import update_wrapper
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from flake8_django_migrations.migration import ModelKey, Place

if TYPE_CHECKING:
    from flake8_django_migrations.history.graph import MigrationGraph
    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.migration import Migration, MigrationKey
    from flake8_django_migrations.options import Options
    from flake8_django_migrations.plan.databases import Database
    from flake8_django_migrations.plan.steps import Step


class Severity(enum.Enum):
    """How much a finding weighs in the review's verdict."""

    ERROR = "error"
    """The migration fails, or loses data, or breaks what is running."""
    WARNING = "warning"
    """It may, depending on rows or traffic that only the team knows."""
    ADVICE = "advice"
    """It could be better; off unless a prefix of four characters or more selects it."""


class Claim(enum.Enum):
    """What a rule says will happen, as a real database can confirm or deny it."""

    READS_WAIT = "others wait to read a table that was there"
    WRITES_WAIT = "others wait to write to a table that was there"
    PARENT_WAITS = "others wait to write to a table that is only pointed at"
    SEVERAL_WAIT = "others wait for several tables at once"
    HELD_ACROSS = "others wait for a table while other work is done"
    REWRITES = "a table that was there is written anew while others wait"
    SCANS = "every row of a table that was there is read while others wait"
    BUILDS_INDEX = "an index is built over the rows that are there while others wait"
    WRITES_ROWS = "rows are written, and stay locked to the end of the transaction"
    SCANS_ON_DELETE = "deleting a row reads every row of a table that points at it"
    COVERED = "another index answers the same queries about as fast"
    INDEX_GAP = "an index is gone before the one that follows it is there"
    ROW_BY_ROW = "a statement is sent for every row"
    LOADS_ALL = "all rows of a table are in memory at once"
    REPEATS = "run twice, it leaves other rows than run once"
    FAILS = "migrating forwards fails"
    HANGS = "migrating forwards does not end"
    FAILS_BACK = "migrating back fails"
    BLOCKS_BACK = "migrating back, rows are read or written anew while others wait"
    BREAKS_BACK = "there and back, the code from before or the next try forwards fails"
    HALF_DONE = "where a later statement fails, what was done before it stays"
    LOSES = "values are gone or changed afterwards"
    LOSES_BACK = "values are gone or changed after migrating there and back"
    BREAKS_RUNNING_CODE = "queries of the code from before fail"
    BREAKS_NEW_CODE = "queries of the code that comes with it fail"
    MIXED = "rows that are there get another value than new ones"
    DRIFTS = "the database is not what the state says"
    LEAKS = "a limit of the connection stays lifted"
    SPARABLE = "less leads to the same database"


@dataclass(frozen=True, slots=True)
class Finding:
    """A place and the words that fill the row's message."""

    place: Place
    words: Mapping[str, str] = field(default_factory=dict)


def found(place: Place, **words: str) -> Finding:
    """A finding, its words as keywords: ``found(operation.place, column="total")``."""
    return Finding(place, words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """All a rule may ask: the migration, its steps, and what surrounds it.

    ``unloaded`` is why Django never loads the file, empty where it does.
    ``earlier`` are the app's migrations that come before this one, oldest first; ``later`` the
    others on disk; ``replaced`` those that this one squashes. ``pending`` is None where no
    baseline says what has shipped: then rules about the pending set are silent. ``shipped`` is
    the app's state with all that has shipped and no more.
    """

    migration: Migration
    steps: tuple[Step, ...]
    graph: MigrationGraph
    unloaded: str = ""
    earlier: tuple[Migration, ...] = ()
    later: tuple[Migration, ...] = ()
    replaced: tuple[Migration, ...] = ()
    pending: frozenset[MigrationKey] | None = None
    shipped: ProjectState | None = None
    database: Database
    options: Options
    answers: dict[object, object] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """What was worked out for one rule and serves the next (``once``)."""

    @property
    def running(self) -> ProjectState:
        """The app's state as the running code has it: in front of this deploy."""
        return self.steps[0].before if self.shipped is None else self.shipped

    def rows(self, table: str) -> int | None:
        """How many rows the table has, None where no list says so."""
        return self.options.table_rows.get(table)

    def is_small(self, table: str) -> bool:
        """Whether the list of sizes says that unbatched work on the table is harmless."""
        rows = self.rows(table)
        return rows is not None and rows < self.options.batch_rows


_Answer = TypeVar("_Answer")


def once(
    question: Callable[[Subject], Iterator[_Answer]],
) -> Callable[[Subject], Sequence[_Answer]]:
    """A question that many rules ask, worked out when the first of them asks it."""

    def asked(subject: Subject) -> Sequence[_Answer]:
        if question not in subject.answers:
            subject.answers[question] = tuple(question(subject))
        return cast("tuple[_Answer, ...]", subject.answers[question])

    return update_wrapper(asked, question)


Check: TypeAlias = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row of the table: all that any reader of the rule needs.

    ``databases`` names the vendors the rule can speak about, empty for all. ``serves`` are the
    lines of the reviewer's checklist it answers. ``claims`` is what the evidence measures on its
    Bad example; where that is nothing, ``unmeasured`` says why.
    """

    code: str
    name: str
    message: str
    why: str
    instead: str
    severity: Severity
    databases: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    unmeasured: str = ""
    since: str
    sources: tuple[str, ...]
    check: Check | None
    """None for the rows of the linter itself, which the review reports."""

    @property
    def default(self) -> bool:
        """Whether it reports without being asked for."""
        return self.severity is not Severity.ADVICE


def spell(model: ModelKey) -> str:
    """A model as messages name it: ``shop.order``, ``settings.AUTH_USER_MODEL``."""
    if model.is_setting and "." in model.model_name:
        return model.model_name.lower()
    return f"{model.app_label}.{model.model_name}"
