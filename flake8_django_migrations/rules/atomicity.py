"""2xx: what RunPython says about its transaction, where Django does not ask it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_django_migrations.migration import Code, RunPython
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject


def ignored_atomic(subject: Subject) -> Iterator[Finding]:
    """A RunPython whose ``atomic`` changes nothing."""
    for step in questions.on_database(subject):
        match step.operation:
            case RunPython(code=Code(is_noop=True)):
                continue
            case RunPython(atomic=bool(atomic), code=code, place=place):
                name = code.name if isinstance(code, Code) else "..."
                effect, remedy = _effect(subject, step, atomic=atomic)
            case _:
                continue
        if effect:
            said = f"RunPython({name}, atomic={atomic})"
            yield found(place, said=said, effect=effect, remedy=remedy)


def _effect(subject: Subject, step: Step, *, atomic: bool) -> tuple[str, str]:
    """What happens instead of what is said, and what to do; empty where it is what is said.

    Where DDL cannot be rolled back, Django opens no transaction around the migration.
    """
    around = subject.migration.atomic
    if not atomic and around is True and subject.database.can_rollback_ddl:
        return "runs in the migration's transaction all the same", "set Migration.atomic = False"
    if atomic and around is False and step.is_nested:
        return "runs without a transaction all the same", "take it out of the operation around it"
    return "", ""
