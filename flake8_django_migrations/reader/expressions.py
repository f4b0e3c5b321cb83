"""What each kind of expression stands for, one function a kind."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, Place, Reference
from flake8_django_migrations.reader import constants, files, texts
from flake8_django_migrations.reader.binding import assign
from flake8_django_migrations.reader.builtin import pure_call
from flake8_django_migrations.reader.calls import carry_out
from flake8_django_migrations.reader.names import canonical
from flake8_django_migrations.reader.scope import (
    ENGINE,
    MAX_DEPTH,
    MAX_STEPS,
    MISSING,
    Frame,
    Function,
    Made,
    Maybe,
    Table,
    join,
)

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter


def _name(machine: Interpreter, node: ast.Name, frame: Frame) -> object:
    value = machine.look_up(node.id, frame)
    if value is MISSING:
        return UNKNOWN
    if isinstance(value, (list, tuple, Table)):
        weight = _weight(value)
        is_light = weight < MAX_STEPS * 50 and machine.spend(weight // 50 + 1)
        return value if is_light else UNKNOWN
    return value


def _weight(value: list[object] | tuple[object, ...] | Table, depth: int = 0) -> int:
    """How many values a nested one holds; each lookup pays for it, which bounds the next one."""
    if depth > MAX_DEPTH:
        return MAX_STEPS * 50
    inner = value.items if isinstance(value, Table) else value
    nested = [each for each in inner if isinstance(each, (list, tuple, Table))]
    return len(inner) + 1 + sum(_weight(each, depth + 1) for each in nested)


def _attribute(machine: Interpreter, node: ast.Attribute, frame: Frame) -> object:
    return machine.attribute(machine.evaluate(node.value, frame), node.attr, node, frame)


def _call(machine: Interpreter, node: ast.Call, frame: Frame) -> object:
    callee = machine.evaluate(node.func, frame)
    arguments, is_whole = sequence(machine, node.args, frame)
    keywords: list[tuple[str, object]] = []
    for keyword in node.keywords:
        value = machine.evaluate(keyword.value, frame)
        if keyword.arg is not None:
            keywords.append((keyword.arg, value))
            continue
        given = constants.mapping(value) if isinstance(value, Table) else None
        is_whole = is_whole and given is not None
        keywords.extend((given or {}).items())
    place = machine.place(node, frame)
    made = Made(callee, tuple(arguments), tuple(keywords), place, is_whole, node, frame)
    return carry_out(machine, made)


def sequence(
    machine: Interpreter, nodes: Sequence[ast.expr], frame: Frame
) -> tuple[list[object], bool]:
    """The values of expressions, starred ones spread; False where one could not be spread."""
    values: list[object] = []
    is_whole = True
    for node in nodes:
        if type(node) is not ast.Starred:
            values.append(machine.evaluate(node, frame))
            continue
        spread = machine.evaluate(node.value, frame)
        inner = constants.elements(machine.carried_out(spread))
        if inner is None:
            values.append(Maybe(spread))
            is_whole = False
        else:
            values.extend(inner)
    return values, is_whole


def _list(machine: Interpreter, node: ast.List, frame: Frame) -> object:
    return sequence(machine, node.elts, frame)[0]


def _tuple(machine: Interpreter, node: ast.Tuple | ast.Set, frame: Frame) -> object:
    return tuple(sequence(machine, node.elts, frame)[0])


def _dict(machine: Interpreter, node: ast.Dict, frame: Frame) -> object:
    table = Table([])
    for key, value in zip(node.keys, node.values, strict=True):
        each = machine.evaluate(value, frame)
        if key is not None:
            spot = machine.evaluate(key, frame)
            put = table.put if None in node.keys else table.add
            put(spot, each)
        elif isinstance(each, Table):
            table = constants.merged(table, each)
        else:
            table.add(UNKNOWN, each)
    return table


def _joined_str(machine: Interpreter, node: ast.JoinedStr, frame: Frame) -> object:
    parts = [machine.evaluate(each, frame) for each in node.values]
    return texts.joined("", parts)


def _formatted(machine: Interpreter, node: ast.FormattedValue, frame: Frame) -> object:
    spec = machine.evaluate(node.format_spec, frame) if node.format_spec else ""
    value = machine.resolved(machine.evaluate(node.value, frame))
    return texts.formatted(value, node.conversion, spec)


def _binary(machine: Interpreter, node: ast.BinOp, frame: Frame) -> object:
    """Long concatenations lean to the left: their spine is walked, not climbed."""
    spine: list[ast.BinOp] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp):
        spine.append(left)
        left = left.left
    value = machine.evaluate(left, frame)
    for each in reversed(spine):
        right = machine.evaluate(each.right, frame)
        value = combine(machine, type(each.op), value, right, machine.place(node, frame))
    return value


def combine(
    machine: Interpreter, kind: type[ast.operator], left: object, right: object, place: Place
) -> object:
    """``left <operator> right``, of values or of Django's expressions."""
    if _is_expression(left) or _is_expression(right):
        return _expression(kind, left, right, place)
    left, right = machine.carried_out(left), machine.carried_out(right)
    if kind is ast.Add and isinstance(left, list) != isinstance(right, list):
        return [*_parts(left), *_parts(right)]
    if kind is ast.Mod and isinstance(left, str):
        return texts.percent(left, right)
    if kind is ast.Div and files.is_file(left):
        return files.joined(left, right)
    return constants.binary(kind, left, right)


def _parts(value: object) -> list[object]:
    """A list's elements, or in place of what is no known list, one that may be anything."""
    return value if isinstance(value, list) else [Maybe(value)]


def _is_expression(value: object) -> bool:
    return (
        type(value) is Made
        and type(value.callee) is Reference
        and canonical(value.callee.path).startswith("django.db.models.")
    )


def _expression(kind: type[ast.operator], left: object, right: object, place: Place) -> object:
    """What Django makes of an operator between expressions or conditions."""
    connectors = {ast.BitAnd: "AND", ast.BitOr: "OR", ast.BitXor: "XOR"}
    if kind in connectors:
        query = Reference("django.db.models.Q")
        return Made(query, (left, right), (("_connector", connectors[kind]),), place)
    signs: dict[type[ast.operator], str] = {
        ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%%", ast.Pow: "^",
    }  # fmt: skip
    combined = Reference("django.db.models.expressions.CombinedExpression")
    return Made(combined, (left, signs.get(kind, UNKNOWN), right), (), place)


def _unary(machine: Interpreter, node: ast.UnaryOp, frame: Frame) -> object:
    value = machine.evaluate(node.operand, frame)
    if type(value) is Made and _is_expression(value) and type(node.op) is ast.Invert:
        keywords = dict(value.keywords)
        if keywords.pop("_negated", None) is None:
            keywords["_negated"] = True
        return Made(value.callee, value.arguments, tuple(keywords.items()), value.place)
    return constants.unary(type(node.op), value)


def _bool_op(machine: Interpreter, node: ast.BoolOp, frame: Frame) -> object:
    """``and``/``or`` give the first value that decides; every part is looked at."""
    decides = isinstance(node.op, ast.Or)
    values = [machine.resolved(machine.evaluate(each, frame)) for each in node.values]
    for value in values:
        known = constants.truth(value)
        if known is None:
            return UNKNOWN
        if known is decides:
            return value
    return values[-1]


def _compare(machine: Interpreter, node: ast.Compare, frame: Frame) -> object:
    left = machine.resolved(machine.evaluate(node.left, frame))
    outcome: object = True
    for operator, comparator in zip(node.ops, node.comparators, strict=True):
        right = machine.resolved(machine.evaluate(comparator, frame))
        known = constants.compare(type(operator), left, right, machine.vendor)
        if known is False:
            return False
        outcome = outcome if known is True else UNKNOWN
        left = right
    return outcome


def _if_exp(machine: Interpreter, node: ast.IfExp, frame: Frame) -> object:
    test = machine.evaluate(node.test, frame)
    known = constants.truth(machine.resolved(test))
    if known is not None:
        return machine.evaluate(node.body if known else node.orelse, frame)
    return join(machine.evaluate(node.body, frame), machine.evaluate(node.orelse, frame))


def _subscript(machine: Interpreter, node: ast.Subscript, frame: Frame) -> object:
    owner = machine.resolved(machine.evaluate(node.value, frame))
    if type(owner) is Reference:
        return _django_item(machine, owner.path, node, frame)
    if isinstance(node.slice, ast.Slice):
        return _sliced(machine, owner, node, node.slice, frame)
    key = machine.evaluate(node.slice, frame)
    if isinstance(owner, Table):
        found = owner.get(key)
        return UNKNOWN if found is MISSING else found
    if isinstance(owner, (str, bytes, list, tuple)) and isinstance(key, int):
        doubtful = isinstance(owner, list) and any(isinstance(each, Maybe) for each in owner)
        return owner[key] if -len(owner) <= key < len(owner) and not doubtful else UNKNOWN
    return _tracked_item(machine, owner, "[]", machine.place(node, frame))


def _tracked_item(machine: Interpreter, owner: object, name: str, place: Place) -> object:
    if machine.tracker is None:
        return UNKNOWN
    found = machine.tracker.attribute(owner, name, place)
    return UNKNOWN if found is MISSING else found


def _django_item(machine: Interpreter, path: str, node: ast.Subscript, frame: Frame) -> object:
    """``connections[alias]`` and ``settings.DATABASES[alias]["ENGINE"]``."""
    if path == "django.db.connections":
        return Reference("django.db.connection")
    if path == "django.conf.settings.DATABASES":
        return Reference(f"{path}[]")
    if path == "django.conf.settings.DATABASES[]":
        return ENGINE if machine.evaluate(node.slice, frame) == "ENGINE" else UNKNOWN
    return UNKNOWN


def _sliced(
    machine: Interpreter, owner: object, whole: ast.Subscript, node: ast.Slice, frame: Frame
) -> object:
    parts = (node.lower, node.upper, node.step)
    bounds = [machine.evaluate(part, frame) if part else None for part in parts]
    if not isinstance(owner, (str, bytes, list, tuple)):
        return _tracked_item(machine, owner, "[:]", machine.place(whole, frame))
    numbers = [each for each in bounds if each is None or isinstance(each, int)]
    return owner[slice(*numbers)] if len(numbers) == 3 and numbers[2] != 0 else UNKNOWN


def _comprehension(
    machine: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
) -> object:
    found: list[object] = []
    inner = Frame(frame.module, frame)
    is_known = _turns(machine, node.generators, inner, node.elt, found, frame)
    if not is_known:
        return UNKNOWN
    return found if isinstance(node, (ast.ListComp, ast.GeneratorExp)) else tuple(found)


def _dict_comprehension(machine: Interpreter, node: ast.DictComp, frame: Frame) -> object:
    found: list[object] = []
    pair = ast.Tuple([node.key, node.value], ast.Load())
    inner = Frame(frame.module, frame)
    if not _turns(machine, node.generators, inner, pair, found, frame):
        return UNKNOWN
    return pure_call("builtins.dict", [found], {})


def _turns(
    machine: Interpreter,
    generators: list[ast.comprehension],
    frame: Frame,
    element: ast.expr,
    found: list[object],
    outside: Frame | None = None,
) -> bool:
    """Go through the turns of a comprehension; False where they cannot be told.

    What the first of them iterates over is looked up ``outside``, where class bodies show.
    """
    if not generators:
        found.append(machine.evaluate(element, frame))
        return machine.spend()
    first, *rest = generators
    iterable = machine.carried_out(machine.evaluate(first.iter, outside or frame))
    values = constants.elements(iterable)
    if values is None or any(isinstance(value, Maybe) for value in values):
        _unknown_turn(machine, first, rest, frame, element, iterable)
        return False
    for value in values:
        assign(machine, first.target, value, frame)
        tests = [constants.truth(machine.evaluate(test, frame)) for test in first.ifs]
        if None in tests or not machine.spend():
            return False
        if all(tests) and not _turns(machine, rest, frame, element, found):
            return False
    return True


def _unknown_turn(
    machine: Interpreter,
    first: ast.comprehension,
    rest: list[ast.comprehension],
    frame: Frame,
    element: ast.expr,
    iterable: object,
) -> None:
    """One turn of a comprehension over rows, for what it does to them."""
    tracker = machine.tracker
    if tracker is None:
        return
    given = tracker.loop(iterable, machine.place(first.iter, frame))
    assign(machine, first.target, UNKNOWN if given is MISSING else given, frame)
    for test in first.ifs:
        machine.evaluate(test, frame)
    _turns(machine, rest, frame, element, [])
    if given is not MISSING:
        tracker.leave()


def _lambda(_machine: Interpreter, node: ast.Lambda, frame: Frame) -> object:
    return Function(node, frame)


def _named(machine: Interpreter, node: ast.NamedExpr, frame: Frame) -> object:
    value = machine.evaluate(node.value, frame)
    frame.names[node.target.id] = value
    return value


def _yield(machine: Interpreter, node: ast.Yield | ast.YieldFrom, frame: Frame) -> object:
    value = machine.evaluate(node.value, frame) if node.value else None
    if isinstance(node, ast.Yield):
        frame.yields.append(value)
    else:
        inner = constants.elements(machine.carried_out(value))
        frame.yields.extend([Maybe(value)] if inner is None else inner)
    return UNKNOWN


EXPRESSIONS: Final[dict[type[ast.expr], Callable[..., object]]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Set: _tuple,
    ast.Dict: _dict,
    ast.JoinedStr: _joined_str,
    ast.FormattedValue: _formatted,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool_op,
    ast.Compare: _compare,
    ast.IfExp: _if_exp,
    ast.Subscript: _subscript,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _named,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
}
