"""The databases a migration can be judged for: vendor and version."""

from __future__ import annotations

from typing import Final, NamedTuple

Version = tuple[int, ...]

SUPPORTED: Final[dict[str, tuple[Version, ...]]] = {
    "postgresql": tuple((major,) for major in range(10, 19)),
    "mysql": ((5, 7), (8, 0), (8, 4)),
    "mariadb": ((10, 6), (10, 11), (11, 4), (11, 8)),
    "sqlite": ((3,),),
}
"""Vendor to the release series that are known; a longer version belongs to its series."""


class Database(NamedTuple):
    """A server the migration will run on; versions compare as tuples."""

    vendor: str
    version: Version

    @property
    def name(self) -> str:
        """How the option spells it: ``postgresql:14``."""
        return f"{self.vendor}:{'.'.join(map(str, self.version))}"

    @property
    def can_rollback_ddl(self) -> bool:
        """Whether a failed migration leaves nothing behind."""
        return self.vendor in {"postgresql", "sqlite"}


DEFAULT: Final = Database("postgresql", (14,))


def accepted() -> str:
    """The accepted names in one line, for error messages and the options page."""
    return ", ".join(
        f"{vendor}:{'|'.join('.'.join(map(str, version)) for version in versions)}"
        for vendor, versions in SUPPORTED.items()
    )


def parse_database(text: str) -> Database:
    """The database an option names; ValueError with what is accepted for any other text.

    A vendor alone means its oldest known series, PostgreSQL alone the default; a series alone
    means its newest release.
    """
    vendor, _, digits = text.strip().lower().partition(":")
    vendor = {"postgres": "postgresql", "postgis": "postgresql"}.get(vendor, vendor)
    series = SUPPORTED.get(vendor, ())
    if not digits and series:
        return DEFAULT if vendor == DEFAULT.vendor else Database(vendor, series[0])
    parts = digits.split(".")
    if all(part.isdecimal() for part in parts):
        version = tuple(map(int, parts))
        if any(version[: len(known)] == known for known in series):
            return Database(vendor, version)
    raise ValueError(f"unknown database {text!r}; accepted: {accepted()}")
