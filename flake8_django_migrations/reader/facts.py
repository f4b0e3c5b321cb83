"""The facts about a data migration's function, as they are taken down one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from flake8_django_migrations.migration import (
    UNKNOWN,
    Attribute,
    Body,
    Effect,
    Fetch,
    FieldUse,
    GetModel,
    Holder,
    Loop,
    ModelImport,
    ModelKey,
    Place,
    SqlText,
    Stall,
    Unknown,
    Verb,
    Write,
)
from flake8_django_migrations.reader.rows import ANY, Hand, Model, Row, Rows, settled
from flake8_django_migrations.reader.scope import Made
from flake8_django_migrations.reader.trials import SHELTERED, Caught, Exposure


class Turn(NamedTuple):
    """The rows that a ``while`` asks for, and how much had been taken down before its body."""

    rows: Rows
    before: tuple[int, int]


@dataclass(slots=True)
class Facts:
    """What has been seen so far, and where the reading stands.

    ``looks`` counts the looks at rows, ``guards`` those that what is being read depends on,
    ``trials`` the ``try`` around it that catch a missing field, ``rescues`` those that catch a
    missing row, ``forgiven`` those that catch a refused row, ``exposed`` those that swallow what
    the database says without a savepoint, and ``turns`` the loops.
    ``made_up`` are the names that rows have been given here.
    """

    looks: int = 0
    guards: int = 0
    trials: int = 0
    rescues: int = 0
    forgiven: int = 0
    exposed: Exposure = SHELTERED
    turns: list[str] = field(default_factory=list)
    is_complete: bool = True
    gets: dict[GetModel, None] = field(default_factory=dict)
    loops: dict[Loop, None] = field(default_factory=dict)
    writes: dict[Write, None] = field(default_factory=dict)
    uses: dict[FieldUse, None] = field(default_factory=dict)
    imports: dict[str, ModelImport] = field(default_factory=dict)
    sql: dict[SqlText, None] = field(default_factory=dict)
    reads: set[tuple[ModelKey | Unknown, str]] = field(default_factory=set)
    attributes: dict[Attribute, None] = field(default_factory=dict)
    fetches: dict[Fetch, None] = field(default_factory=dict)
    effects: dict[Effect, None] = field(default_factory=dict)
    made_up: set[str] = field(default_factory=set)
    stalls: dict[Stall, None] = field(default_factory=dict)
    looked: Rows | None = None
    """The rows that were last asked whether there are any."""
    loaded: list[Rows] = field(default_factory=list)
    """What has been looped over: a queryset keeps its rows for the next time."""
    singles: set[ModelKey | Unknown] = field(default_factory=set)
    """Models of which there is one row at most, or a ``get()`` of any would fail."""
    has_savepoints: bool = False
    """Whether it sees to savepoints by hand."""

    def body(self) -> Body:
        """The facts, each once, in the order they were seen."""
        return Body(
            gets=tuple(self.gets),
            loops=tuple(self._loops()),
            writes=tuple(self._writes()),
            uses=tuple(self.uses),
            imports=tuple(self.imports.values()),
            sql=tuple(self._sql()),
            reads=frozenset(self.reads),
            attributes=() if ANY in self.made_up else tuple(self._attributes()),
            fetches=tuple(self.fetches),
            stalls=tuple(self.stalls),
            effects=tuple(self.effects),
            is_complete=self.is_complete,
        )

    def _writes(self) -> Iterator[Write]:
        """The writes; a savepoint made by hand keeps what the database says from doing harm."""
        for each in self.writes:
            is_few = each.model in self.singles
            yield replace(
                each,
                is_filtered=each.is_filtered or is_few,
                is_bounded=each.is_bounded or is_few,
                is_swallowed=each.is_swallowed and not self.has_savepoints,
            )

    def _loops(self) -> Iterator[Loop]:
        """The loops; one over a single row is none that matters."""
        for each in self.loops:
            yield replace(each, is_bounded=each.is_bounded or each.model in self.singles)

    def _sql(self) -> Iterator[SqlText]:
        """What is sent to the database; likewise."""
        for each in self.sql:
            yield replace(each, is_swallowed=each.is_swallowed and not self.has_savepoints)

    def _attributes(self) -> Iterator[Attribute]:
        """What has been asked for, but for what rows have been given here."""
        return (each for each in self.attributes if each.name not in self.made_up)

    def attempt(self, caught: Caught, by: int) -> None:
        """A ``try`` is entered, or left."""
        self.trials += by * caught.absence
        self.rescues += by * caught.rows
        self.forgiven += by * caught.refused
        rows, sql = self.exposed
        self.exposed = Exposure(rows + by * caught.refused, sql + by * caught.failed)

    def ask(
        self, model: Model, name: str, holder: Holder, place: Place, *, is_called: bool = False
    ) -> None:
        """A name is asked of a model, its manager or a row of it."""
        if not name.startswith("_") and not model.imported:
            tried = self.trials > 0
            asked = Attribute(model.key, name, holder, place, is_called, tried, model.route)
            self.attributes.setdefault(asked)

    def fetch(self, model: Model, place: Place) -> None:
        """One row is asked for that must be there."""
        is_certain = not (self.turns or self.guards or self.rescues)
        if isinstance(model.key, ModelKey) and is_certain:
            self.fetches.setdefault(Fetch(model.key, place))

    def lose_sight(self, made: Made | None = None) -> None:
        """Something is not read: a call, or all that follows; it may give models attributes."""
        self.is_complete = False
        given = (*made.arguments, *dict(made.keywords).values()) if made is not None else ()
        if made is None or any(isinstance(each, (Model, Hand)) for each in map(settled, given)):
            self.made_up.add(ANY)

    def reach(self) -> tuple[int, int]:
        """How much has been taken down of writes and of SQL."""
        return len(self.writes), len(self.sql)

    def turn(self, turn: Turn, place: Place) -> None:
        """A turn of a ``while`` is over: it stalls if all it writes is beside what it asks for."""
        rows, (writes, sql) = turn
        key = rows.model.key
        written = list(self.writes)[writes:]
        names = {name for each in written for name in (*each.fields, *each.given)}
        is_open = rows.is_compared or not rows.narrowed.isdisjoint({ANY, "pk", "id"} | rows.aliases)
        is_read = self.is_complete and len(self.sql) == sql and not is_open
        are_changes = all(each.model == key and _is_change(each) for each in written)
        plain = {name.removesuffix("_id") for name in names}
        is_beside = plain.isdisjoint(name.removesuffix("_id") for name in rows.narrowed)
        if isinstance(key, ModelKey) and is_read and written and are_changes and is_beside:
            self.stalls.setdefault(Stall(key, tuple(sorted(rows.narrowed)), place))

    def use(self, model: Model, names: Iterable[str], place: Place) -> None:
        """Fields of a historical model are named."""
        for name in names:
            if name == "pk" or name.startswith("_"):
                continue
            if isinstance(model.key, ModelKey):
                self.uses.setdefault(FieldUse(model.key, name, place, self.trials > 0))
            else:
                self.reads.add((UNKNOWN, name))

    def note(self, model: Model, place: Place) -> None:
        """A model is used as one, which counts if it is the current class."""
        if model.imported:
            self.imports.setdefault(model.imported, ModelImport(model.imported, place))

    def has(self, rows: Rows) -> bool:
        """Whether they have been looped over, and so are there."""
        return any(rows is each for each in self.loaded)

    def loop(self, rows: Rows, place: Place) -> object:
        """A loop over rows is entered: what each turn of it is given."""
        self.note(rows.model, place)
        is_bounded = rows.is_streamed or rows.is_bounded or rows.is_batches
        is_bounded = not rows.is_held and (is_bounded or (rows.is_values and rows.is_distinct))
        is_there = self.has(rows)
        self.loaded.append(rows)
        loop = Loop(
            rows.model.named,
            is_bounded or is_there,
            rows.is_filtered,
            place,
            rows.model.route,
            is_cursor=rows.is_cursor,
        )
        self.loops.setdefault(loop)
        if rows.is_batches:
            return rows.batch
        return UNKNOWN if rows.is_values else Row(rows.model, rows)

    def write(
        self,
        verb: Verb,
        model: Model,
        made: Made,
        fields: tuple[str, ...] = (),
        *,
        rows: Rows | None,
        is_bounded: bool,
        is_guarded: bool = False,
        is_relative: bool = False,
        given: Iterable[str] = (),
        is_partial: bool = False,
    ) -> None:
        """Rows are written; those of a model that is not known are taken to be limited."""
        self.note(model, made.place)
        is_unknown = model.named is UNKNOWN and model.route is None
        write = Write(
            verb,
            model.named,
            fields,
            in_loop=self._is_in_loop(verb),
            is_filtered=is_unknown or (rows is not None and (rows.is_filtered or rows.is_bounded)),
            is_bounded=is_unknown or is_bounded,
            is_guarded=is_guarded or self.guards > 0 or self._may_be_there(verb),
            is_relative=is_relative,
            place=made.place,
            route=model.route,
            given=tuple(sorted(given)),
            is_partial=is_partial,
            is_swallowed=self.exposed.rows > 0,
        )
        self.writes.setdefault(write)

    def _may_be_there(self, verb: Verb) -> bool:
        """Whether a new row may be refused, as one that is there already is."""
        return self.forgiven > 0 and verb in {Verb.CREATE, Verb.BULK_CREATE}

    def _is_in_loop(self, verb: Verb) -> bool:
        """Whether a loop over rows is around; a bulk write under a condition sends a full batch."""
        if "rows" not in self.turns:
            return False
        inner = self.turns[len(self.turns) - self.turns[::-1].index("rows") :]
        return verb not in _BULK or "if" not in inner


def _is_change(write: Write) -> bool:
    """Whether it changes rows in fields that are known, and takes none away."""
    is_saved = write.verb is Verb.SAVE and bool(write.given) and ANY not in write.given
    return is_saved or (write.verb in _NAMED and bool(write.fields))


_NAMED = frozenset({Verb.UPDATE, Verb.BULK_UPDATE})
_BULK = frozenset({Verb.BULK_CREATE, Verb.BULK_UPDATE})
