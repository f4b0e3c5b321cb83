"""Run where Django is: values as JSON, and back."""

import datetime as dt
import decimal
import enum
import functools
import inspect
import re
import sys
import uuid
from importlib import import_module

from django.conf import settings
from django.db.models import Q
from django.db.models.manager import BaseManager
from django.utils.functional import Promise

EXACT = (dt.date, dt.time, dt.timedelta, decimal.Decimal, uuid.UUID)


def plain(value):
    """The value in JSON, told so that two that are equal are told alike."""
    if isinstance(value, (Promise, enum.Enum)):
        return plain(str(value) if isinstance(value, Promise) else value.value)
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain, value), key=repr)
    if isinstance(value, (list, tuple)) or type(value).__name__ in {"dict_keys", "dict_values"}:
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {"dict": [[plain(key), plain(each)] for key, each in value.items()]}
    return _object(value)


def _object(value):
    if isinstance(value, (*EXACT, bytes, complex, range, dt.tzinfo)):
        return {"repr": repr(value)}
    if isinstance(value, Q):
        return condition(value)
    if isinstance(value, re.Pattern):
        return {"repr": [value.pattern, value.flags]}
    if isinstance(value, functools.partial):
        return {
            "call": "functools.partial",
            "parts": plain([value.func, value.args, value.keywords]),
        }
    if inspect.ismethod(value) and inspect.isclass(value.__self__):
        return {
            "ref": f"{value.__self__.__module__}.{value.__self__.__qualname__}.{value.__name__}"
        }
    if inspect.isclass(value) or inspect.isroutine(value):
        return {"ref": f"{value.__module__}.{value.__qualname__}"}
    if hasattr(value, "deconstruct") and not isinstance(value, BaseManager):
        parts = value.deconstruct()[-3:]
        return {"call": parts[0], "parts": plain([list(parts[1]), parts[2]])}
    return {"class": f"{type(value).__module__}.{type(value).__qualname__}"}


def condition(q):
    """A Q with what its brackets do not change left out: ``Q(Q(a=1), b=2)`` is ``Q(a=1, b=2)``."""
    children = []
    for each in q.children:
        if not isinstance(each, Q):
            children.append(plain(each))
            continue
        inner = condition(each)
        is_same = inner["connector"] == q.connector or len(inner["children"]) == 1
        children.extend(inner["children"] if is_same and not inner["negated"] else [inner])
    if len(children) == 1 and isinstance(children[0], dict) and "children" in children[0]:
        (only,) = children
        return {**only, "negated": only["negated"] != q.negated}
    connector = q.connector if len(children) > 1 else "AND"
    return {"connector": connector, "negated": q.negated, "children": children}


class UnsetError(Exception):
    """The project decides it, by a setting that it does not have to make."""


def fetched(path, home):
    """What a path names; one that begins with a dot is looked up in the ``home`` module."""
    if path.startswith("."):
        return functools.reduce(getattr, path[1:].split("."), home)
    parts = path.split(".")
    if parts[:3] == ["django", "conf", "settings"] and not hasattr(settings, parts[3]):
        raise UnsetError(parts[3])
    for count in range(len(parts), 0, -1):
        try:
            found = imported(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        return functools.reduce(getattr, parts[count:], found)
    raise ImportError(path)


def imported(name):
    """The module; one that a relative import leads to has its name only from some folder on."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        for full in tuple(sys.modules):
            if full.endswith(f".{name}"):
                return sys.modules[full]
        raise


def made(given, home):
    """The value that our JSON describes: names are looked up, calls are made."""
    if isinstance(given, list):
        return [made(each, home) for each in given]
    if not isinstance(given, dict):
        return given
    if "ref" in given:
        return fetched(given["ref"], home)
    if "bytes" in given:
        return bytes.fromhex(given["bytes"])
    if "complex" in given:
        return complex(*given["complex"])
    if "dict" in given:
        return {made(key, home): made(each, home) for key, each in given["dict"]}
    positional = [hashable(made(each, home)) for each in given["args"]]
    return fetched(given["call"], home)(
        *positional, **{name: made(each, home) for name, each in given["kwargs"].items()}
    )


def hashable(value):
    """A pair as the tuple that a Q needs; whatever else as it is."""
    return tuple(value) if isinstance(value, list) else value
