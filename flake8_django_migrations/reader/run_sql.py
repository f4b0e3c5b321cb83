"""The texts a RunSQL sends, each with the line it is written on."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, Place, Reference, SqlText, Unknown
from flake8_django_migrations.reader import literals
from flake8_django_migrations.reader.names import canonical
from flake8_django_migrations.reader.scope import Frame, Maybe, place_of
from flake8_django_migrations.reader.values import plain

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_MAX_TRACE: Final = 20
_NOOP: Final = "django.db.migrations.RunSQL.noop"
_BUILDS_TEXT: Final = (ast.JoinedStr, ast.BinOp, ast.Constant)


@dataclass(frozen=True, slots=True)
class Written:
    """An argument as it is written: its expression, where its names are bound, its place."""

    node: ast.expr | None
    frame: Frame | None
    place: Place


def read_sql(
    machine: Interpreter, value: object, written: Written
) -> tuple[SqlText, ...] | None | Unknown:
    """The texts of a ``sql`` argument: empty for a no-op, None where None is given."""
    found = machine.carried_out(value)
    if found is None:
        return None
    if found == "" or (isinstance(found, Reference) and canonical(found.path) == _NOOP):
        return ()
    if isinstance(found, str):
        return (sent(machine, written, found),)
    if isinstance(found, (list, tuple)):
        return _read_each(machine, found, written)
    settled = plain(machine, found)
    if isinstance(settled, str) or isinstance(origin(written)[0], _BUILDS_TEXT):
        return (sent(machine, written, settled if isinstance(settled, str) else UNKNOWN),)
    return UNKNOWN


def sent(
    machine: Interpreter, written: Written, text: str | Unknown, parameters: object = None
) -> SqlText:
    """A text that is sent to the database with its parameters, None where it has none."""
    tracker, machine.tracker = machine.tracker, None
    node, frame = written.node, written.frame
    pieces = literals.pieces(machine, node, frame, text) if isinstance(text, str) else ()
    quoted = "" if isinstance(text, str) else literals.quoted(machine, node, frame)
    machine.tracker = tracker
    return SqlText(
        text,
        text_place(machine, written, text),
        parameters is not None,
        pieces=pieces,
        count=_count(parameters),
        quoted=quoted,
    )


def _count(parameters: object) -> int | None:
    """How many parameters a list of them holds; None where that is not certain."""
    if not isinstance(parameters, (list, tuple)):
        return None
    return None if any(isinstance(each, Maybe) for each in parameters) else len(parameters)


def _read_each(
    machine: Interpreter, values: list[object] | tuple[object, ...], written: Written
) -> tuple[SqlText, ...] | Unknown:
    """A list of texts, or of pairs of a text and its parameters."""
    if any(isinstance(each, Maybe) for each in values):
        return UNKNOWN
    node, frame = origin(written)
    nodes = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
    if len(nodes) != len(values) or any(isinstance(each, ast.Starred) for each in nodes):
        nodes = []
    texts = []
    for at, value in enumerate(values):
        here = Written(nodes[at], frame, written.place) if nodes else written
        texts.append(_read_entry(machine, value, here))
    return tuple(texts)


def _read_entry(machine: Interpreter, value: object, written: Written) -> SqlText:
    found = machine.carried_out(value)
    parameters: object = None
    if isinstance(found, (list, tuple)) and not any(isinstance(each, Maybe) for each in found):
        if len(found) != 2:
            return SqlText(UNKNOWN, _entry_place(machine, written), fault=_not_a_pair(len(found)))
        node, frame = origin(written)
        if isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) == 2:
            written = Written(node.elts[0], frame, written.place)
        parameters = found[1]
        found = machine.carried_out(found[0])
    return sent(machine, written, found if isinstance(found, str) else UNKNOWN, parameters)


def _not_a_pair(length: int) -> str:
    """Django's own words for an entry that is neither a text nor a text with its parameters."""
    return f"Expected a 2-tuple but got {length}"


def _entry_place(machine: Interpreter, written: Written) -> Place:
    """The line of an entry that is written out in this file, else that of the argument."""
    node, frame = written.node, written.frame
    is_here = frame is not None and frame.module.path == machine.home
    return place_of(node) if is_here and isinstance(node, (ast.List, ast.Tuple)) else written.place


def origin(written: Written) -> tuple[ast.expr | None, Frame | None]:
    """The expression that first holds a text, with the frame it stands in."""
    node, frame = written.node, written.frame
    for _ in range(_MAX_TRACE):
        match node:
            case ast.Name(id=name) if frame is not None:
                holder = next((each for each in frame.chain() if name in each.nodes), None)
                if holder is None:
                    return node, frame
                node, frame = holder.nodes[name], holder
            case ast.Call(func=ast.Attribute(value=inner, attr="strip" | "format" | "lstrip")):
                node = inner
            case ast.Call(args=[inner], func=func) if _last(func) in {"dedent", "cleandoc"}:
                node = inner
            case ast.BinOp(left=inner):
                node = inner
            case _:
                return node, frame
    return node, frame


def _last(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def text_place(machine: Interpreter, written: Written, text: str | Unknown) -> Place:
    """Where a text begins: the line of its first character, in this file."""
    node, frame = origin(written)
    if (
        not isinstance(node, (ast.Constant, ast.JoinedStr))
        or frame is None
        or frame.module.path != machine.home
    ):
        # Its own lines are elsewhere: all that is in it stands on the line that leads there.
        return written.place._replace(end_line=written.place.line)
    place = place_of(node)
    return place._replace(line=min(place.line + _skipped(machine, node, text), place.end_line))


def _skipped(machine: Interpreter, node: ast.Constant | ast.JoinedStr, text: str | Unknown) -> int:
    """Lines between the opening quotes and the text's first character."""
    lines = machine.lines[node.lineno - 1 : node.lineno]
    begins = lines[0].encode()[node.col_offset :].decode(errors="replace") if lines else ""
    continued = begins.rstrip("\r\n").lstrip("rRuUfFbB") in {'"""\\', "'''\\"}
    start = node.value if isinstance(node, ast.Constant) else _first_part(node)
    if not isinstance(start, str) or not isinstance(text, str) or text[:1].isspace():
        return int(continued)
    blank = start[: len(start) - len(start.lstrip())]
    return int(continued) + blank.count("\n")


def _first_part(node: ast.JoinedStr) -> object:
    first = node.values[0] if node.values else None
    return first.value if isinstance(first, ast.Constant) else ""
