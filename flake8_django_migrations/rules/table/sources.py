"""The pages that several rows name as their source."""

from __future__ import annotations

from typing import Final

OPERATIONS: Final = "https://docs.djangoproject.com/en/stable/ref/migration-operations/"
MIGRATIONS: Final = "https://docs.djangoproject.com/en/stable/topics/migrations/"
HOWTO: Final = "https://docs.djangoproject.com/en/stable/howto/writing-migrations/"
POSTGRES: Final = "https://docs.djangoproject.com/en/stable/ref/contrib/postgres/operations/"
ALTER_TABLE: Final = "https://www.postgresql.org/docs/current/sql-altertable.html"
LOCKS: Final = "https://www.postgresql.org/docs/current/explicit-locking.html"
