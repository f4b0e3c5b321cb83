"""4xx: what raw SQL does to the transaction and to the session that Django migrates in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import RunSQL
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.rules import held, questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_OPENS: Final = frozenset({"BEGIN", "START"})
_DEFAULT: Final = "DEFAULT"
_ZERO: Final = re.compile(r"0+\s*\w*")
_OFF: Final = re.compile(r"0|off|false|no", re.IGNORECASE)
_ANY: Final = re.compile(r".*", re.DOTALL)
_WATCHED: Final = {
    "lock_timeout": _ZERO,
    "lock_wait_timeout": _ZERO,
    "innodb_lock_wait_timeout": _ZERO,
    "statement_timeout": _ANY,
    "idle_in_transaction_session_timeout": _ANY,
    "search_path": _ANY,
    "session_replication_role": re.compile(r"replica|local", re.IGNORECASE),
    "role": _ANY,
    "authorization": _ANY,
    "row_security": _OFF,
    "foreign_key_checks": _OFF,
    "unique_checks": _OFF,
    "sql_mode": _ANY,
}
"""Settings that later migrations miss, and the values that take something from them."""


def ended_transaction(subject: Subject) -> Iterator[Finding]:
    """COMMIT or ROLLBACK in a migration that Django runs in a transaction of its own."""
    there = questions.actions(subject)
    back = (
        (step, action)
        for step in questions.on_database(subject)
        if isinstance(step.operation, RunSQL)
        for action in step.backwards
    )
    for way in (there, back):
        for step, action in way:
            if step.in_transaction is True and held.ends_transaction(action):
                yield _ended(action)
                break


def _ended(action: Action) -> Finding:
    in_block = _is_in_block(action)
    effect = "fails" if in_block else "ends Django's transaction, nothing after it rolls back"
    statement = f"{action.name} in a DO block" if in_block else action.name
    return found(action.place, statement=statement, effect=effect)


def leaking_setting(subject: Subject) -> Iterator[Finding]:
    """A setting of the session that is not given back."""
    left: dict[str, tuple[Step, Action]] = {}
    for step, action in questions.actions(subject):
        if action.kind is not Kind.SET or action.is_local:
            continue
        name = action.name.lower()
        is_first = name not in left
        if name == "all":
            left.clear()
        left.pop(name, None)
        weakens = _WATCHED.get(name)
        if weakens and action.value != _DEFAULT and weakens.fullmatch(action.value) and is_first:
            left[name] = (step, action)
    for step, action in left.values():
        yield found(action.place, name=action.name, remedy=_remedy(subject, step))


def _remedy(subject: Subject, step: Step) -> str:
    if subject.database.vendor != "postgresql":
        return "set it back"
    return "use SET LOCAL" if step.in_transaction is True else "RESET it"


def idle_set_local(subject: Subject) -> Iterator[Finding]:
    """A setting for a transaction, sent where there is none."""
    is_open = False
    for step, action in questions.actions(subject):
        if action.kind is Kind.TRANSACTION:
            is_open = action.name in _OPENS or (is_open and not held.ends_transaction(action))
        is_lost = action.kind is Kind.SET and action.is_local and action.statements == 1
        if not is_lost or is_open or _is_in_block(action):
            continue
        # A function may open a transaction of its own.
        if step.in_transaction is False and isinstance(step.operation, RunSQL):
            is_order = action.name.upper() == "CONSTRAINTS"
            what = "SET CONSTRAINTS" if is_order else f"SET LOCAL {action.name}"
            remedy = "take it out" if is_order else "use SET, then RESET"
            yield found(action.place, what=what, remedy=remedy)


def _is_in_block(action: Action) -> bool:
    return action.sql[:2].upper() == "DO"
