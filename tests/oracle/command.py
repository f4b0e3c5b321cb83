"""The command: install, load, compare, and say what came of it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

import tomllib
from oracle.comparison import Tally
from oracle.environment import made
from oracle.projects import FILE, Project, read
from oracle.running import compared

_MOST_UNKNOWN: Final = 0.005
"""How large a part of all fields may be unknown to us."""

_FEWEST: Final = (10, 1_500)
"""How many projects and migrations are enough: one that cannot be installed is not our fault."""


def main(arguments: list[str]) -> int:
    """The exit code: 1 where anything differs, too little was loaded, or too much is unknown.

    A project that was asked for by name must be loaded.
    """
    known = read(tomllib.loads(FILE.read_text()))
    options = _options(arguments, known)
    chosen = [each for each in known if not options.projects or each.name in options.projects]
    loaded = [tally for project in chosen if (tally := _run(project, options)) is not None]
    total = sum(loaded, Tally())
    _say(f"{_summary('all', total)}; {len(loaded)} of {len(chosen)} projects")
    is_enough = len(loaded) == len(chosen) or (
        not options.projects and len(loaded) >= _FEWEST[0] and total.migrations >= _FEWEST[1]
    )
    is_known = total.unknown_fields <= total.fields * _MOST_UNKNOWN
    return 0 if is_enough and is_known and not total.differing else 1


def _options(arguments: list[str], known: tuple[Project, ...]) -> argparse.Namespace:
    names = [project.name for project in known]
    parser = argparse.ArgumentParser(prog="python tests/oracle", description=__doc__)
    parser.add_argument("projects", nargs="*", metavar="PROJECT", help=", ".join(names))
    parser.add_argument(
        "--cache", type=Path, default=Path(".tox/oracle-projects"), help="where they are kept"
    )
    parser.add_argument("--django", default="5.2", help="the release of Django that is asked")
    parser.add_argument("--most", type=int, default=10, help="how many lines to list of each kind")
    options = parser.parse_args(arguments)
    strange = sorted({*options.projects} - {*names})
    if strange:
        parser.error(f"no such project: {', '.join(strange)}")
    return options


def _run(project: Project, options: argparse.Namespace) -> Tally | None:
    started = time.monotonic()
    try:
        environment = made(project, options.cache.resolve(), options.django)
        tally = compared(project, environment.python, environment.source)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        _say(f"{project.name}: {error}")
        return None
    _say(f"{_summary(project.name, tally)}, {time.monotonic() - started:.0f} s")
    for what, count in tally.graph.items():
        _say(f"  graph: {count} {what}")
    _listed("unknown", tally.unknown, tally, options.most)
    _listed("differs", tally.differing, tally, options.most)
    return tally


def _summary(name: str, tally: Tally) -> str:
    return (
        f"{name}: {tally.migrations} migrations, {tally.models} models, {tally.fields} fields, "
        f"{tally.unknown_fields} unknown, {len(tally.differing)} differing"
    )


def _listed(kind: str, found: Counter[str], tally: Tally, most: int) -> None:
    for what, count in found.most_common(most):
        _say(f"  {kind} in {count} states since {tally.since[what]}: {what}")
    if len(found) > most:
        _say(f"  {kind}: {len(found) - most} more")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
