"""What binds a name: assignments, imports, definitions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, cast

from flake8_django_migrations.migration import UNKNOWN, Reference
from flake8_django_migrations.reader import constants
from flake8_django_migrations.reader.scope import (
    MISSING,
    Deferred,
    Frame,
    Function,
    LocalClass,
    Made,
    Maybe,
    Table,
)

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter


def assign(
    machine: Interpreter,
    target: ast.expr,
    value: object,
    frame: Frame,
    statement: ast.stmt | None = None,
) -> None:
    """Bind a target to a value."""
    match target:
        case ast.Name(id=name):
            rebind(machine, name, frame)
            frame.names[name] = value
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            for each, part in zip(
                targets, _unpacked(targets, machine.carried_out(value)), strict=True
            ):
                assign(machine, each, part, frame, statement)
        case ast.Starred(value=inner):
            assign(machine, inner, value, frame, statement)
        case ast.Attribute(value=inner, attr=name):
            owner = machine.evaluate(inner, frame)
            if not _set_attribute(machine, owner, name, value) and machine.tracker and statement:
                place = machine.place(statement, frame)
                machine.tracker.assigned(owner, name, statement, place)
        case _:
            _set_item(machine, cast("ast.Subscript", target), value, frame)


def _unpacked(targets: list[ast.expr], value: object) -> list[object]:
    """One value for each target."""
    parts = constants.elements(value)
    starred = next((at for at, each in enumerate(targets) if type(each) is ast.Starred), None)
    if parts is None or any(type(part) is Maybe for part in parts):
        return [UNKNOWN] * len(targets)
    if starred is None:
        return parts if len(parts) == len(targets) else [UNKNOWN] * len(targets)
    after = len(targets) - starred - 1
    if len(parts) < len(targets) - 1:
        return [UNKNOWN] * len(targets)
    end = len(parts) - after
    return [*parts[:starred], parts[starred:end], *parts[end:]]


def _set_attribute(machine: Interpreter, owner: object, name: str, value: object) -> bool:
    """Set an attribute of a class at hand or of an instance of one."""
    if type(owner) is LocalClass:
        machine.body_of(owner).names[name] = value
        return True
    if type(owner) is Made and owner.attributes is not None:
        owner.attributes[name] = value
        return True
    return False


def _set_item(machine: Interpreter, node: ast.Subscript, value: object, frame: Frame) -> None:
    if isinstance(node.value, ast.Name):
        rebind(machine, node.value.id, frame)
    key, owner = machine.evaluate(node.slice, frame), machine.evaluate(node.value, frame)
    if isinstance(owner, Table):
        owner.put(key, value)
    elif isinstance(owner, list):
        owner[:] = [each if type(each) is Maybe else Maybe(each) for each in owner]


def rebind(machine: Interpreter, name: str, frame: Frame) -> None:
    """Before a name changes: evaluate what was put off and asks for it."""
    if not frame.is_lazy or name not in frame.names:
        return
    frame.nodes.pop(name, None)
    for each in list(frame.names.values()):
        if type(each) is Deferred and each.value is MISSING and each.asks_for(name):
            machine.settle(each, frame)


def bind_assign(machine: Interpreter, node: ast.Assign, frame: Frame) -> None:
    """``name = value``: in a module or class the value is put off until asked for."""
    value: object
    if frame.is_lazy and all(_may_wait(target, node.value, frame) for target in node.targets):
        value = Deferred(node.value)
    else:
        value = machine.evaluate(node.value, frame)
    for target in node.targets:
        assign(machine, target, value, frame, node)
        if isinstance(target, ast.Name):
            frame.nodes[target.id] = node.value


def _may_wait(target: ast.expr, value: ast.expr, frame: Frame) -> bool:
    """Whether an assignment can be put off: to a name that its value does not ask for."""
    if not isinstance(target, ast.Name):
        return False
    return target.id not in frame.names or not Deferred(value).asks_for(target.id)


def bind_ann_assign(machine: Interpreter, node: ast.AnnAssign, frame: Frame) -> None:
    """``name: type = value``."""
    if node.value is not None:
        same = ast.Assign([node.target], node.value)
        bind_assign(machine, ast.copy_location(same, node), frame)


def bind_aug_assign(machine: Interpreter, node: ast.AugAssign, frame: Frame) -> None:
    """``name += value``."""
    sum_ = ast.copy_location(ast.BinOp(node.target, node.op, node.value), node)
    if isinstance(node.target, ast.Name):
        rebind(machine, node.target.id, frame)
    value = machine.evaluate(sum_, frame)
    assign(machine, node.target, value, frame, node)


def bind_function(
    _machine: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame
) -> None:
    """``def name``."""
    frame.names[node.name] = Function(node, frame)


def bind_class(_machine: Interpreter, node: ast.ClassDef, frame: Frame) -> None:
    """``class name``."""
    frame.names[node.name] = LocalClass(node, frame, frame.names.get(node.name, MISSING))


def bind_import(_machine: Interpreter, node: ast.Import, frame: Frame) -> None:
    """``import name``."""
    for alias in node.names:
        root = alias.name.partition(".")[0]
        frame.names[alias.asname or root] = Reference(alias.name if alias.asname else root)


def bind_import_from(machine: Interpreter, node: ast.ImportFrom, frame: Frame) -> None:
    """``from module import name``."""
    module = machine.loader.absolute(node.level, node.module or "", frame.module)
    for alias in node.names:
        if alias.name == "*":
            frame.module.stars.append(module)
        else:
            frame.names[alias.asname or alias.name] = Reference(f"{module}.{alias.name}")


def bind_delete(machine: Interpreter, node: ast.Delete, frame: Frame) -> None:
    """``del name`` and ``del table[key]``."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            frame.names.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            owner = machine.evaluate(target.value, frame)
            key = machine.evaluate(target.slice, frame)
            if isinstance(owner, Table):
                owner.drop(key) if isinstance(key, str) else owner.add(UNKNOWN, UNKNOWN)
