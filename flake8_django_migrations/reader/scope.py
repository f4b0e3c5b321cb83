"""What a name can stand for while a module is read, and the frames that hold the names."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from flake8_django_migrations.migration import UNKNOWN, Place

MAX_DEPTH: Final = 90
"""How deep expressions may nest."""
MAX_CALLS: Final = 8
"""How deep functions may call each other."""
MAX_STEPS: Final = 20_000
"""How many turns of loops and calls a migration is worth."""


class Missing(enum.Enum):
    """The absence of a binding, which None cannot say."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


class Engine(enum.Enum):
    """``settings.DATABASES[…]["ENGINE"]``: a text of which only the vendor is known."""

    ENGINE = "engine"


ENGINE: Final = Engine.ENGINE


class Deferred:
    """An assignment that is evaluated when its name is first asked for; open while it is."""

    __slots__ = ("_names", "is_open", "node", "value")

    def __init__(self, node: ast.expr) -> None:
        self.node = node
        self.value: object = MISSING
        self.is_open = False
        self._names: frozenset[str] | None = None

    def asks_for(self, name: str) -> bool:
        """Whether the name stands in it."""
        if self._names is None:
            nodes = ast.walk(self.node)
            self._names = frozenset(each.id for each in nodes if isinstance(each, ast.Name))
        return name in self._names


@dataclass(slots=True, eq=False)
class Frame:
    """The names of one module, class body or function call."""

    module: Module
    outer: Frame | None = None
    is_class: bool = False
    is_lazy: bool = False
    names: dict[str, object] = field(default_factory=dict)
    nodes: dict[str, ast.expr] = field(default_factory=dict)
    """The expression last assigned to a name, which tells where its text is written."""
    returns: list[object] = field(default_factory=list)
    yields: list[object] = field(default_factory=list)

    def chain(self) -> Iterator[Frame]:
        """The frame and those its names are looked up in; class bodies show only to themselves."""
        frame: Frame | None = self
        while frame is not None:
            if frame is self or not frame.is_class:
                yield frame
            frame = frame.outer


@dataclass(slots=True, eq=False)
class Module:
    """A source file that is being read; ``package`` are the names of its folders."""

    path: str
    tree: ast.Module
    package: tuple[str, ...]
    stars: list[str] = field(default_factory=list)
    frame: Frame = field(init=False)

    def __post_init__(self) -> None:
        self.frame = Frame(self, is_lazy=True)


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function or lambda whose source is at hand, with the frame it was written in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    frame: Frame
    defaults: tuple[object, ...] = ()
    """Arguments given before the call's own: ``self``, or what functools.partial holds."""
    keywords: tuple[tuple[str, object], ...] = ()

    @property
    def name(self) -> str:
        """The function's name; ``<lambda>`` for one without."""
        return "<lambda>" if isinstance(self.node, ast.Lambda) else self.node.name


@dataclass(slots=True, eq=False)
class LocalClass:
    """A class whose source is at hand; its body is read when first asked for."""

    node: ast.ClassDef
    outer: Frame
    shadows: object = MISSING
    """What its name stood for before: ``class Migration(Migration)``."""
    body: Frame | None = None
    bases: list[object] | None = None
    """What it derives from, once all of that is known."""

    @property
    def name(self) -> str:
        """The class's name."""
        return self.node.name


@dataclass(slots=True, eq=False)
class Made:
    """A call that is kept rather than carried out: an operation, a field, an expression.

    ``is_whole`` is False where ``*args`` or ``**kwargs`` could not be read. ``attributes`` are
    those of an instance of a class at hand, None until one is asked for.
    """

    callee: object
    arguments: tuple[object, ...]
    keywords: tuple[tuple[str, object], ...]
    place: Place
    is_whole: bool = True
    node: ast.Call | None = None
    frame: Frame | None = None
    attributes: dict[str, object] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A bound method of a value that the evaluator knows."""

    owner: object
    name: str


@dataclass(slots=True, eq=False)
class Table:
    """A dict: its items in order."""

    items: list[tuple[object, object]]

    def get(self, key: object) -> object:
        """The last value of a key that is text; UNKNOWN where it, or any key, is in doubt."""
        found: object = MISSING
        for each, value in self.items:
            if not isinstance(each, (str, int, float, bytes, type(None))):
                return UNKNOWN
            if type(each) is type(key) and each == key:
                found = value
        return UNKNOWN if type(found) is Either and MISSING in found.options else found

    @property
    def has_names(self) -> bool:
        """Whether every key is text."""
        return all(isinstance(key, str) for key, _ in self.items)

    def add(self, key: object, value: object) -> None:
        """Set a key that is not there yet."""
        self.items.append((key, value))

    def put(self, key: object, value: object) -> None:
        """Set a key, in the place of an equal one if there is."""
        for at, (each, _) in enumerate(self.items):
            if type(each) is type(key) and isinstance(each, (str, int)) and each == key:
                self.items[at] = (each, value)
                return
        self.items.append((key, value))

    def drop(self, key: str) -> None:
        """Take out a key that is text."""
        self.items[:] = [item for item in self.items if item[0] != key]


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """One of several values, by a condition that cannot be decided."""

    options: tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Maybe:
    """An element that is in its list only under a condition that cannot be decided."""

    value: object


@dataclass(frozen=True, slots=True, eq=False)
class Unsettled:
    """An expression over the module's own classes that only a real inference may settle."""

    node: ast.expr
    module: Module


Scalar = (str, int, float, complex, bytes, type(None))
"""The types whose values are known by being there; bool is an int."""


def place_of(node: ast.expr | ast.stmt | ast.excepthandler) -> Place:
    """Where a node is written."""
    return Place(node.lineno, node.col_offset, node.end_lineno or node.lineno)


def join(left: object, right: object) -> object:
    """What a name stands for after two branches of which one was taken."""
    if left is right:
        return left
    if isinstance(left, Scalar) and type(left) is type(right) and left == right:
        return left
    if isinstance(left, Table) and isinstance(right, Table):
        return _join_tables(left, right)
    if isinstance(left, list) and (isinstance(right, list) or right is MISSING):
        return _join_lists(left, right if isinstance(right, list) else [])
    if isinstance(right, list) and left is MISSING:
        return _join_lists([], right)
    if left is MISSING or right is MISSING:
        return _join_missing(right if left is MISSING else left)
    return Either((*_options(left), *_options(right)))


def _join_tables(left: Table, right: Table) -> object:
    """The keys of both; the value of one that either of them lacks may be MISSING."""
    if not left.has_names or not right.has_names:
        return left if _are_same(left, right) else Either((left, right))
    first, second = dict(left.items), dict(right.items)
    return Table([(name, _join_items(first, second, name)) for name in {**first, **second}])


def _join_items(first: dict[object, object], second: dict[object, object], name: object) -> object:
    if name in first and name in second:
        return join(first[name], second[name])
    return Either((*_options(first.get(name, MISSING)), *_options(second.get(name, MISSING))))


def _are_same(left: Table, right: Table) -> bool:
    pairs = zip(left.items, right.items, strict=False)
    return len(left.items) == len(right.items) and all(a is b for a, b in pairs)


def _join_missing(value: object) -> object:
    """A name that only one branch binds: what but that could it stand for where it is used."""
    return Either((value, MISSING)) if isinstance(value, (*Scalar, Made)) else value


def _options(value: object) -> tuple[object, ...]:
    return value.options[:20] if isinstance(value, Either) else (value,)


def _join_lists(left: list[object], right: list[object]) -> list[object]:
    """The elements both begin and end with, and between them those that may be there."""
    shortest = min(len(left), len(right))
    head = 0
    while head < shortest and left[head] is right[head]:
        head += 1
    tail = 0
    while tail < shortest - head and left[-1 - tail] is right[-1 - tail]:
        tail += 1
    middle = [*left[head : len(left) - tail], *right[head : len(right) - tail]]
    doubtful = [each if isinstance(each, Maybe) else Maybe(each) for each in middle]
    return [*left[:head], *doubtful, *left[len(left) - tail :]]
