"""Calls: which are carried out, which are kept, and how arguments find their parameters."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, Reference
from flake8_django_migrations.reader import constants, files
from flake8_django_migrations.reader.builtin import is_pure, pure_call
from flake8_django_migrations.reader.names import canonical, is_elsewhere
from flake8_django_migrations.reader.records import is_record
from flake8_django_migrations.reader.scope import (
    MAX_CALLS,
    MISSING,
    Either,
    Frame,
    Function,
    LocalClass,
    Made,
    Maybe,
    Method,
    Table,
    join,
)
from flake8_django_migrations.reader.statements import End, execute
from flake8_django_migrations.reader.swapped import split
from flake8_django_migrations.reader.texts import text_method

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_TRANSPARENT: Final = frozenset({"staticmethod", "classmethod", "wraps", "cache", "lru_cache"})


def carry_out(machine: Interpreter, made: Made) -> object:
    """The value of a call; the call itself where it only builds something."""
    if machine.tracker is not None:
        found = machine.tracker.call(made.callee, made)
        if found is not MISSING:
            return found
    callee = made.callee
    if type(callee) is Reference:
        return _refer(machine, callee.path, made)
    if type(callee) is Function:
        if machine.tracker is None and not _is_transparent(callee):
            return UNKNOWN
        return apply(machine, callee, made)
    if type(callee) is Method:
        return _call_method(machine, callee, made)
    if type(callee) is Either and machine.tracker is None:
        # One of several classes by a condition: the call is one of each.
        return Either(tuple(carry_out(machine, replace(made, callee=e)) for e in callee.options))
    is_kept = type(callee) is LocalClass or _is_imported_class(callee) or is_record(callee)
    return made if is_kept else UNKNOWN


def _is_imported_class(callee: object) -> bool:
    """Whether what is called is a class that a setting names."""
    return (
        type(callee) is Made
        and type(callee.callee) is Reference
        and callee.callee.path == "django.utils.module_loading.import_string"
    )


def carried_out(machine: Interpreter, value: object) -> object:
    """What a value leads to in the project's own code: a name's value, a call's result."""
    if type(value) is not Made:
        return machine.resolved(value)
    if type(value.callee) is not Reference or not _may_be_function(value.callee.path):
        return value
    target = machine.resolved(value.callee)
    if type(target) is not Function or not _is_transparent(target):
        return value
    before = machine.site
    machine.site = before or value.place
    found = apply(machine, target, value)
    machine.site = before
    return found


def _may_be_function(path: str) -> bool:
    """Whether a path may lead to a function of the project: classes begin with a capital."""
    return not path.rpartition(".")[2][:1].isupper() and not is_elsewhere(path)


def _is_transparent(function: Function) -> bool:
    """Whether no decorator changes what calling the function gives."""
    if isinstance(function.node, ast.Lambda):
        return True
    decorators = [each.func if isinstance(each, ast.Call) else each
                  for each in function.node.decorator_list]  # fmt: skip
    names = [getattr(each, "attr", getattr(each, "id", "")) for each in decorators]
    return all(name in _TRANSPARENT for name in names)


def _refer(machine: Interpreter, path: str, made: Made) -> object:
    """A call of something imported, or of Python's own."""
    if made.arguments and files.is_file(made.arguments[0]):
        found = files.called(path, made.arguments)
        return made if found is MISSING else found
    match path:
        case "functools.partial" if made.arguments and type(made.arguments[0]) is Function:
            function = made.arguments[0]
            given = (*function.defaults, *made.arguments[1:])
            keywords = (*function.keywords, *made.keywords)
            return Function(function.node, function.frame, given, keywords)
        case "importlib.import_module" | "django.utils.module_loading.import_string":
            name = made.arguments[0] if len(made.arguments) == 1 else None
            whole = isinstance(name, str) and not name.startswith(".")
            return Reference(str(name)) if whole else made
        case "builtins.getattr" if len(made.arguments) > 1 and made.node and made.frame:
            owner, name, *default = made.arguments
            if not isinstance(name, str):
                return UNKNOWN
            found = machine.attribute(owner, name, made.node, made.frame)
            return UNKNOWN if default and _may_be_missing(found) else found
        case _ if not made.is_whole or not is_pure(path):
            return split(path, made.arguments) or made
        case _:
            arguments = [machine.carried_out(each) for each in made.arguments]
            return pure_call(path, arguments, dict(made.keywords))


def _may_be_missing(found: object) -> bool:
    """Whether an attribute is only pointed at; a setting that is asked for is taken to be there."""
    return type(found) is Reference and not found.path.startswith("django.conf.settings.")


def apply(machine: Interpreter, function: Function, made: Made) -> object:
    """What a function at hand returns, its statements gone through with a call's arguments."""
    node = function.node
    is_async = isinstance(node, ast.AsyncFunctionDef)
    if is_async or machine.calls >= MAX_CALLS or not machine.spend(10):
        if machine.tracker is not None:
            machine.tracker.unread()
        return UNKNOWN
    frame = Frame(function.frame.module, function.frame)
    bind(machine, function, made, frame)
    before = machine.site
    if frame.module.path != machine.home:
        machine.site = before or made.place
    machine.calls += 1
    try:
        if isinstance(node, ast.Lambda):
            return machine.evaluate(node.body, frame)
        return _outcome(frame, execute(machine, node.body, frame))
    finally:
        machine.calls -= 1
        machine.site = before


def _outcome(frame: Frame, end: End) -> object:
    """What a function's returns and yields come to."""
    if frame.yields:
        return list(frame.yields)
    values = frame.returns if end is End.RETURN else [*frame.returns, None]
    if not values:
        return None
    found = values[0]
    for value in values[1:]:
        found = join(found, value)
    return found


def bind(machine: Interpreter, function: Function, made: Made, frame: Frame) -> None:
    """Give the parameters a call's arguments, else their defaults, else UNKNOWN."""
    parameters = function.node.args
    arguments = (*function.defaults, *made.arguments)
    keywords = {**dict(function.keywords), **dict(made.keywords)}
    names = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
    every = [*names, *(each.arg for each in parameters.kwonlyargs)]
    frame.names.update(dict.fromkeys(every, UNKNOWN))
    if made.is_whole:
        frame.names.update(_defaults(machine, function))
    spread = next((at for at, each in enumerate(arguments) if type(each) is Maybe), None)
    frame.names.update(zip(names, arguments[:spread], strict=False))
    frame.names.update({name: keywords[name] for name in every if name in keywords})
    if parameters.vararg:
        rest = tuple(arguments[len(names) :])
        frame.names[parameters.vararg.arg] = rest if spread is None else UNKNOWN
    if parameters.kwarg:
        extra = [(name, value) for name, value in keywords.items() if name not in every]
        frame.names[parameters.kwarg.arg] = Table(list(extra)) if made.is_whole else UNKNOWN


def _defaults(machine: Interpreter, function: Function) -> dict[str, object]:
    """The values of the parameters that have one."""
    parameters = function.node.args
    positional = [*parameters.posonlyargs, *parameters.args]
    last = positional[len(positional) - len(parameters.defaults) :]
    nodes = list(zip(last, parameters.defaults, strict=True))
    for each, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
        if default is not None:
            nodes.append((each, default))
    return {each.arg: machine.evaluate(default, function.frame) for each, default in nodes}


# Methods of what the evaluator knows -----------------------------------------------------


def _call_method(machine: Interpreter, method: Method, made: Made) -> object:
    owner, name = method.owner, method.name
    arguments = [machine.carried_out(each) for each in made.arguments]
    if isinstance(owner, (str, bytes)):
        keywords = {key: machine.carried_out(each) for key, each in made.keywords}
        whole = made.is_whole
        return text_method(owner, name, arguments, keywords) if whole else UNKNOWN
    if isinstance(owner, list):
        return _list_method(owner, name, arguments)
    if isinstance(owner, Table):
        return _table_method(owner, name, arguments, made)
    if files.is_file(owner):
        return files.method(machine.loader, owner, name, arguments)
    if type(owner) is Made and type(owner.callee) is Reference:
        return _expression_method(owner, owner.callee.path, name, made)
    return UNKNOWN


def _list_method(owner: list[object], name: str, arguments: list[object]) -> object:
    """A method of a list: those that build one are carried out, any other leaves it in doubt."""
    inner = constants.elements(arguments[0]) if arguments else None
    match name, arguments:
        case "append", [value]:
            owner.append(value)
        case "extend", [value]:
            owner.extend([Maybe(value)] if inner is None else inner)
        case "insert", [int(at), value]:
            owner.insert(at, value)
        case "pop", [] if owner and type(owner[-1]) is not Maybe:
            return owner.pop()
        case "copy", []:
            return list(owner)
        case (("index" | "count"), _):
            return UNKNOWN
        case "reverse", []:
            owner.reverse()
        case _:
            owner[:] = [each if type(each) is Maybe else Maybe(each) for each in owner]
            return UNKNOWN
    return None


def _table_method(owner: Table, name: str, arguments: list[object], made: Made) -> object:
    match name, arguments:
        case "items", []:
            return [(key, value) for key, value in owner.items]
        case "keys", []:
            return [key for key, _ in owner.items]
        case "values", []:
            return [value for _, value in owner.items]
        case "copy", []:
            return Table(list(owner.items))
        case "get", [key, *rest]:
            found = owner.get(key) if isinstance(key, (str, int)) else UNKNOWN
            return found if found is not MISSING else (rest[0] if rest else None)
        case (("setdefault" | "pop"), [str(key), *rest]) if _is_in_order(made):
            return _changed_item(owner, name, key, rest)
        case "update", _:
            given = pure_call("builtins.dict", arguments, dict(made.keywords))
            added = given.items if isinstance(given, Table) else [(UNKNOWN, UNKNOWN)]
            for key, value in added:
                owner.put(key, value)
            return None
        case _:
            owner.items.append((UNKNOWN, UNKNOWN))
            return UNKNOWN


def _is_in_order(made: Made) -> bool:
    """Whether the call is reached when its turn comes: a module's are put off."""
    return made.frame is not None and not made.frame.is_lazy


def _changed_item(owner: Table, name: str, key: str, rest: list[object]) -> object:
    """``setdefault`` and ``pop`` of a key that is text."""
    found = owner.get(key)
    if not owner.has_names:
        owner.items.append((UNKNOWN, UNKNOWN))
    elif name == "pop":
        owner.drop(key)
        return found if found is not MISSING else (rest[0] if rest else UNKNOWN)
    elif found is MISSING or found is UNKNOWN:
        found = UNKNOWN if found is UNKNOWN else (rest[0] if rest else None)
        owner.put(key, found)
    return found


def _expression_method(owner: Made, path: str, name: str, made: Made) -> object:
    """``F("total").desc()``, which Django's operations write as an OrderBy."""
    if name in {"asc", "desc"} and canonical(path).startswith("django.db.models."):
        order = Reference("django.db.models.OrderBy")
        descending = (("descending", True),) if name == "desc" else ()
        return Made(order, (owner,), (*made.keywords, *descending), made.place)
    return UNKNOWN
