"""4xx: what is blocked while the migration runs, and by which work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import Place, RunPython, RunSQL, walk
from flake8_django_migrations.plan.actions import Action, Kind, Lock, Work
from flake8_django_migrations.rules import held, questions, running
from flake8_django_migrations.rules.pins import late_pins
from flake8_django_migrations.rules.rebuilds import built_again
from flake8_django_migrations.rules.rechecks import rechecks
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.plan.databases import Database
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_FILL: Final = "add it empty, then fill it"
_TOOL: Final = "use an online schema change tool"
_NEW_COLUMNS: Final = {
    Kind.ADD_COLUMN: ("so does any new column here", _TOOL),
    Kind.ADD_COLUMN_DEFAULT: ("the default is written into every row", _FILL),
    Kind.ADD_COLUMN_VOLATILE: ("its default is computed row by row", _FILL),
    Kind.ADD_COLUMN_STORED: ("its value is stored in every row", "fill a plain column"),
    Kind.ADD_COLUMN_VIRTUAL: ("so does any new column here", _TOOL),
    Kind.ADD_COLUMN_IDENTITY: ("every row gets a number", _FILL),
}
"""Why a new column is written into every row, and what to do."""
_INDEXES: Final = frozenset({Kind.CREATE_INDEX, Kind.ALTER_COLLATION})
_OUTSIDE_TRANSACTION: Final = {
    Kind.CREATE_INDEX_CONCURRENTLY: "CREATE INDEX CONCURRENTLY",
    Kind.DROP_INDEX_CONCURRENTLY: "DROP INDEX CONCURRENTLY",
    Kind.REINDEX_CONCURRENTLY: "REINDEX CONCURRENTLY",
    Kind.NOT_IN_TRANSACTION: "",
}
_OF_FIXED_FORM: Final = frozenset(
    {"smallint", "integer", "int", "bigint", "int4", "int8", "uuid", "jsonb", "double precision"}
)
"""Types that no other type can become in place."""
_POSITIVE: Final = re.compile(r"\bCHECK\s*\(\W*\w+\W*\s>=\s0\)", re.IGNORECASE)
"""The check of a field that takes no negative number, which nobody has written."""
_SEES_CHECKS: Final = (12,)
"""The PostgreSQL that takes a validated check for a proof of NOT NULL."""
_CHECK: Final = re.compile(r"\bCHECK\b.*\bIS\s+NOT\s+NULL\b", re.IGNORECASE | re.DOTALL)
_SCANS: Final = {
    Kind.SET_NOT_NULL: "SET NOT NULL",
    Kind.SET_NOT_NULL_PROVEN: "SET NOT NULL",
    Kind.ADD_CHECK: "the check",
    Kind.ADD_FOREIGN_KEY: "the foreign key",
    Kind.ADD_FOREIGN_KEY_NEW_COLUMN: "the foreign key",
    Kind.VALIDATE_CONSTRAINT: "validating",
}
_UNIQUE: Final = {
    Kind.ADD_UNIQUE: "the unique constraint",
    Kind.ADD_EXCLUSION: "the exclusion constraint",
    Kind.ADD_PRIMARY_KEY: "the primary key",
}
_NEW_FOREIGN_KEYS: Final = frozenset(
    {
        Kind.ADD_FOREIGN_KEY,
        Kind.ADD_FOREIGN_KEY_NEW_COLUMN,
        Kind.ADD_FOREIGN_KEY_NOT_VALID,
    }
)
_MAINTENANCE: Final = {
    Kind.REWRITE_TABLE: ("the rewrite of", "use pg_repack"),
    Kind.REINDEX: ("REINDEX of", "use REINDEX CONCURRENTLY"),
    Kind.REFRESH_VIEW: ("the refresh of", "use REFRESH MATERIALIZED VIEW CONCURRENTLY"),
}


# The questions of this family -------------------------------------------------------------


def _adds_column(step: Step, index: Action) -> bool:
    """Whether the same operation adds the column that it indexes."""
    return any(
        each.kind in questions.ADDED_COLUMNS
        and each.table == index.table
        and not set(each.columns).isdisjoint(index.columns)
        for each in step.forwards
    )


def _changes_type(step: Step, table: str) -> bool:
    """Whether the same operation writes the whole table again, with all its indexes."""
    return _does(step, Kind.ALTER_TYPE, table)


def _does(step: Step, kind: Kind, table: str) -> bool:
    return any(each.kind is kind and each.table == table for each in step.forwards)


def _is_built_beside_more(step: Step, table: str) -> bool:
    """Whether the index is the lesser part of the operation: a new type, a unique constraint."""
    return _changes_type(step, table) or _does(step, Kind.ADD_UNIQUE, table)


def _rebuilds(step: Step, table: str) -> bool:
    """Whether Django drops a foreign key of the table and adds it again."""
    if isinstance(step.operation, RunSQL | RunPython):
        return False
    kinds = {each.kind for each in step.forwards if each.table == table}
    return kinds >= {Kind.DROP_FOREIGN_KEY, Kind.ADD_FOREIGN_KEY}


# The rules --------------------------------------------------------------------------------


def rewriting_column(subject: Subject) -> Iterator[Finding]:
    """A new column for which every row is written again; on old MySQL any new column."""
    vendor = subject.database.vendor
    for _step, action, lock in held.working(subject):
        if action.kind in _NEW_COLUMNS and action.work is Work.REWRITE:
            cause, remedy = _NEW_COLUMNS[action.kind]
            is_any = action.kind is Kind.ADD_COLUMN_DEFAULT and vendor != "postgresql"
            yield found(
                action.place,
                column=questions.label(action),
                table=action.table,
                lock=held.spell_lock(lock),
                cause=cause,
                remedy=_TOOL if is_any else remedy,
            )


def blocking_index(subject: Subject) -> Iterator[Finding]:
    """An index built while writes wait."""
    again = built_again(subject)
    for step, action, lock in held.heavy(subject):
        if action.kind not in _INDEXES or _is_built_beside_more(step, action.table):
            continue
        if any(action is each for each in again):
            continue
        if step.in_transaction is not True or not _adds_column(step, action):
            yield found(
                action.place,
                table=action.table,
                lock=held.spell_lock(lock),
                who="reads and writes" if lock.blocks_reads else "writes",
            )


def concurrent_in_transaction(subject: Subject) -> Iterator[Finding]:
    """A statement that refuses transactions, in a migration or a string that is one."""
    is_ended = False
    for step, action in questions.actions(subject):
        is_ended = is_ended or held.ends_transaction(action)
        remedy = _refusing(step, action)
        if remedy and not (is_ended and step.in_transaction is True):
            yield found(action.place, statement=_statement(action), remedy=remedy)
    for step in questions.on_database(subject):
        told = {action.place.line for action in step.forwards if _refusing(step, action)}
        for action in step.backwards if isinstance(step.operation, RunSQL) else ():
            remedy = _refusing(step, action)
            if remedy and action.place.line not in told:
                yield found(action.place, statement=_statement(action), remedy=remedy)


def _statement(action: Action) -> str:
    return _OUTSIDE_TRANSACTION[action.kind] or action.sql.split(" ")[0].upper()


def _refusing(step: Step, action: Action) -> str:
    """What to do about a statement that runs in a transaction and refuses to; empty if none."""
    if action.kind not in _OUTSIDE_TRANSACTION:
        return ""
    if step.in_transaction is True:
        return "set atomic = False"
    is_one = step.in_transaction is False and action.statements > 1
    return "send it in a string of its own" if is_one else ""


def rewriting_type_change(subject: Subject) -> Iterator[Finding]:
    """A change of type for which the table, and those that point to it, are written again."""
    changes: dict[Place, list[tuple[Action, Lock]]] = {}
    for step, action, lock in held.heavy(subject):
        if action.kind is Kind.ALTER_TYPE and _surely_rewrites(step, action):
            changes.setdefault(action.place, []).append((action, lock))
    for place, (first, *others) in changes.items():
        action, lock = first
        more = len({each.table for each, _lock in others} - {action.table})
        yield found(
            place,
            column=questions.label(action),
            old=action.old_type or "another type",
            new=action.new_type,
            table=f"{action.table} and {more} more" if more else action.table,
            lock=held.spell_lock(lock),
        )


def _surely_rewrites(step: Step, action: Action) -> bool:
    """Whether there are values to write again; in doubt about the old type only some types are."""
    if any(step.is_new_column(action.table, column) for column in action.columns):
        return False
    return bool(action.old_type) or action.new_type in _OF_FIXED_FORM


def scan_under_lock(subject: Subject) -> Iterator[Finding]:
    """Every row checked while nobody else can write."""
    for step, action, lock in held.heavy(subject):
        if action.kind not in _SCANS or _is_beside_more(subject, step, action):
            continue
        if action.kind is Kind.SET_NOT_NULL and _is_proven_in_sql(subject, action):
            continue
        yield found(
            action.place,
            what=_what(action),
            work="copies" if action.work is Work.REWRITE else "scans",
            table=action.table,
            lock=held.spell_lock(lock),
            remedy=_remedy(step, action, subject.database),
        )
    if subject.database.vendor == "postgresql":
        yield from _rechecked(subject)


def _rechecked(subject: Subject) -> Iterator[Finding]:
    """The same for what hangs on a column whose type changes in place."""
    for action, what, is_index in rechecks(subject):
        yield found(
            action.place,
            what=f"{what} on {action.columns[0]}",
            work="is built again over" if is_index else "scans",
            table=action.table,
            lock=held.spell_lock(action.lock_on(action.table)),
            remedy="drop it, build it concurrently after" if is_index else "add it again NOT VALID",
        )


def _is_beside_more(subject: Subject, step: Step, action: Action) -> bool:
    """Whether another rule says more about the same operation.

    Nobody looks for the rows of a new key that is empty, as a required column has to come.
    """
    if action.kind is Kind.ADD_FOREIGN_KEY:
        is_postgresql = subject.database.vendor == "postgresql"
        return _rebuilds(step, action.table) or (is_postgresql and _comes_required(step, action))
    return action.kind is Kind.ADD_CHECK and _changes_type(step, action.table)


def _comes_required(step: Step, key: Action) -> bool:
    """Whether the operation adds the key's column NOT NULL, with a default that does not stay."""
    of_column = [each for each in step.forwards if _column(each) == _column(key)]
    is_required = any(
        each.kind in questions.ADDED_COLUMNS and each.is_not_null for each in of_column
    )
    return is_required and any(each.kind is Kind.DROP_DEFAULT for each in of_column)


def _column(action: Action) -> tuple[str, tuple[str, ...]]:
    return action.table, action.columns[:1]


def _is_proven_in_sql(subject: Subject, action: Action) -> bool:
    """Whether SQL may have added a check that says so, of which the state knows nothing."""
    if subject.database.vendor != "postgresql" or subject.database.version < _SEES_CHECKS:
        return False
    texts = (
        text.text
        for migration in (*subject.earlier, subject.migration)
        for operation in walk(migration.operations)
        if isinstance(operation, RunSQL) and isinstance(operation.sql, tuple)
        for text in operation.sql
    )
    return any(
        isinstance(text, str)
        and any(column in text for column in action.columns)
        and _CHECK.search(text)
        for text in texts
    )


def _what(action: Action) -> str:
    what = _SCANS[action.kind]
    if action.kind is Kind.VALIDATE_CONSTRAINT:
        return f"{what} {action.name}" if action.name else "validating the constraint"
    if action.kind is Kind.ADD_CHECK and _POSITIVE.search(action.sql):
        what = "the check >= 0"
    return f"{what} on {action.columns[0]}" if action.columns else what


def _remedy(step: Step, action: Action, database: Database) -> str:
    if action.kind is Kind.VALIDATE_CONSTRAINT:
        return "validate it in a migration of its own"
    if database.vendor != "postgresql":
        is_key = action.kind in _NEW_FOREIGN_KEYS
        return "set db_constraint=False" if is_key else _TOOL
    if action.kind in {Kind.SET_NOT_NULL, Kind.SET_NOT_NULL_PROVEN}:
        is_seen = database.version >= _SEES_CHECKS
        return "add and validate a check first" if is_seen else "keep a validated check instead"
    if action.kind is Kind.ADD_FOREIGN_KEY and _adds_column(step, action):
        return "add it without a default"
    return "add it NOT VALID, validate later"


def unique_built_under_lock(subject: Subject) -> Iterator[Finding]:
    """A constraint whose index is built while nobody else can use the table."""
    again = built_again(subject)
    for step, action, lock in held.heavy(subject):
        if action.kind not in _UNIQUE or action.work is not Work.INDEX_BUILD:
            continue
        if _changes_type(step, action.table) or any(action is each for each in again):
            continue
        is_exclusion = action.kind is Kind.ADD_EXCLUSION
        yield found(
            action.place,
            what=_UNIQUE[action.kind],
            table=action.table,
            lock=held.spell_lock(lock),
            remedy="plan a window" if is_exclusion else "build the index concurrently",
        )


def rebuilt_foreign_key(subject: Subject) -> Iterator[Finding]:
    """A foreign key dropped, added and validated again for a change beside it.

    Whoever keeps the old name for the sake of the running code keeps the key as well.
    """
    for step, action, _lock in held.heavy(subject):
        if action.kind is not Kind.ADD_FOREIGN_KEY or not _rebuilds(step, action.table):
            continue
        if _changes_type(step, action.table) or running.renames(subject, step):
            continue
        parent = action.references
        waits = action.lock_on(parent).blocks_writes and parent != action.table
        alone = "the table is copied" if action.work is Work.REWRITE else "every row is checked"
        yield found(
            action.place,
            table=action.table,
            column=action.columns[0] if action.columns else action.field,
            effect=f"{parent} waits too" if waits else alone,
        )


def foreign_key_locks_parent(subject: Subject) -> Iterator[Finding]:
    """A foreign key made or dropped that locks the existing table at its other end."""
    told: set[tuple[Place, str]] = set()
    for step, action in questions.actions(subject):
        what = _key_change(action)
        for table, lock in action.locks if what and not _rebuilds(step, action.table) else ():
            is_idle = step.is_new(table) or table in questions.SMALL_TABLES
            if table == action.table or is_idle or (action.place, table) in told:
                continue
            told.add((action.place, table))
            who = "reads and writes" if lock.blocks_reads else "writes"
            yield found(action.place, what=what, parent=table, lock=held.spell_lock(lock), who=who)


def _key_change(action: Action) -> str:
    """What happens to the foreign keys between two tables, empty where nothing does."""
    key = ".".join((action.table, *action.columns[:1]))
    if action.kind in _NEW_FOREIGN_KEYS:
        return f"new foreign key {key}"
    if action.kind is Kind.DROP_FOREIGN_KEY:
        return f"dropping foreign key {key}"
    return f"dropping table {action.table}" if action.kind is Kind.DROP_TABLE else ""


def index_built_with_column(subject: Subject) -> Iterator[Finding]:
    """An index built in the transaction that has locked the table for a new column."""
    told: set[Place] = set()
    for step, action, _lock in held.heavy(subject):
        if action.kind is not Kind.CREATE_INDEX or action.place in told:
            continue
        if _is_built_beside_more(step, action.table):
            continue
        if _adds_column(step, action) and step.in_transaction is True:
            told.add(action.place)
            yield found(action.place, column=questions.label(action), table=action.table)


def maintenance_under_lock(subject: Subject) -> Iterator[Finding]:
    """Upkeep of a table in use that locks it from the first row to the last."""
    for _step, action, lock in held.heavy(subject):
        if action.kind in _MAINTENANCE:
            what, remedy = _MAINTENANCE[action.kind]
            yield found(
                action.place,
                what=what,
                table=action.table,
                lock=held.spell_lock(lock),
                remedy=remedy,
            )


def late_pin(subject: Subject) -> Iterator[Finding]:
    """A rename that is sent and taken back, since the old name is kept only after it."""
    for each in late_pins(subject):
        yield found(each.place, what=each.what, name=each.name, pin=each.pin, rename=each.rename)
