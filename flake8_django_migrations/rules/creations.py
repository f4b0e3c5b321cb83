"""Which extensions of PostgreSQL have been created before a step."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.app import CONTRIB
from flake8_django_migrations.migration import (
    UNKNOWN,
    Body,
    Code,
    CreateExtension,
    OpaqueOperation,
    RunPython,
    RunSQL,
    SqlText,
    Unknown,
    walk,
)
from flake8_django_migrations.rules import questions

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_NAMES: Final = {
    "pg_trgm": "Trigram",
    "btree_gist": "BtreeGist",
    "citext": "CIText",
    "hstore": "HStore",
    "pgcrypto": "Crypto",
    "bloom": "Bloom",
}
"""How the operation that creates one begins: ``TrigramExtension``."""

_CREATES: Final = re.compile(
    r"CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"']?(\w+)", re.IGNORECASE
)


def is_created(subject: Subject, step: Step, extension: str) -> bool | Unknown:
    """Whether something before the step creates the extension; in doubt: UNKNOWN."""
    ancestry = subject.graph.ancestors(subject.migration.key)
    migrations = [subject.graph.migration(key) for key in ancestry.keys]
    before = [each for one in migrations if one for each in walk(one.operations)]
    before += [each.operation for each in takewhile(lambda each: each is not step, subject.steps)]
    answers = [_creates(operation, extension) for operation in before]
    if True in answers:
        return True
    is_whole = subject.migration.is_complete and not ancestry.outside - CONTRIB.keys()
    if not is_whole or any(map(_is_dark, before)):
        return UNKNOWN
    is_read = all(one and one.is_complete for one in migrations) and ancestry.is_complete
    if is_read and UNKNOWN not in answers:
        return False
    # A swappable dependency, or a function that was not read to its end, is one of the project's.
    return UNKNOWN if subject.graph.is_written(*_names(extension)) else False


def _names(extension: str) -> tuple[str, ...]:
    """What a text that creates the extension holds."""
    operation = _NAMES.get(extension)
    return (extension, f"{operation}Extension") if operation else (extension,)


def _is_dark(operation: Operation) -> bool:
    """Whether nothing at all is known of what the operation does."""
    match operation:
        case RunSQL(sql=sql):
            return isinstance(sql, Unknown) or any(isinstance(each.text, Unknown) for each in sql)
        case RunPython(code=code):
            return questions.body_of(code) is None
        case _:
            return isinstance(operation, OpaqueOperation)


def _creates(operation: Operation, extension: str) -> bool | Unknown:
    """Whether the operation creates the extension; in doubt: UNKNOWN."""
    match operation:
        case CreateExtension(name=name):
            return name == extension
        case RunSQL(sql=sql):
            return UNKNOWN if isinstance(sql, Unknown) else _in_texts(sql, extension)
        case RunPython(code=Code(body=Body() as body)):
            found = _in_texts(body.sql, extension)
            return found if body.is_complete or found is True else UNKNOWN
        case _:
            return False


def _in_texts(texts: tuple[SqlText, ...], extension: str) -> bool | Unknown:
    known = [each.text for each in texts if isinstance(each.text, str)]
    if any(extension in _CREATES.findall(text) for text in known):
        return True
    return False if len(known) == len(texts) else UNKNOWN
