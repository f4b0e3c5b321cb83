"""Outcomes in words: a table, the findings of one rule with their source, two runs compared."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from primer.outcome import INTERNAL_ERROR, UNREADABLE, Found, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line for each project, then the total."""
    columns = "{:24}{:>11}{:>11}{:>8}{:>11}{:>9}{:>7}{:>9}"
    yield columns.format(
        "project",
        "migrations",
        "operations",
        "opaque",
        "unreadable",
        "findings",
        "faults",
        "seconds",
    )
    for each in (*outcomes, total(outcomes)):
        yield columns.format(
            each.project,
            each.migrations,
            each.operations,
            len(each.opaque),
            each.count(UNREADABLE),
            sum(not found.is_advice for found in each.found),
            len(each.faults) + each.count(INTERNAL_ERROR),
            f"{each.seconds:.2f}",
        )


def total(outcomes: Sequence[Outcome]) -> Outcome:
    """All projects as one."""
    return Outcome(
        project="total",
        migrations=sum(each.migrations for each in outcomes),
        operations=sum(each.operations for each in outcomes),
        opaque=tuple(path for each in outcomes for path in each.opaque),
        statements=sum(each.statements for each in outcomes),
        unread=tuple(sql for each in outcomes for sql in each.unread),
        functions=sum(each.functions for each in outcomes),
        doubtful=tuple(where for each in outcomes for where in each.doubtful),
        found=tuple(found for each in outcomes for found in each.found),
        faults=tuple(fault for each in outcomes for fault in each.faults),
        seconds=sum(each.seconds for each in outcomes),
    )


def rules(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """How often each rule speaks, and in which projects most."""
    found = total(outcomes).found
    advice = {each.code for each in found if each.is_advice}
    for code, count in sorted(Counter(each.code for each in found).items()):
        most = Counter(each.project for each in found if each.code == code).most_common(3)
        where = ", ".join(f"{project} {number}" for project, number in most)
        yield f"{code}{' advice' if code in advice else '':8}{count:>7}  {where}"


def opaque(outcomes: Sequence[Outcome], limit: int) -> Iterator[str]:
    """The operations that are not understood, the most frequent first."""
    for path, count in Counter(total(outcomes).opaque).most_common(limit):
        yield f"{count:>6}  {path}"


def sql(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """How much of the SQL is understood, and the statements that are not."""
    every = total(outcomes)
    share = 1 - len(every.unread) / every.statements if every.statements else 1
    yield f"{share:.1%} of {every.statements} SQL statements understood"
    yield from (f"        {text}" for text in every.unread)


def functions(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """In how many data migrations every model is known, and those in which one is not."""
    every = total(outcomes)
    known = every.functions - len(every.doubtful)
    share = known / every.functions if every.functions else 1
    yield f"RunPython bodies: {every.functions}, every model known in {known} ({share:.1%})"
    yield from (f"        {where}" for where in every.doubtful)


def show(found: Iterable[Found], code: str, folder: Path, limit: int) -> Iterator[str]:
    """The first findings of a rule with the source lines around them."""
    wanted = [each for each in found if each.code.startswith(code)]
    for each in wanted[:limit]:
        yield f"{each.project}/{each.path}:{each.line}: {each.code} {each.message}"
        text = (folder / each.project / each.path).read_text(encoding="utf-8", errors="replace")
        yield from around(text.splitlines(), each.line)
        yield ""
    yield f"{len(wanted)} of {code} in all"


def around(lines: Sequence[str], line: int, before: int = 3, after: int = 12) -> Iterator[str]:
    """The numbered lines around one, which is marked."""
    first = max(line - before, 1)
    for number, text in enumerate(lines[first - 1 : line + after], start=first):
        yield f"  {'>' if number == line else ' '} {number:>4}  {text}"


def write(found: Iterable[Found], file: Path) -> None:
    """Keep the findings, so that a later run can be compared with this one."""
    text = json.dumps([each.as_json() for each in sorted(found)], indent=1)
    file.write_text(text + "\n", encoding="utf-8")


def read(file: Path) -> tuple[Found, ...]:
    """The findings that an earlier run has kept."""
    return tuple(Found(**each) for each in json.loads(file.read_text(encoding="utf-8")))


def diff(before: Iterable[Found], after: Iterable[Found]) -> Iterator[str]:
    """What has come (+) and gone (-), in the order of the projects, then how much of each rule."""
    old, new = Counter(before), Counter(after)
    gone, come = old - new, new - old
    for each in sorted({*gone, *come}):
        sign = "-" if each in gone else "+"
        yield f"{sign} {each.project}/{each.path}:{each.line}: {each.code} {each.message}"
    for code in sorted({each.code for each in (*gone, *come)}):
        plus = sum(number for each, number in come.items() if each.code == code)
        minus = sum(number for each, number in gone.items() if each.code == code)
        yield f"{code}: +{plus} -{minus}"
