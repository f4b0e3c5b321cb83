"""The migrations of one unpacked project, linted in this process and by the real flake8."""

from __future__ import annotations

import subprocess
import sys
import time
import tokenize
import traceback
from typing import TYPE_CHECKING

from flake8_django_migrations.history.history import Run
from flake8_django_migrations.migration import UNKNOWN, OpaqueOperation, walk
from flake8_django_migrations.paths import could_be_migration
from flake8_django_migrations.review import Review, review
from primer.bodies import bodies
from primer.outcome import Found, Outcome
from primer.sql import statements, unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flake8_django_migrations.options import Options


def migrations(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """The files that flake8 would hand to the plugin and that may be migrations, with their lines."""
    for path in sorted(folder.rglob("*.py")):
        lines = _lines(path) if "migration" in str(path.relative_to(folder)) else None
        if lines is not None and could_be_migration(str(path), lines):
            yield path, lines


def _lines(path: Path) -> list[str] | None:
    """The text as flake8 reads it; None where it is none."""
    try:
        with tokenize.open(path) as opened:
            return opened.readlines()
    except (SyntaxError, UnicodeError):
        return None


def lint(project: str, folder: Path, options: Options) -> Outcome:
    """Every migration of the project, judged in this process."""
    reviews: list[tuple[str, Review]] = []
    found: list[Found] = []
    faults: list[str] = []
    run = Run()
    started = time.perf_counter()
    for path, lines in migrations(folder):
        try:
            reviewed = review(str(path), lines, options, run)
        except Exception:  # noqa: BLE001 - one more fault to count, and the next file to read
            faults.append(f"{path}\n{traceback.format_exc()}")
            continue
        if reviewed is not None:
            name = path.relative_to(folder).as_posix()
            reviews.append((name, reviewed))
            found.extend(_found(project, name, reviewed))
    seconds = time.perf_counter() - started
    operations = [each for _, one in reviews for each in walk(one.migration.operations)]
    ran = [(f"{project}/{path}", each) for path, one in reviews for each in bodies(one.steps)]
    asked = statements((one.migration for _, one in reviews), options.databases[0])
    return Outcome(
        project=project,
        migrations=len(reviews),
        operations=len(operations),
        opaque=tuple(
            "?" if each.path is UNKNOWN else str(each.path)
            for each in operations
            if isinstance(each, OpaqueOperation)
        ),
        statements=len(asked),
        unread=unread(asked),
        functions=len(ran),
        doubtful=tuple(f"{path}:{each}" for path, each in ran if each.doubts),
        found=tuple(found),
        faults=tuple(faults),
        seconds=seconds,
    )


def _found(project: str, path: str, reviewed: Review) -> Iterator[Found]:
    for report in reviewed.reports:
        rule = report.rule
        line = report.finding.place.line
        yield Found(project, path, line, rule.code, report.message, not rule.default)


def flake8(folders: Iterable[Path]) -> str:
    """What went wrong in the real flake8 on these folders, empty where nothing did."""
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=DJM,E9", "-j2"]
    done = subprocess.run(
        [*command, *map(str, folders)], capture_output=True, text=True, check=False
    )
    if done.returncode in {0, 1} and "Traceback" not in done.stderr:
        return ""
    return f"flake8 ended with {done.returncode}\n{done.stderr}"


def has_plugin() -> bool:
    """Whether the flake8 of this environment has the plugin, so that running it shows anything."""
    command = [sys.executable, "-m", "flake8", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "flake8-djm" in done.stdout
