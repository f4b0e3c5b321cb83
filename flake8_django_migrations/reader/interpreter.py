"""What an expression stands for, worked out without running anything."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from flake8_django_migrations.migration import UNKNOWN, Place, Reference
from flake8_django_migrations.reader import files
from flake8_django_migrations.reader.calls import apply, carried_out
from flake8_django_migrations.reader.classes import body_of, find_attribute
from flake8_django_migrations.reader.expressions import EXPRESSIONS
from flake8_django_migrations.reader.names import BUILTINS, is_elsewhere, star_names
from flake8_django_migrations.reader.records import is_record, item
from flake8_django_migrations.reader.scope import (
    MAX_DEPTH,
    MAX_STEPS,
    MISSING,
    Deferred,
    Frame,
    Function,
    LocalClass,
    Made,
    Method,
    Module,
    Table,
    Unsettled,
    place_of,
)

if TYPE_CHECKING:
    from flake8_django_migrations.reader.imports import Loader
    from flake8_django_migrations.reader.trials import Caught, Exposure


class Tracker(Protocol):
    """Who watches a data migration's function while it is read; MISSING means not its business.

    ``guards`` counts the looks at rows that what is being read depends on, ``exposed`` the
    ``try`` around it that swallow what the database says.
    """

    guards: int
    exposed: Exposure

    def attribute(self, owner: object, name: str, place: Place) -> object:
        """An attribute of one of the tracker's own values."""

    def call(self, callee: object, made: Made) -> object:
        """A call in which the tracker's own values may take part."""

    def loop(self, iterable: object, place: Place) -> object:
        """Enter a loop: what each turn is given, MISSING where it is no loop over rows."""

    def unread(self) -> None:
        """Something is passed over."""

    def branch(self) -> None:
        """Enter a branch that is not taken for certain."""

    def leave(self) -> None:
        """The loop or branch that was entered last is over."""

    def batch(self, test: Callable[[], object]) -> object:
        """Enter a ``while``: its condition's value, the rows where it asks whether there are any."""

    def turned(self, rows: object, place: Place) -> None:
        """The turn of a ``while`` is over; nothing but its condition ends it."""

    def attempt(self, caught: Caught, by: int) -> None:
        """Enter a ``try`` that catches these, or leave it."""

    def test(self, condition: Callable[[], object]) -> tuple[object, bool]:
        """A condition's value, and whether it looked at rows."""

    def is_found(self, value: object) -> bool:
        """Whether a name stands for what an earlier look at rows has found; in doubt: True."""

    def assigned(self, owner: object, name: str, node: ast.stmt, place: Place) -> None:
        """An attribute has been set."""


class Interpreter:
    """The evaluator of one migration and the modules it leads to.

    Whatever it cannot work out, or only at a price that no honest migration asks, is UNKNOWN.
    """

    def __init__(self, loader: Loader, vendor: str) -> None:
        self.loader = loader
        self.vendor = "mysql" if vendor == "mariadb" else vendor
        self.tracker: Tracker | None = None
        self.home: str = ""
        self.lines: list[str] = []
        self.site: Place | None = None
        self.depth = 0
        self.calls = 0
        self.steps = 0
        self.inferences = 0

    def evaluate(self, node: ast.expr, frame: Frame) -> object:
        """The value of an expression."""
        if type(node) is ast.Constant:
            return UNKNOWN if node.value is Ellipsis else node.value
        handler = EXPRESSIONS.get(type(node))
        if handler is None or self.depth >= MAX_DEPTH:
            return UNKNOWN
        self.depth += 1
        try:
            return handler(self, node, frame)
        finally:
            self.depth -= 1

    def spend(self, steps: int = 1) -> bool:
        """Whether there is patience left for so many more turns."""
        self.steps += steps
        return self.steps <= MAX_STEPS

    def place(self, node: ast.expr | ast.stmt, frame: Frame) -> Place:
        """Where a node is written; for one of another module, where this one led to it."""
        return self.site if self.site and frame.module.path != self.home else place_of(node)

    def look_up(self, name: str, frame: Frame) -> object:
        """What a name stands for, MISSING where nothing binds it."""
        for each in frame.chain():
            bound = each.names.get(name, MISSING)
            # A class binds a name once its value is known: until then the module's is meant.
            is_unbound = each.is_class and type(bound) is Deferred and bound.is_open
            if bound is not MISSING and not is_unbound:
                return self.settle(bound, each)
        if name == "__file__":
            return files.FilePath(frame.module.path.replace("\\", "/"))
        starred = self.starred(name, frame.module)
        if starred is MISSING and name in BUILTINS:
            return Reference(f"builtins.{name}")
        return starred

    def starred(self, name: str, module: Module) -> object:
        """What a name stands for by ``from … import *``, MISSING where none binds it."""
        for star in module.stars:
            if name in star_names(star) or self.loader.exports(self, star, name):
                return Reference(f"{star}.{name}")
        return MISSING

    def settle(self, value: object, frame: Frame) -> object:
        """A binding's value, evaluated now if it was put off."""
        if type(value) is not Deferred:
            return value
        if value.value is MISSING:
            value.value, value.is_open = UNKNOWN, True
            value.value = self.evaluate(value.node, frame)
            value.is_open = False
        return value.value

    def resolved(self, value: object) -> object:
        """What a reference into the project's own code leads to; the value itself otherwise."""
        if type(value) is not Reference or is_elsewhere(value.path):
            return value
        found = self.loader.resolve(self, value.path)
        return value if found is MISSING else found

    def carried_out(self, value: object) -> object:
        """What a value leads to in the project's own code: a name's value, a call's result."""
        return carried_out(self, value)

    def attribute(self, owner: object, name: str, node: ast.expr, frame: Frame) -> object:
        """``owner.name``."""
        if self.tracker is not None:
            found = self.tracker.attribute(owner, name, self.place(node, frame))
            if found is not MISSING:
                return found
        if type(owner) is Reference:
            return self._vendor_of(owner.path, name) or Reference(f"{owner.path}.{name}")
        if isinstance(owner, (str, int)) and name == "value":
            return owner  # a member of TextChoices or IntegerChoices is its own value
        if isinstance(owner, (str, bytes, list, Table)):
            return Method(owner, name)
        if files.is_file(owner):
            found = files.attribute(owner, name)
            return Method(owner, name) if found is MISSING else found
        if type(owner) is LocalClass:
            return self.class_attribute(owner, name)
        if type(owner) is Made:
            return self._made_attribute(owner, name, node, frame)
        return UNKNOWN

    def _vendor_of(self, path: str, name: str) -> str | None:
        return self.vendor if name == "vendor" and path == "django.db.connection" else None

    def _made_attribute(self, owner: Made, name: str, node: ast.expr, frame: Frame) -> object:
        if type(owner.callee) is LocalClass:
            found = self.instance_attribute(owner, owner.callee, name)
            return Unsettled(node, frame.module) if found is MISSING else found
        found = item(owner, name) if is_record(owner.callee) else MISSING
        return Method(owner, name) if found is MISSING else found

    def body_of(self, kind: LocalClass) -> Frame:
        """The names bound in a class's body."""
        return body_of(self, kind)

    def instance_attribute(self, owner: Made, kind: LocalClass, name: str) -> object:
        """An attribute of an instance, as its ``__init__`` or its class sets it."""
        if owner.attributes is None:
            owner.attributes = {}
            start = self.class_attribute(kind, "__init__")
            if type(start) is Function:
                apply(self, start, replace(owner, arguments=(owner, *owner.arguments)))
        if name in owner.attributes:
            return owner.attributes[name]
        found = self.class_attribute(kind, name)
        if type(found) is Function and not _is_static(found):
            return Function(found.node, found.frame, (owner,))
        return MISSING if found is UNKNOWN else found

    def class_attribute(self, kind: LocalClass, name: str) -> object:
        """An attribute of a class at hand or of its bases at hand; UNKNOWN where none has it."""
        found = find_attribute(self, kind, name)
        return UNKNOWN if found is MISSING else found


def _is_static(function: Function) -> bool:
    decorators = getattr(function.node, "decorator_list", [])
    return any(getattr(each, "id", "") == "staticmethod" for each in decorators)
