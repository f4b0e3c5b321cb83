"""Every rule, one row each, in code order: a module a family.

This table is the documentation: flake8's message, the review, ``explain`` and the heads of the
pages under docs/rules are all written from these rows.
"""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules.rule import Rule
from flake8_django_migrations.rules.table import (
    data_loss,
    data_migrations,
    dependencies,
    large_tables,
    linter,
    locks,
    raw_sql,
    reversibility,
    separation,
    squashing,
    transactions,
    zero_downtime,
)

FAMILIES: Final = (
    "The linter itself",
    "Reversibility",
    "Data migrations",
    "Data loss",
    "Locks",
    "Large tables",
    "Dependencies",
    "Squashing",
    "Separation",
    "Zero downtime",
)
"""The families' titles, by a code's first digit."""

RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (
            *linter.ROWS,
            *reversibility.ROWS,
            *data_migrations.ROWS,
            *data_loss.ROWS,
            *raw_sql.DATA_MIGRATIONS,
            *raw_sql.DATA_LOSS,
            *locks.ROWS,
            *transactions.ROWS,
            *raw_sql.LOCKS,
            *large_tables.ROWS,
            *dependencies.ROWS,
            *squashing.ROWS,
            *separation.ROWS,
            *raw_sql.SEPARATION,
            *zero_downtime.ROWS,
            *raw_sql.ZERO_DOWNTIME,
        ),
        key=lambda rule: rule.code,
    )
)
"""Every rule of every family, in code order."""

RETIRED: Final[frozenset[str]] = frozenset()
"""Codes that once had a row; never used again."""
