"""What a data migration holds in its hands: the historical apps, models, rows, a cursor."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from flake8_django_migrations.migration import UNKNOWN, ModelKey, Reference, Route, Unknown
from flake8_django_migrations.reader.names import canonical
from flake8_django_migrations.reader.scope import MISSING, Either, Made, Table

ANY: Final = "*"
"""Among names: any name, where they cannot be told."""
_MAX_HOPS: Final = 6


class Hand(enum.Enum):
    """What a migration's function is given, and what it gets from that."""

    APPS = "apps"
    EDITOR = "schema editor"
    CONNECTION = "connection"
    CURSOR = "cursor"


@dataclass(frozen=True, slots=True)
class AppConfig:
    """``apps.get_app_config(label)``."""

    label: str | Unknown


@dataclass(frozen=True, slots=True)
class Model:
    """A model class: a historical one by its key, a current one by its import path."""

    key: ModelKey | Unknown = UNKNOWN
    """Its own, by which its fields are known: that of a setting tells of none."""
    imported: str = ""
    route: Route | None = None
    """The relations that lead to it, where only a state can tell which model it is."""
    setting: ModelKey | Unknown = UNKNOWN
    """The setting that names it."""

    @property
    def named(self) -> ModelKey | Unknown:
        """The key under which its rows are told of: its own, or that of its setting."""
        return self.setting if self.key is UNKNOWN else self.key

    def reach(self, name: str) -> Model:
        """The model behind a relation of that name."""
        if isinstance(self.named, ModelKey):
            return Model(route=Route(self.named, (name,)))
        if self.route is not None and len(self.route.names) < _MAX_HOPS:
            return Model(route=Route(self.route.start, (*self.route.names, name)))
        return Model()


@dataclass(frozen=True, slots=True)
class Rows:
    """A manager or queryset, and what limits the rows it stands for."""

    model: Model
    is_filtered: bool = False
    is_bounded: bool = False
    """Whether the rows are limited to keys in hand."""
    is_streamed: bool = False
    """Whether iterating does not hold them all in memory."""
    is_values: bool = False
    is_distinct: bool = False
    is_batches: bool = False
    """Whether iterating gives batches of rows, as Paginator does."""
    is_wrapped: bool = False
    """Whether they are in a list, a paginator or the like, which has methods of its own."""
    is_cursor: bool = False
    """Whether ``iterator()`` reads them from a cursor."""
    is_compared: bool = False
    """Whether a filter compares with what the database works out, as ``F("total")``."""
    is_held: bool = False
    """Whether they are all loaded before the first is given, however few are asked for."""
    narrowed: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()
    """Names that the rows have beside their fields."""

    @property
    def batch(self) -> Rows:
        """One batch of these rows."""
        return replace(self, is_batches=False, is_streamed=True, is_bounded=True, is_wrapped=True)


@dataclass(slots=True, eq=False)
class Row:
    """An instance, and what has been assigned to it."""

    model: Model
    rows: Rows | None = None
    is_new: bool = False
    assigned: set[str] = field(default_factory=set)
    is_relative: bool = False

    @property
    def is_loose(self) -> bool:
        """Whether it may have any attribute beside its fields."""
        return self.rows is not None and ANY in self.rows.aliases


@dataclass(frozen=True, slots=True, eq=False)
class Related:
    """An attribute of an instance or model: a value, a related row, or related rows.

    ``model`` is the related rows' model; that of the owner, where it may be a manager.
    """

    owner: object
    name: str
    model: Model = Model()
    is_filtered: bool = True
    """Whether something narrows the rows that it is a relation of."""

    @property
    def rows(self) -> Rows:
        """It as related rows."""
        is_few = self.is_filtered
        return Rows(self.model, is_filtered=is_few, is_bounded=is_few, is_streamed=True)


def related(owner: Row | Model | Related, name: str) -> Related:
    """An attribute of what is in hand, and where it may lead."""
    match owner:
        case Model():
            return Related(owner, name, owner)
        case Row(model=model, rows=rows):
            is_filtered = rows is None or rows.is_filtered or rows.is_bounded
            return Related(owner, name, model.reach(name), is_filtered)
        case Related(owner=Model(), name=field, model=model) if name == "through":
            return Related(owner, name, model.reach(field).reach(name))
    return Related(owner, name, owner.model.reach(name))


@dataclass(frozen=True, slots=True, eq=False)
class Wrapped:
    """``enumerate`` or ``zip`` over rows: what each turn's tuple is made of."""

    parts: tuple[object, ...]


HANDS: Final = (Hand, AppConfig, Model, Rows, Row, Wrapped)
MANAGERS: Final = frozenset({"objects", "_default_manager", "_base_manager"})


def is_manager(name: str) -> bool:
    """Whether a model's attribute of that name is a manager."""
    return name in MANAGERS or name.endswith(("objects", "_manager"))


def settled(value: object) -> object:
    """One of several querysets or rows as the one that stands for all of them."""
    if not isinstance(value, Either):
        return value
    relations = [each for each in value.options if isinstance(each, Related)]
    options = [each for each in value.options if isinstance(each, (Rows, Row, Model))]
    if not options:
        return relations[0] if len(relations) == 1 else value
    found = options[0]
    options += [Row(each.model) for each in relations]
    for other in options[1:]:
        found = _either(found, other)
    return found


def _either(left: Rows | Row | Model, right: Rows | Row | Model) -> Rows | Row | Model:
    """In doubt about the model: unknown; in doubt about limits: limited."""
    if isinstance(left, Rows) and isinstance(right, Rows):
        return Rows(
            left.model if left.model == right.model else Model(),
            left.is_filtered or right.is_filtered,
            left.is_bounded or right.is_bounded,
            left.is_streamed or right.is_streamed,
            left.is_values or right.is_values,
            left.is_distinct or right.is_distinct,
            left.is_batches or right.is_batches,
            left.is_wrapped or right.is_wrapped,
            left.is_cursor or right.is_cursor,
            left.is_compared or right.is_compared,
            left.is_held and right.is_held,
            left.narrowed | right.narrowed,
            left.aliases | right.aliases,
        )
    if isinstance(left, Row) and isinstance(right, Row):
        return left if left.model == right.model else Row(Model())
    if isinstance(left, Model) and isinstance(right, Model):
        return left if left == right else Model()
    return Row(Model())


def narrow(rows: Rows, made: Made, name: str) -> Rows:
    """The rows after ``filter`` or ``exclude``."""
    names = set(lookups(made))
    is_filtered = bool(made.arguments or made.keywords or not made.is_whole)
    is_plain = all(isinstance(each, Made) and is_query(each) for each in made.arguments)
    if not is_plain or not made.is_whole:
        names.add(ANY)
    return replace(
        rows,
        is_filtered=rows.is_filtered or is_filtered,
        is_bounded=rows.is_bounded or (name == "filter" and _has_keys(dict(made.keywords))),
        is_compared=rows.is_compared or _compares(made),
        narrowed=rows.narrowed | names,
    )


def _compares(made: Made, depth: int = 0) -> bool:
    """Whether a filter's value, to any depth, is made by a call: it may look at other fields."""
    values = [each for _, each in made.keywords]
    queries = [each for each in made.arguments if isinstance(each, Made)]
    return any(isinstance(each, (Made, Rows, Row, Related)) for each in values) or any(
        depth > 20 or _compares(each, depth + 1) for each in queries
    )


def _has_keys(keywords: Mapping[str, object]) -> bool:
    """Whether a filter limits the rows to keys in hand."""
    bounds: set[str] = set()
    for name, value in keywords.items():
        base, _, lookup = name.partition("__")
        if base not in {"pk", "id"}:
            continue
        inner = settled(value)
        is_subquery = isinstance(inner, Rows) and not inner.is_bounded
        if lookup in {"", "exact", "range"} or (lookup == "in" and not is_subquery):
            return True
        bounds.add(lookup[:2])
    return {"gt", "lt"} <= bounds


def lookups(made: Made) -> Iterator[str]:
    """The first part of every name a filter's keywords and Q objects look at."""
    waiting = [made]
    for each in waiting:
        yield from (n.partition("__")[0] for n, _ in each.keywords if not n.startswith("_"))
        for part in each.arguments:
            if isinstance(part, Made) and is_query(part):
                waiting.append(part)
            elif isinstance(part, (tuple, list)) and len(part) == 2 and isinstance(part[0], str):
                yield part[0].partition("__")[0]


def is_query(value: Made) -> bool:
    """Whether a call builds a ``Q``."""
    return isinstance(value.callee, Reference) and (
        canonical(value.callee.path) == "django.db.models.Q"
    )


def plain_names(values: Iterable[object]) -> Iterator[str]:
    """The first part of every name among positional arguments: ``-total`` is ``total``."""
    for value in values:
        if isinstance(value, str):
            name = value.lstrip("-+").partition("__")[0]
            if name.isidentifier():
                yield name


def is_own_value(value: object, name: str, depth: int = 0) -> bool:
    """Whether an update's value is computed from the field's old one: ``F("stock") + 1``."""
    if not isinstance(value, Made) or depth > 20:
        return False
    return any(
        _is_f(part, name) or is_own_value(part, name, depth + 1)
        for part in (*value.arguments, *(each for _, each in value.keywords))
    )


def _is_f(value: object, name: str) -> bool:
    if not isinstance(value, Made) or not isinstance(value.callee, Reference):
        return False
    is_f = canonical(value.callee.path) == "django.db.models.F"
    return is_f and value.arguments[:1] == (name,)


def named_keys(value: object) -> list[str]:
    """The names a dict of defaults surely sets."""
    items = value.items if isinstance(value, Table) else []
    return [key for key, each in items if isinstance(key, str) and not _may_be_missing(each)]


def _may_be_missing(value: object) -> bool:
    """Whether only one of several branches has put it there."""
    return isinstance(value, Either) and MISSING in value.options


def in_hand(made: Made) -> bool:
    """Whether a call is given anything that leads to rows."""
    given = (*made.arguments, *(each for _, each in made.keywords))
    return any(isinstance(settled(each), HANDS) for each in given)


def described(value: object) -> object:
    """What makes two calls of a function the same call."""
    value = settled(value)
    if isinstance(value, Row):
        return ("row", value.model)
    if isinstance(value, (str, int, float, bytes, type(None), Model, Rows, Hand)):
        return value
    return id(value)
