"""``python -m flake8_django_migrations``: the rules, a plan, the baseline, and a doctor."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flake8.exceptions import Flake8Exception
from flake8.options.parse_args import parse_args

from flake8_django_migrations import baseline, doctor, pages, render
from flake8_django_migrations.discovery import lines_of, migrations_below
from flake8_django_migrations.options import read
from flake8_django_migrations.printout import Plan, as_json, terminal
from flake8_django_migrations.review import review
from flake8_django_migrations.rules.table import RULES


def rules(_: Namespace) -> int:
    """Every rule, a line each."""
    for rule in RULES:
        print(f"{rule.code}  {rule.name:<34} {rule.severity.value:<8} {render.vendors(rule)}")
    return 0


def explain(arguments: Namespace) -> int:
    """What a rule reports, why, and what to do instead."""
    wanted = arguments.code
    for rule in RULES:
        if wanted.upper() == rule.code or wanted == rule.name:
            print(render.explain(rule), end="")
            return 0
    return _refuse(f"there is no rule {wanted}: `rules` lists them all")


def plan(arguments: Namespace) -> int:
    """What each database will be asked to do, with locks, work and who waits."""
    _, namespace = parse_args(arguments.flake8)
    options = read(namespace)
    lines = lines_of(arguments.file, namespace)
    plans = []
    for database in options.databases:
        asked = replace(options, databases=(database,))
        judged = review(arguments.file, lines, asked)
        if judged is None:
            return _refuse(f"{arguments.file} is no migration that can be read")
        plans.append(
            Plan(path=arguments.file, review=judged, options=asked, backwards=arguments.backwards)
        )
    print(as_json(plans) if arguments.json else "\n\n".join(map(terminal, plans)))
    return 0


def write_baseline(arguments: Namespace) -> int:
    """List all migrations that are there now as shipped."""
    _, namespace = parse_args(["--isolated"])
    found = tuple(migrations_below(arguments.folders, namespace))
    if not found:
        return _refuse(f"there is no migration below {', '.join(arguments.folders)}")
    baseline.write(Path(arguments.output), found)
    print(f"{arguments.output} lists {len(found)} migrations; now set djm-baseline to it")
    return 0


def diagnose(arguments: Namespace) -> int:
    """Say why flake8 might be silent about migrations."""
    _, namespace = parse_args(arguments.flake8)
    found = tuple(migrations_below(["."], namespace))
    problems = tuple(doctor.diagnose(namespace, found))
    for problem in problems:
        print(f"* {problem}")
    print(f"flake8 would open {len(doctor.linted(namespace, found))} of {len(found)} migrations.")
    return int(bool(problems))


def docs(arguments: Namespace) -> int:
    """Check or write the generated parts of the documentation."""
    outdated = tuple(pages.outdated(Path(arguments.folder)))
    for path, text in outdated:
        if arguments.write:
            path.write_text(text, encoding="utf-8")
        print(f"{'written' if arguments.write else 'outdated'}: {path}")
    if outdated and not arguments.write:
        return _refuse("run `python -m flake8_django_migrations docs --write`")
    return 0


def parser() -> ArgumentParser:
    """The commands and what they take."""
    top = ArgumentParser(prog="python -m flake8_django_migrations", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("rules", help=rules.__doc__)
    listing.set_defaults(run=rules)

    one = commands.add_parser("explain", help=explain.__doc__)
    one.add_argument("code", help="a code or a name: DJM401")
    one.set_defaults(run=explain)

    planned = commands.add_parser("plan", help=plan.__doc__, epilog="flake8's options may follow")
    planned.add_argument("file")
    planned.add_argument("--backwards", action="store_true", help="the rollback instead")
    planned.add_argument("--json", action="store_true", help="for programs: a list of plans")
    planned.set_defaults(run=plan)

    shipped = commands.add_parser("baseline", help=write_baseline.__doc__)
    shipped.add_argument("folders", nargs="*", default=["."], help="where to look (default: .)")
    shipped.add_argument("--output", default=baseline.FILE_NAME, metavar="FILE")
    shipped.set_defaults(run=write_baseline)

    found = commands.add_parser("doctor", help=diagnose.__doc__, epilog=planned.epilog)
    found.set_defaults(run=diagnose)

    written = commands.add_parser("docs", help=docs.__doc__)
    mode = written.add_mutually_exclusive_group(required=True)
    mode.add_argument("--check", action="store_true")
    mode.add_argument("--write", action="store_true")
    written.add_argument("--folder", default="docs")
    written.set_defaults(run=docs)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; what flake8 does not accept is told in a line."""
    commands = parser()
    arguments, rest = commands.parse_known_args(argv)
    if rest and arguments.run not in {plan, diagnose}:
        commands.error(f"not known: {' '.join(rest)}")
    arguments.flake8 = rest
    try:
        return int(arguments.run(arguments))
    except (Flake8Exception, ValueError, OSError) as error:
        return _refuse(str(error))


def _refuse(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
