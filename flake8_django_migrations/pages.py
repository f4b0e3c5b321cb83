"""The generated parts of the documentation: rule heads, the index, the options, the changelog."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

from flake8_django_migrations.databases_page import EXAMPLE, databases_page
from flake8_django_migrations.options import OPTIONS
from flake8_django_migrations.render import MARKER, WRITTEN_BY, family, page_head, standing
from flake8_django_migrations.rules.rule import Rule
from flake8_django_migrations.rules.table import RULES

CHECKLIST: Final = {
    "1 Reversibility": {
        "1.1": "Does every operation still have a way back, also by hand and when nested?",
        "1.2": "Do RunPython and RunSQL have a reverse?",
        "1.3": "If it is one-way on purpose, is the reason written down?",
        "1.4": "Has the rollback been tried, and what is its command?",
    },
    "2 Data migrations": {
        "2.1": "Are rows processed in batches?",
        "2.2": "Are large backfills written by bulk_update() or batched UPDATEs?",
        "2.3": "Is it safe when it runs twice?",
        "2.4": "Is no table of more than 10,000 rows loaded at once?",
        "2.5": "Do models come from apps.get_model()?",
    },
    "3 Data loss": {
        "3.1": "Is the data of a removed field unneeded, or moved in an earlier migration?",
        "3.2": "Does a change of type cut or refuse values?",
        "3.3": "Before NOT NULL, have the rows been filled?",
        "3.4": "Is a rename written as a rename?",
        "3.5": "Is the drop of a table confirmed?",
    },
    "4 Lock impact": {
        "4.1": "Does a column with a default rewrite the table?",
        "4.2": "Are indexes built concurrently, outside a transaction?",
        "4.3": "Does a change of type rewrite the table under lock?",
        "4.4": "How large is the table and how long is the lock held?",
    },
    "5 Large tables": {
        "5.1": "Above 1,000,000 rows, what takes ACCESS EXCLUSIVE?",
        "5.2": "Is the whole table updated in one statement?",
        "5.3": "Do complex changes use SeparateDatabaseAndState?",
        "5.4": "Does a column with a backfill take three steps?",
        "5.5": "What has to be timed on staging?",
    },
    "6 Dependencies": {
        "6.1": "Is every dependency declared, and does it exist?",
        "6.2": "Are references to other apps among the dependencies?",
        "6.3": "Is there a circle, also across apps?",
        "6.4": "Is there one last migration in the app?",
    },
    "7 Squashing": {
        "7.1": "Are more than 20 migrations of the app pending?",
        "7.2": "Do pending migrations undo or repeat one another?",
        "7.3": "Is only squashed what has shipped everywhere?",
        "7.4": "Does the squash replace its originals exactly?",
    },
    "8 Schema and data apart": {
        "8.1": "Are schema and data in different migrations?",
        "8.2": "Does the schema come before the data that needs it?",
        "8.3": "Does the data move before its old column goes?",
        "8.4": "Are add, backfill and remove three migrations?",
    },
    "9 Zero downtime": {
        "9.1": "Does a required column take three deploys?",
        "9.2": "Are the three steps in different deploys?",
        "9.3": "Does running code still use what is dropped or renamed?",
    },
}
"""What a reviewer asks, by part and number; a row's ``serves`` names the numbers."""

IN_THE_REVIEW: Final = frozenset({"1.4", "4.4", "5.5"})
"""The questions that ``--format=djm-review`` answers."""

_WHERE_OPTIONS_STAND: Final = """\
On the command line, or without the leading dashes in the `[flake8]` section of `setup.cfg`,
`tox.ini` or `.flake8`. A plain file name is looked for beside the configuration first, then in the
working directory."""
_NEW_RULES: Final = re.compile(
    r"(?<=<!-- new rules ([0-9.]{5}) -->\n).*?(?=<!-- end -->)", re.DOTALL
)


def rules_page() -> str:
    """docs/rules.md: every rule by family, then every question with the rules that answer it."""
    parts = ["# Rules", WRITTEN_BY]
    for title, rows in groupby(RULES, key=family):
        head = "| Code | Name | Reports | |\n|---|---|---|---|"
        parts += [f"## {title}", "\n".join([head, *map(_row, rows)])]
    parts += ["## What a reviewer asks", *_questions(), _toctree()]
    return "\n\n".join(parts) + "\n"


def _row(rule: Rule) -> str:
    return f"| {_link(rule)} | {rule.name} | {rule.message} | {standing(rule)} |"


def _link(rule: Rule) -> str:
    return f"[{rule.code}](rules/{rule.code}.md)"


def _questions() -> Iterator[str]:
    for part, questions in CHECKLIST.items():
        yield f"### {part}"
        yield "\n".join(
            f"* {number} {text} {_answer(number)}" for number, text in questions.items()
        )


def _answer(number: str) -> str:
    answers = [_link(rule) for rule in RULES if number in rule.serves]
    if number in IN_THE_REVIEW:
        answers.append("in the review report")
    return ", ".join(answers)


def _toctree() -> str:
    return "```{toctree}\n:hidden:\n:glob:\n\nrules/*\n```"


def options_page() -> str:
    """docs/options.md: every option with what it accepts."""
    parts = [
        "# Options",
        WRITTEN_BY,
        _WHERE_OPTIONS_STAND,
    ]
    for option in OPTIONS:
        default = f"`{option.default}`" if option.default else "none"
        parts += [
            f"## `{option.flag} {option.metavar}`",
            f"{option.help[0].upper()}{option.help[1:]}.",
            f"Default: {default}. Accepts: {option.accepts}.",
        ]
    return "\n\n".join(parts) + "\n"


def rule_page(rule: Rule, text: str) -> str:
    """The rule's page with its head renewed; what follows the marker stays."""
    _, found, examples = text.partition(MARKER)
    below = examples if found else f"\n{text}"
    return f"{page_head(rule)}\n{below.strip()}".rstrip() + "\n"


def changelog(text: str) -> str:
    """The changelog with the new rules of each release listed between its markers."""
    return _NEW_RULES.sub(lambda match: _new_rules(match[1]), text)


def _new_rules(version: str) -> str:
    new = [f"* {_link(rule)} {rule.name}\n" for rule in RULES if rule.since == version]
    return "".join(new)


def outdated(docs: Path) -> Iterator[tuple[Path, str]]:
    """The files below the folder whose generated part is not what it should be, and that text."""
    wanted: list[tuple[Path, Callable[[str], str]]] = [
        (docs / "rules.md", lambda _: rules_page()),
        (docs / "options.md", lambda _: options_page()),
        (docs / "databases.md", lambda _: _databases_page(docs.parent)),
        (docs / "changelog.md", changelog),
    ]
    for path, renewed in wanted:
        yield from _difference(path, renewed)
    for rule in RULES:
        page = docs / "rules" / f"{rule.code}.md"
        yield from _difference(page, partial(rule_page, rule))


def _databases_page(root: Path) -> str:
    """The page with its example, where the folder has it."""
    path = root / EXAMPLE
    return databases_page(root, path.read_text(encoding="utf-8") if path.is_file() else "")


def _difference(path: Path, renewed: Callable[[str], str]) -> Iterator[tuple[Path, str]]:
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    new = renewed(text)
    if new != text:
        yield path, new
