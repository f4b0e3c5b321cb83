"""What each database can do, as far as Django writes other SQL for it."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.plan.databases import Database

_CHECKS: Final = (8, 0, 16)
_EXPRESSION_INDEXES: Final = (8, 0, 13)
_NATIVE_UUIDS: Final = (10, 7)

LIMITED_TYPES: Final = frozenset({"longblob", "longtext", "json"})
"""MySQL's types without an index, and with a default only in parentheses."""


def _is_since(database: Database, since: tuple[int, ...]) -> bool:
    """Whether the server is as new as that; a series alone means its newest release."""
    return database.version >= since[: len(database.version)]


def is_mysql(database: Database) -> bool:
    """Whether it is MySQL or MariaDB, which share Django's schema editor."""
    return database.vendor in {"mysql", "mariadb"}


def has_checks(database: Database) -> bool:
    """Whether CHECK is more than a word that is read over."""
    return database.vendor != "mysql" or _is_since(database, _CHECKS)


def has_partial_indexes(database: Database) -> bool:
    """Whether an index can have a condition."""
    return database.vendor in {"postgresql", "sqlite"}


def has_expression_indexes(database: Database) -> bool:
    """Whether an index can be on expressions."""
    if database.vendor == "mysql":
        return _is_since(database, _EXPRESSION_INDEXES)
    return database.vendor != "mariadb"


def has_text_defaults(database: Database) -> bool:
    """Whether columns of text, bytes and JSON can have a default."""
    return database.vendor != "mysql" or _is_since(database, _EXPRESSION_INDEXES)


def has_nulls_distinct(database: Database) -> bool:
    """Whether a unique constraint can say that NULLs are equal."""
    return database.vendor == "postgresql" and _is_since(database, (15,))


def has_uuids(database: Database) -> bool:
    """Whether UUIDs have a type of their own; Django uses MariaDB's since 5.0."""
    if database.vendor == "mariadb":
        return _is_since(database, _NATIVE_UUIDS)
    return database.vendor == "postgresql"


def index_extras(database: Database) -> tuple[str, ...]:
    """The keywords that make more of an index than its columns; the others are read over."""
    match database.vendor:
        case "postgresql":
            return ("condition", "include", "opclasses", "expressions")
        case "sqlite":
            return ("condition", "expressions")
        case _:
            return ("expressions",)
