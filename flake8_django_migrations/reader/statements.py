"""What statements do to the names of a frame, one function a kind."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, Reference
from flake8_django_migrations.reader import binding, constants, files
from flake8_django_migrations.reader.names import is_elsewhere
from flake8_django_migrations.reader.scope import (
    MAX_DEPTH,
    MISSING,
    Deferred,
    Frame,
    Made,
    Maybe,
    Scalar,
    Table,
    join,
)
from flake8_django_migrations.reader.trials import SHELTERED, caught, is_look

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_MUTATORS: Final = frozenset(
    "append extend insert update setdefault pop remove clear add reverse sort discard".split()
)


class End(enum.Enum):
    """How a block of statements ends."""

    NONE = "falls through"
    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"


def execute(machine: Interpreter, body: Sequence[ast.stmt], frame: Frame) -> End:
    """Go through the statements of a block; one that nests too deep changes what it may."""
    if machine.depth >= MAX_DEPTH:
        frame.names.update(dict.fromkeys(_changed(body), UNKNOWN))
        if machine.tracker:
            machine.tracker.unread()
        return End.NONE
    guards = machine.tracker.guards if machine.tracker else 0
    machine.depth += 1
    end = _run(machine, body, frame)
    machine.depth -= 1
    if machine.tracker:
        machine.tracker.guards = guards
    return end


def _run(machine: Interpreter, body: Sequence[ast.stmt], frame: Frame) -> End:
    for statement in body:
        handler = _STATEMENTS.get(type(statement))
        end = handler(machine, statement, frame) if handler is not None else None
        if end is not None and end is not End.NONE:
            return end
    return End.NONE


def _expression(machine: Interpreter, node: ast.Expr, frame: Frame) -> None:
    """In a module or class only calls that change a name matter; in a function all do."""
    if not frame.is_lazy:
        machine.evaluate(node.value, frame)
        return
    match node.value:
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in _MUTATORS:
            if isinstance(owner, ast.Name):
                binding.rebind(machine, owner.id, frame)
            machine.evaluate(node.value, frame)
        case _:
            pass


def _return(machine: Interpreter, node: ast.Return, frame: Frame) -> End:
    frame.returns.append(machine.evaluate(node.value, frame) if node.value else None)
    return End.RETURN


def _raise(_machine: Interpreter, _node: ast.Raise, _frame: Frame) -> End:
    return End.RETURN


def _break(_machine: Interpreter, _node: ast.Break, _frame: Frame) -> End:
    return End.BREAK


def _continue(_machine: Interpreter, _node: ast.Continue, _frame: Frame) -> End:
    return End.CONTINUE


def _if(machine: Interpreter, node: ast.If, frame: Frame) -> End:
    looked = False
    if machine.tracker is None:
        test = machine.evaluate(node.test, frame)
    else:
        test, looked = machine.tracker.test(lambda: machine.evaluate(node.test, frame))
        names = (each for each in ast.walk(node.test) if isinstance(each, ast.Name))
        looked = looked or any(
            machine.tracker.is_found(machine.evaluate(name, frame)) for name in names
        )
    known = constants.truth(machine.resolved(test))
    if known is not None:
        return execute(machine, node.body if known else node.orelse, frame)
    if machine.tracker is None:
        return _branch(machine, frame, (node.body, node.orelse))[0]
    machine.tracker.guards += looked
    machine.tracker.branch()
    end, has_exit = _branch(machine, frame, (node.body, node.orelse))
    machine.tracker.leave()
    machine.tracker.guards -= looked and not has_exit
    return end


def _match(machine: Interpreter, node: ast.Match, frame: Frame) -> End:
    machine.evaluate(node.subject, frame)
    return _branch(machine, frame, (*(case.body for case in node.cases), []))[0]


def _branch(
    machine: Interpreter, frame: Frame, blocks: Sequence[Sequence[ast.stmt]]
) -> tuple[End, bool]:
    """Go through blocks of which one is taken; whether any of them leaves the enclosing one."""
    _settle_changed(machine, frame, blocks)
    before = frame.names
    outcomes: list[tuple[End, dict[str, object]]] = []
    for block in blocks:
        frame.names = _copied(before)
        end = execute(machine, block, frame)
        _settle_new(machine, frame, before)
        outcomes.append((end, frame.names))
    alive = [names for end, names in outcomes if end is End.NONE]
    frame.names = _merged(alive) if alive else outcomes[0][1]
    ends = {end for end, _ in outcomes}
    if alive:
        return End.NONE, len(ends) > 1
    return (ends.pop() if len(ends) == 1 else End.CONTINUE), True


def _settle_changed(
    machine: Interpreter, frame: Frame, blocks: Sequence[Sequence[ast.stmt]]
) -> None:
    """Lists and dicts that a branch may change must exist before it is entered."""
    if not frame.is_lazy:
        return
    for name in _mentioned(blocks):
        value = frame.names.get(name)
        if type(value) is Deferred:
            settled = machine.settle(value, frame)
            if isinstance(settled, (list, Table)):
                frame.names[name] = settled


def _settle_new(machine: Interpreter, frame: Frame, before: dict[str, object]) -> None:
    """What a branch binds is evaluated with the names of that branch."""
    for name, value in list(frame.names.items()):
        if type(value) is Deferred and before.get(name) is not value:
            frame.names[name] = machine.settle(value, frame)


def _mentioned(blocks: Sequence[Sequence[ast.stmt]]) -> set[str]:
    nodes = (node for block in blocks for each in block for node in ast.walk(each))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _copied(names: dict[str, object]) -> dict[str, object]:
    return {
        name: list(value)
        if type(value) is list
        else (Table(list(value.items)) if type(value) is Table else value)
        for name, value in names.items()
    }


def _merged(branches: list[dict[str, object]]) -> dict[str, object]:
    """The names after branches of which one was taken."""
    found = branches[0]
    for other in branches[1:]:
        names = [*found, *(name for name in other if name not in found)]
        found = {name: join(found.get(name, MISSING), other.get(name, MISSING)) for name in names}
    return found


def _for(machine: Interpreter, node: ast.For, frame: Frame) -> End:
    iterable = machine.carried_out(machine.evaluate(node.iter, frame))
    values = constants.elements(iterable)
    if values is None or any(type(value) is Maybe for value in values):
        return _unknown_for(machine, node, iterable, frame)
    for value in values:
        if not machine.spend():
            frame.names.update(dict.fromkeys(_changed(node.body), UNKNOWN))
            if machine.tracker is not None:
                machine.tracker.unread()
            return End.NONE
        binding.assign(machine, node.target, value, frame)
        end = execute(machine, node.body, frame)
        if end is End.RETURN:
            return end
        if end is End.BREAK:
            return End.NONE
    return execute(machine, node.orelse, frame)


def _unknown_for(machine: Interpreter, node: ast.For, iterable: object, frame: Frame) -> End:
    """One turn, of which nothing is taken for granted."""
    given: object = MISSING
    if machine.tracker is not None:
        given = machine.tracker.loop(iterable, machine.place(node, frame))
    _settle_changed(machine, frame, (node.body,))
    _widen(machine, node.body, frame)
    before = _copied(frame.names)
    binding.assign(machine, node.target, UNKNOWN if given is MISSING else given, frame)
    execute(machine, node.body, frame)
    _settle_new(machine, frame, before)
    frame.names = _merged([before, frame.names])
    if machine.tracker is not None and given is not MISSING:
        machine.tracker.leave()
    return execute(machine, node.orelse, frame)


def _while(machine: Interpreter, node: ast.While, frame: Frame) -> End:
    _settle_changed(machine, frame, (node.body,))
    _widen(machine, node.body, frame)
    before = _copied(frame.names)
    rows: object = None
    if machine.tracker is not None:
        rows = machine.tracker.batch(lambda: machine.evaluate(node.test, frame))
    else:
        machine.evaluate(node.test, frame)
    execute(machine, node.body, frame)
    _settle_new(machine, frame, before)
    frame.names = _merged([before, frame.names])
    if machine.tracker is not None:
        if not _has_other_end(node):
            machine.tracker.turned(rows, machine.place(node, frame))
        machine.tracker.leave()
    return execute(machine, node.orelse, frame)


def _has_other_end(node: ast.While) -> bool:
    """Whether the loop may end inside, or its condition looks further on at every turn."""
    inside = (each for statement in node.body for each in ast.walk(statement))
    return any(isinstance(each, (ast.Break, ast.Return, ast.Raise)) for each in inside) or any(
        isinstance(each, ast.Slice) and each.lower is not None for each in ast.walk(node.test)
    )


def _widen(machine: Interpreter, body: list[ast.stmt], frame: Frame) -> None:
    """Forget the values that a loop changes, so that its turn stands for every turn."""
    for name in _changed(body):
        value = frame.names.get(name, MISSING)
        if isinstance(value, Scalar) or (
            machine.tracker is not None and isinstance(value, (list, tuple, Table))
        ):
            frame.names[name] = UNKNOWN


def _changed(body: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.Name(id=name, ctx=ast.Store()):
                    yield name
                case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                    yield name
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)):
                    if attr in _MUTATORS:
                        yield name
                case _:
                    pass


def _with(machine: Interpreter, node: ast.With, frame: Frame) -> End:
    exposed = machine.tracker.exposed if machine.tracker else SHELTERED
    for item in node.items:
        value = machine.evaluate(item.context_expr, frame)
        if machine.tracker and is_savepoint(value):
            machine.tracker.exposed = SHELTERED
        if item.optional_vars is not None:
            is_kept = machine.tracker is not None or files.is_file(value)
            entered = value if is_kept else UNKNOWN
            binding.assign(machine, item.optional_vars, entered, frame)
    end = execute(machine, node.body, frame)
    if machine.tracker:
        machine.tracker.exposed = exposed
    return end


def is_savepoint(value: object) -> bool:
    """Whether it is ``transaction.atomic``, called or not: what fails inside stays inside."""
    callee = value.callee if isinstance(value, Made) else value
    return isinstance(callee, Reference) and callee.path == "django.db.transaction.atomic"


def _try(machine: Interpreter, node: ast.Try, frame: Frame) -> End:
    """The body is taken; a handler's names stand where the body's may not."""
    before = _copied(frame.names)
    tried = caught(node.handlers)
    if machine.tracker:
        machine.tracker.attempt(tried, 1)
    end = execute(machine, node.body, frame)
    if machine.tracker:
        machine.tracker.attempt(tried, -1)
    if end is End.NONE:
        end = execute(machine, node.orelse, frame)
    _settle_new(machine, frame, before)
    reached = [frame.names] if end is End.NONE else []
    for handler in node.handlers:
        frame.names = _copied(before)
        if handler.name:
            frame.names[handler.name] = UNKNOWN
        if _handle(machine, handler, frame) is End.NONE:
            _settle_new(machine, frame, before)
            reached.append(frame.names)
    for at, names in enumerate(reached):
        frame.names = _rescued(frame.names, names) if at else names
    last = execute(machine, node.finalbody, frame)
    return last if reached or last is not End.NONE else end


def _handle(machine: Interpreter, handler: ast.ExceptHandler, frame: Frame) -> End:
    """A handler of ``DoesNotExist`` does its work only after a look at the rows."""
    if machine.tracker is None or not is_look(handler):
        return execute(machine, handler.body, frame)
    machine.tracker.guards += 1
    end = execute(machine, handler.body, frame)
    machine.tracker.guards -= 1
    return end


def _rescued(tried: dict[str, object], rescued: dict[str, object]) -> dict[str, object]:
    """The names after a body or its handler; what Django or Python gives is surely there."""
    found = dict(tried)
    for name, value in rescued.items():
        first = found.get(name, MISSING)
        if not (type(first) is Reference and is_elsewhere(first.path)):
            found[name] = join(first, value)
    return found


_STATEMENTS: Final[dict[type[ast.stmt], Callable[..., End | None]]] = {
    ast.Assign: binding.bind_assign,
    ast.AnnAssign: binding.bind_ann_assign,
    ast.AugAssign: binding.bind_aug_assign,
    ast.FunctionDef: binding.bind_function,
    ast.AsyncFunctionDef: binding.bind_function,
    ast.ClassDef: binding.bind_class,
    ast.Import: binding.bind_import,
    ast.ImportFrom: binding.bind_import_from,
    ast.Delete: binding.bind_delete,
    ast.Expr: _expression,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.If: _if,
    ast.Match: _match,
    ast.For: _for,
    ast.While: _while,
    ast.With: _with,
    ast.Try: _try,
}
