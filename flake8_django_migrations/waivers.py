"""The author's answer to a finding: ``# djm: allow DJM301 -- reason``, or flake8's own noqa."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flake8.defaults import NOQA_INLINE_REGEXP
from flake8.utils import parse_comma_separated_list

from flake8_django_migrations.migration import (
    Code,
    Migration,
    Place,
    RunPython,
    walk,
)
from flake8_django_migrations.rules.rule import Finding, found
from flake8_django_migrations.rules.table import RETIRED, RULES

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.review import Report

WITHOUT_REASON: Final = "DJM003"
UNKNOWN_CODE: Final = "DJM004"
UNUSED: Final = "DJM005"

_WAIVABLE: Final = RETIRED | {rule.code for rule in RULES if rule.check is not None}
"""What a rule says; what the linter says about itself is mended, not waived."""

_DIRECTIVE: Final = re.compile(
    r"(?:^|\s)#+\s*djm(?:\s*:\s*|\s+(?=allow\b))(?P<verb>\w+)(?P<rest>.*)", re.IGNORECASE
)
_DASH: Final = re.compile(r"\s*(?:--|\N{EM DASH}|\N{EN DASH})\s*")
_NEXT_COMMENT: Final = re.compile(r"(?:^|\s)#+\s*(?=[A-Za-z]).*")
_CODE_LIKE: Final = re.compile(r"[A-Za-z]+\d")
_MIGRATION_CLASS: Final = re.compile(r"class\s+Migration\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One comment: where it is, which line it speaks about, what it waives and why.

    ``target`` is the comment's own line where code stands before it, else the first line of code
    below it. ``is_whole_file`` says that it stands at ``class Migration``.
    """

    place: Place
    target: int
    codes: tuple[str, ...]
    reason: str
    is_whole_file: bool = False

    @property
    def is_above(self) -> bool:
        """Whether it stands on a line of its own, above what it speaks about."""
        return self.target != self.place.line


def waivers(lines: Sequence[str]) -> tuple[Waiver, ...]:
    """Every waiver of a module, from real comments only: a string that looks like one is none."""
    if not any("djm" in line.lower() for line in lines):
        return ()
    heads = _class_heads(lines)
    return tuple(
        replace(waiver, is_whole_file=waiver.place.line in heads)
        for comment in _comments(lines)
        for waiver in _read(comment, lines)
    )


def _comments(lines: Sequence[str]) -> Iterator[tokenize.TokenInfo]:
    """The comments, as far as the text can be cut into tokens."""
    ended = iter(line if line.endswith("\n") else f"{line}\n" for line in lines)
    try:
        for token in tokenize.generate_tokens(lambda: next(ended, "")):
            if token.type == tokenize.COMMENT:
                yield token
    except (tokenize.TokenError, SyntaxError):
        return


def _read(comment: tokenize.TokenInfo, lines: Sequence[str]) -> Iterator[Waiver]:
    """The waiver that the comment holds, if any.

    Any other verb than ``allow`` becomes a code that does not exist, so that it is reported.
    """
    match = _DIRECTIVE.search(comment.string)
    if match is None:
        return
    line, column = comment.start
    codes, *reason = _DASH.split(_NEXT_COMMENT.sub("", match["rest"]), maxsplit=1)
    known_verb = match["verb"].lower() == "allow"
    yield Waiver(
        place=Place(line, column, line),
        target=_code_below(line, lines) if _is_comment(lines[line - 1]) else line,
        codes=_codes(codes) if known_verb else (f"`{match['verb']}`, in place of `allow`,",),
        reason="".join(reason).strip(),
    )


def _codes(text: str) -> tuple[str, ...]:
    """What looks like a code before the dashes; the rest is a reason that lacks its dashes."""
    words = dict.fromkeys(parse_comma_separated_list(text))
    codes = tuple(word for word in words if _CODE_LIKE.match(word))
    return codes or ("`allow` without a code",)


def _code_below(line: int, lines: Sequence[str]) -> int:
    """The first line below a comment block that is no comment."""
    while line <= len(lines) and _is_comment(lines[line - 1]):
        line += 1
    return line


def _is_comment(text: str) -> bool:
    return text.lstrip().startswith("#")


def _class_heads(lines: Sequence[str]) -> frozenset[int]:
    """The line of ``class Migration`` and the comments above it.

    Decorators and one blank line may stand between; a second blank line ends the block.
    """
    at = next((n for n, text in enumerate(lines) if _MIGRATION_CLASS.match(text)), None)
    if at is None:
        return frozenset()
    heads, blanks = {at + 1}, 0
    for number in range(at, 0, -1):
        text = lines[number - 1].strip()
        blanks += not text
        if blanks > 1 or (text and not text.startswith(("#", "@"))):
            break
        heads.add(number)
    return frozenset(heads)


# What a waiver covers --------------------------------------------------------------------


def apply(
    given: Sequence[Waiver], reports: Sequence[Report], migration: Migration
) -> tuple[tuple[Report, ...], tuple[tuple[Report, Waiver], ...], tuple[tuple[str, Finding], ...]]:
    """The reports that stay, those that are waived, and what is wrong with the waivers.

    The last are (code, finding) pairs of the linter's own rows.
    """
    kept: list[Report] = []
    waived: list[tuple[Report, Waiver]] = []
    areas = {waiver: _areas(waiver, migration) for waiver in given}
    for report in reports:
        waiver = next((each for each in given if _covers(each, areas[each], report)), None)
        if waiver is None:
            kept.append(report)
        else:
            waived.append((report, waiver))
    used = {(waiver, report.rule.code) for report, waiver in waived}
    own = tuple(fault for waiver in given for fault in _faults(waiver, used))
    return tuple(kept), tuple(waived), own


def _faults(waiver: Waiver, used: set[tuple[Waiver, str]]) -> Iterator[tuple[str, Finding]]:
    """What the linter says about one waiver."""
    for code in waiver.codes:
        if code not in _WAIVABLE:
            yield UNKNOWN_CODE, found(waiver.place, waived=code)
        elif waiver.reason and (waiver, code) not in used:
            yield UNUSED, found(waiver.place, waived=code)
    if not waiver.reason and _WAIVABLE.intersection(waiver.codes):
        yield WITHOUT_REASON, found(waiver.place)


def _covers(waiver: Waiver, areas: Sequence[Place], report: Report) -> bool:
    """Whether the waiver speaks about the finding."""
    if not waiver.reason or report.rule.code not in _WAIVABLE.intersection(waiver.codes):
        return False
    place = report.finding.place
    return (
        waiver.is_whole_file
        or place.line == waiver.target
        or place.line <= waiver.target <= place.end_line
        or any(_holds(area, place) for area in areas)
    )


def _areas(waiver: Waiver, migration: Migration) -> tuple[Place, ...]:
    """The operations and functions that the waiver stands at, with all that they hold.

    A comment inside an operation is about the innermost one around it, unless another begins
    right below it.
    """
    operations = tuple(walk(migration.operations))
    places = [operation.place for operation in operations]
    bodies = [body for operation in operations for body in _bodies(operation)]
    chosen = [place for place in (*places, *bodies) if place.line == waiver.target]
    if not (chosen and waiver.is_above):
        around = [place for place in places if _holds(place, waiver.place)]
        chosen = [
            place for place in around if not any(_lines(other) < _lines(place) for other in around)
        ]
    held = [each for each in operations if any(_holds(place, each.place) for place in chosen)]
    return (*chosen, *(body for operation in held for body in _bodies(operation)))


def _bodies(operation: Operation) -> tuple[Place, ...]:
    """The functions of a RunPython: a finding inside one is about that operation too."""
    match operation:
        case RunPython(code=code, reverse_code=reverse):
            return tuple(each.place for each in (code, reverse) if isinstance(each, Code))
        case _:
            return ()


def _lines(place: Place) -> frozenset[int]:
    return frozenset(range(place.line, place.end_line + 1))


def _holds(outer: Place, inner: Place) -> bool:
    """Whether the inner place begins inside the outer one."""
    return outer.line <= inner.line <= outer.end_line


def anchor(report: Report, lines: Sequence[str]) -> Place:
    """Where flake8 is told the finding is: the line of the operation that carries its noqa.

    flake8 honours ``# noqa: DJM301`` on the very line of a finding only, and formatters move the
    comment to the closing bracket. A blanket noqa is not followed: it may be about another code.
    """
    place = report.finding.place
    for number in range(place.line, min(place.end_line, len(lines)) + 1):
        match = NOQA_INLINE_REGEXP.search(lines[number - 1])
        codes = match["codes"] if match else None
        if codes and report.rule.code.startswith(tuple(parse_comma_separated_list(codes))):
            return Place(number, 0, place.end_line)
    return place
