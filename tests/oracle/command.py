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
from oracle import known
from oracle.comparison import Tally
from oracle.environment import made
from oracle.projects import FILE, Project, read
from oracle.running import compared

_MOST_UNKNOWN: Final = 0.005
"""How large a part of all fields may be unknown to us."""

_LEAST_AGREEING: Final = 0.99
"""How large a part of the operations that send SQL must be planned as Django sends them."""

_FEWEST: Final = (10, 1_500)
"""How many projects and migrations are enough: one that cannot be installed is not our fault."""


def main(arguments: list[str]) -> int:
    """The exit code: 1 where a state or a plan differs that is not known to, where too little was
    loaded, or where too much is unknown.

    A project that was asked for by name must be loaded.
    """
    listed = read(tomllib.loads(FILE.read_text()))
    options = _options(arguments, listed)
    chosen = [each for each in listed if not options.projects or each.name in options.projects]
    found = {each.name: tally for each in chosen if (tally := _run(each, options)) is not None}
    loaded = [*found.values()]
    total = sum(loaded, Tally())
    is_planned = _plans(total, [*found])
    _say(f"{_summary('all', total)}; {len(loaded)} of {len(chosen)} projects")
    is_enough = len(loaded) == len(chosen) or (
        not options.projects and len(loaded) >= _FEWEST[0] and total.migrations >= _FEWEST[1]
    )
    is_known = total.unknown_fields <= total.fields * _MOST_UNKNOWN
    return 0 if is_enough and is_known and is_planned and not total.differing else 1


def _plans(total: Tally, projects: list[str]) -> bool:
    """Say on which operations the plans differ; whether that is as known, and few enough."""
    reasons = known.read(tomllib.loads(known.FILE.read_text()))
    for place, what in sorted(total.faults.items()):
        _say(f"  plan: {place}: {what}")
        _say(f"    known: {reasons[place]}" if place in reasons else "    NEW")
    verdict = known.judged(total.faults, reasons, projects)
    for place in verdict.gone:
        _say(f"  plan: {place}: no longer differs; take it out of {known.FILE.name}")
    sent, agreeing = total.plans["with SQL"], total.plans["agree"]
    for what, count in total.plans.items():
        _say(f"plans: {count} {what}")
    share = agreeing / max(sent, 1)
    _say(f"plans: {agreeing} of {sent} operations that send SQL agree ({share:.2%})")
    # One project alone may well be one of those that leave most to its settings.
    is_most = len(projects) < _FEWEST[0] or share >= _LEAST_AGREEING
    return verdict.is_as_known and is_most


def _options(arguments: list[str], listed: tuple[Project, ...]) -> argparse.Namespace:
    names = [project.name for project in listed]
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
