"""The command: fetch, unpack, lint and report; no internal error, and every finding can be read."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_django_migrations.options import Options, parse_databases
from primer import summary
from primer.archives import ArchiveError, unpack
from primer.download import DownloadError, fetch
from primer.lint import flake8, has_plugin, lint, migrations
from primer.projects import FILE, Project, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from primer.outcome import Outcome


def main(arguments: Sequence[str]) -> int:
    """Lint the projects; the exit status is 1 where the linter itself had a fault."""
    given = _parser().parse_args(arguments)
    projects = [
        each
        for each in read(FILE.read_text(encoding="utf-8"))
        if not given.only or each.name in given.only
    ]
    if not given.no_flake8 and not has_plugin():
        _say(["the flake8 of this environment has no plugin flake8-djm: install it first"])
        return 1
    unpacked = given.cache / "unpacked"
    options = Options(databases=parse_databases(given.database))
    outcomes = []
    missing = []
    for project in projects:
        try:
            folder = _unpacked(project, given.cache)
        except (DownloadError, ArchiveError) as error:
            missing.append(f"not linted: {error}")
            continue
        outcomes.append(_lint(project, folder, options, with_flake8=not given.no_flake8))
    _report(outcomes, given)
    found = summary.total(outcomes).found
    if given.show:
        _say(summary.show(found, given.show, unpacked, given.limit))
    if given.diff:
        names = {each.project for each in outcomes}
        before = (each for each in summary.read(given.diff) if each.project in names)
        _say(summary.diff(before, found))
    if given.json:
        summary.write(found, given.json)
    _say(missing)
    return int(bool(missing) or not all(each.is_sound for each in outcomes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python tests/primer", description=__doc__)
    parser.add_argument("only", nargs="*", help="projects to lint (default: all of projects.txt)")
    parser.add_argument("--cache", type=Path, default=_cache(), help="where archives are kept")
    parser.add_argument("--database", default="postgresql:14", help="as --djm-database")
    parser.add_argument(
        "--show", metavar="CODE", help="print the findings of a rule and their source"
    )
    parser.add_argument("--limit", type=int, default=20, help="how many of them")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all findings")
    parser.add_argument("--diff", metavar="FILE", type=Path, help="compare with an earlier --json")
    parser.add_argument("--no-flake8", action="store_true", help="leave out the run of flake8")
    return parser


def _cache() -> Path:
    """The user's cache folder, as the XDG specification has it."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "flake8-djm-primer")


def _unpacked(project: Project, cache: Path) -> Path:
    """The project's folder; what an earlier run has unpacked of the same version stays."""
    folder = cache / "unpacked" / project.name
    mark = cache / "unpacked" / f"{project.requirement}.done"
    if not (mark.is_file() and folder.is_dir()):
        unpack(fetch(project, cache), folder)
        for old in mark.parent.glob(f"{project.name}==*.done"):
            old.unlink()
        mark.touch()
    return folder


def _lint(project: Project, folder: Path, options: Options, *, with_flake8: bool) -> Outcome:
    outcome = lint(project.name, folder, options)
    if not with_flake8 or not outcome.migrations:
        return outcome
    return outcome.with_fault(flake8(sorted({path.parent for path, _ in migrations(folder)})))


def _report(outcomes: Sequence[Outcome], given: argparse.Namespace) -> None:
    _say(summary.table(outcomes))
    _say(["", *summary.rules(outcomes), "", "not understood:"])
    _say(summary.opaque(outcomes, given.limit))
    _say(["", *summary.sql(outcomes)])
    _say(["", *summary.functions(outcomes)])
    _say(["", *summary.total(outcomes).faults])


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
