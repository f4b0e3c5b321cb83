"""The review as Markdown: a verdict, then each migration with its plan, findings and rollback."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flake8_django_migrations import outline, printout, render
from flake8_django_migrations.review import BY_CODE
from flake8_django_migrations.rules.rule import Severity

if TYPE_CHECKING:
    from flake8.violation import Violation

    from flake8_django_migrations.options import Options
    from flake8_django_migrations.review import Review

_UNREADABLE: Final = "E9"
"""flake8's own codes for a file that it could not read or parse."""


@dataclass(frozen=True, slots=True, eq=False)
class Reviewed:
    """A file that flake8 has checked: what was reported, and the review if it is a migration."""

    name: str
    violations: tuple[Violation, ...]
    review: Review | None

    @property
    def weights(self) -> frozenset[Severity]:
        """The severities of what was reported; a file that cannot be parsed is an error."""
        return frozenset(
            BY_CODE[each.code].severity if each.code in BY_CODE else Severity.ERROR
            for each in self.violations
            if each.code in BY_CODE or each.code.startswith(_UNREADABLE)
        )


def document(files: Sequence[Reviewed], asked: Options) -> str:
    """The verdict, then every migration, then what flake8 says about other files."""
    return "\n\n".join(_parts(files, asked))


def _parts(files: Sequence[Reviewed], asked: Options) -> Iterator[str]:
    judged = {each: each.review for each in files if each.review and not each.review.is_shipped}
    shipped = sum(1 for each in files if each.review and each.review.is_shipped)
    others = [each for each in files if each.violations and each not in judged]
    yield f"# Migration review: {_verdict([*judged, *others])}"
    databases = ", ".join(database.name for database in asked.databases)
    counted = f"{len(judged)} reviewed, {shipped} shipped earlier and not judged again"
    django = ".".join(map(str, asked.django))
    yield f"Migrations: {counted}. Judged for {databases} and Django {django}."
    summary = "\n".join(_summary(each) for each in judged if each.weights)
    if summary:
        yield summary
    for each, review in judged.items():
        yield from _migration(each, review, asked)
    if others:
        yield "## Other files"
        yield "\n".join(_plain(each) for other in others for each in other.violations)


def _verdict(files: Sequence[Reviewed]) -> str:
    weights = frozenset[Severity]().union(*(each.weights for each in files))
    if Severity.ERROR in weights:
        return "Blocked"
    if Severity.WARNING in weights:
        return "Needs review"
    return "Looks safe" if any(each.review for each in files) else "no migration to judge"


def _summary(reviewed: Reviewed) -> str:
    """One line for a migration with findings: how many of each severity, and their codes."""
    codes = sorted(each.code for each in reviewed.violations if each.code in BY_CODE)
    counted = Counter(BY_CODE[code].severity for code in codes)
    weights = ", ".join(
        f"{counted[severity]} {severity.value}{'s' if counted[severity] > 1 else ''}"
        for severity in (Severity.ERROR, Severity.WARNING)
        if counted[severity]
    )
    listed = ", ".join(dict.fromkeys(codes))
    return f"* `{reviewed.name}`: {weights or 'advice'} ({listed or 'not readable'})"


def _migration(reviewed: Reviewed, judged: Review, asked: Options) -> Iterator[str]:
    app, previous = judged.migration.app_label, judged.previous
    yield f"## {reviewed.name}"
    stuck = outline.irreversible(judged.steps)
    back = f"not possible, {', '.join(stuck)} cannot be reversed; without it: " if stuck else ""
    yield (
        f"* Deploy: {outline.deploy(judged.steps)}\n"
        f"* Roll back: {back}`python manage.py migrate {app} {previous}`; "
        "try it in development first"
    )
    yield f"### What {asked.databases[0].name} will be asked to do"
    plan = tuple(outline.outline(judged.steps, asked.table_rows, asked.databases[0]))
    yield printout.markdown(plan) if plan else "Nothing: there are no operations."
    yield from _findings(reviewed)
    if judged.waived:
        yield "### Waived"
        yield "\n".join(
            f"* {report.rule.code} line {report.finding.place.line}: {report.message}\n"
            f"  Reason given: {waiver.reason}"
            for report, waiver in judged.waived
        )
    slow = outline.to_time(judged.steps)
    if slow:
        yield "### Time on staging, with as many rows as production has"
        yield "\n".join(f"* {title}" for title in slow)


def _findings(reviewed: Reviewed) -> Iterator[str]:
    """The findings, errors first, then what other plugins say about the file."""
    ours = sorted(
        (each for each in reviewed.violations if each.code in BY_CODE),
        key=lambda each: render.weight(BY_CODE[each.code].severity),
    )
    theirs = [each for each in reviewed.violations if each.code not in BY_CODE]
    yield "### Findings"
    if not reviewed.violations:
        yield "None."
    yield from (_finding(each) for each in ours)
    if theirs:
        yield "\n".join(_plain(each) for each in theirs)


def _finding(violation: Violation) -> str:
    rule = BY_CODE[violation.code]
    head = f"{rule.severity.value.capitalize()} {rule.code} ({rule.name}), line"
    text = f"**{head} {violation.line_number}:** {violation.text}\n\n"
    text += f"Why: {rule.why}\n\nInstead: {rule.instead}"
    return "* " + textwrap.indent(text, "  ").lstrip()


def _plain(violation: Violation) -> str:
    place = f"{violation.filename}:{violation.line_number}:{violation.column_number}"
    return f"* {place}: {violation.code} {violation.text}"
