"""Where a text stands in the source: the literals it is put together from, line by line."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from flake8_django_migrations.migration import Place
from flake8_django_migrations.reader.imports import parse
from flake8_django_migrations.reader.scope import Frame, Scalar

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_MAX_LITERALS: Final = 1000
_STRING: Final = re.compile(
    r"#[^\n]*|[a-zA-Z]{0,2}"
    r"(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')",
    re.DOTALL,
)
"""A string literal, or a comment between two of them."""
_CONVERSION: Final = re.compile(r"%(?:\((\w+)\))?s")
_WITH_VALUES: Final = re.compile(r"\s*(select|insert|update|delete|with|merge)\b", re.IGNORECASE)
"""Statements that take parameters."""
_OF_SCHEMA: Final = re.compile(r"table|column|schema|name|seq|index|field|quote", re.IGNORECASE)
"""Words of values that are no data: where they stand between quotes, they are looked up."""

Pieces: TypeAlias = tuple[tuple[int, Place], ...]


class _Literal(NamedTuple):
    """A literal's value and the lines it stands on."""

    value: str
    place: Place


def pieces(machine: Interpreter, node: ast.expr | None, frame: Frame | None, text: str) -> Pieces:
    """The literals of a text with the offsets they begin at; none where it is one literal."""
    if node is None or frame is None:
        return ()
    found: list[_Literal] = []
    for literal in _literals(machine, node, frame):
        if literal is None or len(found) > _MAX_LITERALS:
            return ()
        found.append(literal)
    if len(found) < 2 or "".join(each.value for each in found) != text:
        return ()
    starts = [sum(len(each.value) for each in found[:at]) for at in range(len(found))]
    return tuple((at, each.place) for at, each in zip(starts, found, strict=True))


def _literals(machine: Interpreter, node: ast.expr, frame: Frame) -> Iterator[_Literal | None]:
    """The literals of an expression in order; None where a part cannot be told."""
    node, frame = named(node, frame)
    if frame.module.path != machine.home:
        yield None
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        spine: list[ast.expr] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            spine.append(node.right)
            node = node.left
        for each in (node, *reversed(spine)):
            yield from _literals(machine, each, frame)
    elif isinstance(node, (ast.Constant, ast.JoinedStr)):
        for source, place in _strings(machine.lines, node):
            yield _read(machine, source, place, frame)
    else:
        value = machine.evaluate(node, frame)
        place = Place(node.lineno, node.col_offset, node.lineno)
        yield _Literal(value, place) if isinstance(value, str) else None


def named(node: ast.expr, frame: Frame) -> tuple[ast.expr, Frame]:
    """The expression that a name stands for, with the frame it stands in; else the node itself."""
    for _ in range(20):
        if not isinstance(node, ast.Name):
            break
        name = node.id
        holder = next((each for each in frame.chain() if name in each.nodes), None)
        if holder is None:
            break
        node, frame = holder.nodes[name], holder
    return node, frame


def _read(machine: Interpreter, source: str, place: Place, frame: Frame) -> _Literal | None:
    statements = getattr(parse(source), "body", ())
    nodes = [each.value for each in statements if isinstance(each, ast.Expr)]
    value = machine.evaluate(nodes[0], frame) if nodes else None
    return _Literal(value, place) if isinstance(value, str) else None


def _strings(lines: Sequence[str], node: ast.expr) -> Iterator[tuple[str, Place]]:
    """The source of every string literal that implicit concatenation puts side by side."""
    source = "\n".join(_cut(lines, node))
    for match in _STRING.finditer(source):
        if not match[0].startswith("#"):
            first = node.lineno + source.count("\n", 0, match.start())
            column = node.col_offset if match.start() == 0 else 0
            yield match[0], Place(first, column, first + match[0].count("\n"))


def _cut(lines: Sequence[str], node: ast.expr) -> list[str]:
    """The lines of a node, from its first character to its last."""
    found = [line.rstrip("\r\n") for line in lines[node.lineno - 1 : node.end_lineno]] or [""]
    found[-1] = found[-1].encode()[: node.end_col_offset].decode(errors="replace")
    found[0] = found[0].encode()[node.col_offset :].decode(errors="replace")
    return found


# Values between quotes --------------------------------------------------------------------


def quoted(machine: Interpreter, node: ast.expr | None, frame: Frame | None) -> str:
    """The first value of data that is put between quotes at run time, as written; else empty."""
    if node is None or frame is None:
        return ""
    node, frame = named(node, frame)
    is_inside = False
    parts = list(_parts(node))
    if not (parts and isinstance(parts[0], str) and _WITH_VALUES.match(parts[0])):
        return ""
    for part in parts:
        if isinstance(part, str):
            is_inside ^= part.count("'") % 2 == 1
            continue
        value = machine.evaluate(part, frame)
        if isinstance(value, Scalar):
            is_inside ^= str(value).count("'") % 2 == 1
        elif is_inside:
            written = ast.unparse(part)
            return "" if _OF_SCHEMA.search(written) else written
    return ""


def _parts(node: ast.expr) -> Iterator[str | ast.expr]:
    """The texts of an expression and the values between them."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            for each in values:
                yield from [each.value] if isinstance(each, ast.FormattedValue) else _parts(each)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right):
            given = list(right.elts) if isinstance(right, ast.Tuple) else [right]
            yield from _filled(_percents(text), given, _items(right))
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"),
            args=given,
            keywords=keywords,
        ):
            values_by_name = {each.arg: each.value for each in keywords if each.arg}
            yield from _filled(_fields(text), given, values_by_name)
        case _:
            yield node


def _items(node: ast.expr) -> dict[str, ast.expr]:
    if not isinstance(node, ast.Dict):
        return {}
    pairs = zip(node.keys, node.values, strict=True)
    return {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}


def _percents(text: str) -> Iterator[tuple[str, str | None]]:
    at = 0
    for match in _CONVERSION.finditer(text):
        yield text[at : match.start()], match[1] or ""
        at = match.end()
    yield text[at:], None


def _fields(text: str) -> Iterator[tuple[str, str | None]]:
    try:
        for before, name, _, _ in string.Formatter().parse(text):
            yield before, name
    except ValueError:
        return


def _filled(
    fields: Iterator[tuple[str, str | None]],
    given: Sequence[ast.expr],
    by_name: dict[str, ast.expr],
) -> Iterator[str | ast.expr]:
    """The texts of a template with the values that its fields name or take in turn."""
    turns = iter(given)
    for before, name in fields:
        yield before
        if name is None:
            continue
        found = by_name.get(name) if name and not name.isdigit() else None
        if not name:
            found = next(turns, None)
        elif name.isdigit() and int(name) < len(given):
            found = given[int(name)]
        if found is not None:
            yield found
