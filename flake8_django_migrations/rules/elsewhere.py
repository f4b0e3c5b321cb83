"""What the migrations of other apps do, before this one, with the rows of a model of this app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_migrations.migration import RunPython, RunSQL, Unknown, walk
from flake8_django_migrations.rules.questions import Sought, body_of, formerly, is_touched
from flake8_django_migrations.rules.rule import once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.rules.rule import Subject


def is_moved_elsewhere(subject: Subject, sought: Sought) -> bool:
    """Whether another app's migration that surely comes before asks for what is sought.

    Unlike in the app itself, what cannot be read is not taken to be about it.
    """
    for operation in _own(subject):
        sought = formerly(operation, sought)
    return any(_asks(each, sought) and is_touched(each, sought) for each in _others(subject))


@once
def _own(subject: Subject) -> Iterator[Operation]:
    """The operations of the app up to this migration's last, the last one first."""
    for migration in (subject.migration, *reversed(subject.earlier)):
        yield from reversed(tuple(walk(migration.operations)))


@once
def _others(subject: Subject) -> Iterator[Operation]:
    """The operations that move rows in all that this migration depends on in other apps."""
    for key in subject.graph.ancestors(subject.migration.key).keys:
        migration = subject.graph.migration(key)
        if migration is not None and key.app_label != subject.migration.app_label:
            for operation in walk(migration.operations):
                if isinstance(operation, RunPython | RunSQL):
                    yield operation


def _asks(operation: Operation, sought: Sought) -> bool:
    """Whether the operation surely is about the model."""
    if isinstance(operation, RunSQL):
        return not isinstance(operation.sql, Unknown)
    body = body_of(operation.code) if isinstance(operation, RunPython) else None
    return body is not None and any(get.model in sought.models for get in body.gets)
