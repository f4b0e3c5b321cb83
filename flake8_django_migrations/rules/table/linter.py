"""Rows of the linter itself: what the review says of its own reading."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules.rule import Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM001",
        name="unreadable-migration",
        message="{what} cannot be read ({why}): what depends on it is not judged",
        why=(
            "Operations that are computed when the module is imported cannot be known from its "
            "source. They may be safe, but nobody can say so before they run."
        ),
        instead=(
            "Write the operations as a literal list; put a condition into the function of a "
            "RunPython instead of around the operations."
        ),
        severity=Severity.WARNING,
        unmeasured="It is about what the linter can read, and not about a database.",
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#migration-files",),
        check=None,
    ),
    Rule(
        code="DJM002",
        name="internal-error",
        message="the linter failed on this file ({error} at {where}): please report it",
        why=(
            "One rule, or the reading of one file, has a fault of its own. Everything else was "
            "judged all the same."
        ),
        instead="Report the message and, if you can, the migration. Until then, review it by hand.",
        severity=Severity.WARNING,
        unmeasured="It is about the linter.",
        since="0.1.0",
        sources=("https://flake8.pycqa.org/en/latest/plugin-development/index.html",),
        check=None,
    ),
    Rule(
        code="DJM003",
        name="waiver-without-reason",
        message="the waiver gives no reason, so it waives nothing: add `-- why it is safe here`",
        why="A waiver is copied long after its author has left; only its reason can be checked.",
        instead="Say why:\n\n    # djm: allow DJM301 -- exported to the archive on 2 May",
        severity=Severity.WARNING,
        unmeasured="It is about a waiver.",
        since="0.1.0",
        sources=("https://flake8.pycqa.org/en/latest/user/violations.html",),
        check=None,
    ),
    Rule(
        code="DJM004",
        name="unknown-waiver-code",
        message="{waived} is no code that can be waived: the waiver has no effect",
        why="A typing error in a waiver must not widen it, and must not pass unnoticed either.",
        instead=(
            "Name codes in full, with a reason; `python -m flake8_django_migrations rules` lists "
            "them:\n\n    # djm: allow DJM301, DJM903 -- the column was never used"
        ),
        severity=Severity.WARNING,
        unmeasured="It is about a waiver.",
        since="0.1.0",
        sources=("https://flake8.pycqa.org/en/latest/user/violations.html",),
        check=None,
    ),
    Rule(
        code="DJM005",
        name="unused-waiver",
        message="{waived} is not reported here: remove the waiver",
        why="A waiver that waives nothing hides the next finding of that code on the same lines.",
        instead="Delete the comment, or move it to the operation that it is about.",
        severity=Severity.WARNING,
        unmeasured="It is about a waiver.",
        since="0.1.0",
        sources=("https://flake8.pycqa.org/en/latest/user/violations.html",),
        check=None,
    ),
    Rule(
        code="DJM006",
        name="stale-baseline-line",
        message="line {line} of the baseline names {migration}, which is gone: write it anew",
        why=(
            "A file that was renamed after it had shipped is judged as if it were new, and one that "
            "gets the name of a deleted migration is never judged. It is told at the last migration "
            "of the folder that has not shipped; `doctor` lists all such lines."
        ),
        instead="Write it again:\n\n    python -m flake8_django_migrations baseline",
        severity=Severity.WARNING,
        unmeasured="It is about a line of the baseline.",
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#squashing-migrations",),
        check=None,
    ),
)
"""The rows of DJM0xx, in code order."""
