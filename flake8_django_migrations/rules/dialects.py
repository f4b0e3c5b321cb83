"""Words and signs of SQL that only some databases understand."""

from __future__ import annotations

import re
from typing import Final

_MYSQL: Final = frozenset({"mysql", "mariadb"})
_ALL: Final = _MYSQL | {"postgresql", "sqlite"}
_FORMS: Final[tuple[tuple[str, str, frozenset[str]], ...]] = (
    (r"\bindex\s+concurrently\b", "INDEX CONCURRENTLY", _ALL - {"postgresql"}),
    (r"\$\$", "$$ quoting", _ALL - {"postgresql"}),
    (r"\w\s*::\s*\w", "a :: cast", _ALL - {"postgresql"}),
    (r"\bcreate\s+extension\b", "CREATE EXTENSION", _ALL - {"postgresql"}),
    (r"\bcreate\s+type\b", "CREATE TYPE", _ALL - {"postgresql"}),
    (r"\bilike\b", "ILIKE", _ALL - {"postgresql"}),
    (r"\busing\s+(gin|gist|brin|spgist)\b", "this kind of index", _ALL - {"postgresql"}),
    (r"\bnot\s+valid\b", "NOT VALID", _ALL - {"postgresql"}),
    (r"\bvalidate\s+constraint\b", "VALIDATE CONSTRAINT", _ALL - {"postgresql"}),
    (r"\brefresh\s+materialized\b", "REFRESH MATERIALIZED VIEW", _ALL - {"postgresql"}),
    (
        r"\balter\s+column\s+\S+\s+(set\s+data\s+)?type\b",
        "ALTER COLUMN TYPE",
        _ALL - {"postgresql"},
    ),
    (r"\balter\s+column\s+\S+\s+(set|drop)\s+not\s+null\b", "SET NOT NULL", _MYSQL),
    (r"\bcreate\s+sequence\b", "CREATE SEQUENCE", frozenset({"mysql", "sqlite"})),
    (r"``", "`quoting`", frozenset({"postgresql"})),
    (r"\bauto_increment\b", "AUTO_INCREMENT", _ALL - _MYSQL),
    (r"\)\s*engine\s*=\s*\w", "ENGINE", _ALL - _MYSQL),
    (r"\balter\s+table\s+\S+\s+(modify|change)\b", "MODIFY and CHANGE", _ALL - _MYSQL),
    (r"\bconvert\s+to\s+character\s+set\b", "CONVERT TO CHARACTER SET", _ALL - _MYSQL),
    (r"\binsert\s+ignore\b", "INSERT IGNORE", _ALL - _MYSQL),
    (r"\bset\s+foreign_key_checks\b", "FOREIGN_KEY_CHECKS", _ALL - _MYSQL),
    (r"^\s*pragma\b", "PRAGMA", _ALL - {"sqlite"}),
    (r"\binsert\s+or\s+(ignore|replace)\b", "INSERT OR", _ALL - {"sqlite"}),
    (r"\bautoincrement\b", "AUTOINCREMENT", _ALL - {"sqlite"}),
    (r"^\s*truncate\b", "TRUNCATE", frozenset({"sqlite"})),
    (
        r"\badd\s+constraint\s+\S+\s+(unique|foreign|primary)\b",
        "ADD CONSTRAINT",
        frozenset({"sqlite"}),
    ),
    (r"^\s*comment\s+on\b", "COMMENT ON", _ALL - {"postgresql"}),
)
_COMPILED: Final = tuple(
    (re.compile(form, re.IGNORECASE | re.MULTILINE), name, vendors)
    for form, name, vendors in _FORMS
)


def foreign(sql: str, vendor: str) -> str:
    """What of the SQL the database surely does not understand, empty where all may be well.

    Strings and comments are taken out of the text before.
    """
    return next(
        (name for form, name, refusing in _COMPILED if vendor in refusing and form.search(sql)), ""
    )
