"""The names that Django makes up for indexes and constraints, digest and all."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.plan.columns import Column
from flake8_django_migrations.plan.databases import Database

_LONGEST: Final = {"postgresql": 63, "mysql": 64, "mariadb": 64}
_LONGEST_ANYWHERE: Final = 200
"""Where the database itself has no limit."""

_DIGEST: Final = 8


def made_up(database: Database, table: str, columns: tuple[str, ...], suffix: str = "") -> str:
    """Table, columns and a digest of both; what is too long is cut as Django cuts it."""
    table = table.rpartition('"."')[2].strip('"')
    ending = f"{_digest(table, *columns)}{suffix}"
    longest = _LONGEST.get(database.vendor, _LONGEST_ANYWHERE)
    joined = "_".join(columns)
    name = f"{table}_{joined}_{ending}"
    if len(name) <= longest:
        return name
    if len(ending) > longest / 3:
        ending = ending[: longest // 3]
    part = (longest - len(ending)) // 2 - 1
    name = f"{table[:part]}_{joined[:part]}_{ending}"
    return f"D{name[:-1]}" if name[0] == "_" or name[0].isdigit() else name


def _digest(*parts: str) -> str:
    # It brings OpenSSL along: 4 MB that a file without such a name can do without.
    from hashlib import md5

    return md5("".join(parts).encode(), usedforsecurity=False).hexdigest()[:_DIGEST]


def foreign_key_name(
    database: Database, table: str, column: Column, *, is_short: bool = False
) -> str:
    """The constraint of a foreign key; without a digest where the column is not known.

    The short name is for one that is made again with the key that it points to.
    """
    target = column.target
    suffix = "_fk" if is_short else f"_fk_{target.table or '?'}_{target.column or '?'}"
    if not column.column:
        return f"{table}{suffix}"
    return made_up(database, table, (column.column,), suffix)
