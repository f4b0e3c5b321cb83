"""The facts about a data migration's function, as they are taken down one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flake8_django_migrations.migration import (
    UNKNOWN,
    Body,
    FieldUse,
    GetModel,
    Loop,
    ModelImport,
    ModelKey,
    Place,
    SqlText,
    Unknown,
    Verb,
    Write,
)
from flake8_django_migrations.reader.rows import Model, Row, Rows
from flake8_django_migrations.reader.scope import Made


@dataclass(slots=True)
class Facts:
    """What has been seen so far, and where the reading stands.

    ``looks`` counts the looks at rows, ``guards`` those that what is being read depends on,
    ``trials`` the ``try`` around it that catch a missing field, and ``turns`` the loops.
    """

    looks: int = 0
    guards: int = 0
    trials: int = 0
    turns: list[str] = field(default_factory=list)
    is_complete: bool = True
    gets: dict[GetModel, None] = field(default_factory=dict)
    loops: dict[Loop, None] = field(default_factory=dict)
    writes: dict[Write, None] = field(default_factory=dict)
    uses: dict[FieldUse, None] = field(default_factory=dict)
    imports: dict[str, ModelImport] = field(default_factory=dict)
    sql: dict[SqlText, None] = field(default_factory=dict)
    reads: set[tuple[ModelKey | Unknown, str]] = field(default_factory=set)

    def body(self) -> Body:
        """The facts, each once, in the order they were seen."""
        return Body(
            gets=tuple(self.gets),
            loops=tuple(self.loops),
            writes=tuple(self.writes),
            uses=tuple(self.uses),
            imports=tuple(self.imports.values()),
            sql=tuple(self.sql),
            reads=frozenset(self.reads),
            is_complete=self.is_complete,
        )

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

    def loop(self, rows: Rows, place: Place) -> object:
        """A loop over rows is entered: what each turn of it is given."""
        self.note(rows.model, place)
        is_bounded = rows.is_streamed or rows.is_bounded or rows.is_batches
        is_bounded = is_bounded or (rows.is_values and rows.is_distinct)
        self.loops.setdefault(Loop(rows.model.key, is_bounded, rows.is_filtered, place))
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
    ) -> None:
        """Rows are written; those of a model that is not known are taken to be limited."""
        self.note(model, made.place)
        is_unknown = model.key is UNKNOWN
        write = Write(
            verb,
            model.key,
            fields,
            in_loop=self._is_in_loop(verb),
            is_filtered=is_unknown or (rows is not None and (rows.is_filtered or rows.is_bounded)),
            is_bounded=is_unknown or is_bounded,
            is_guarded=is_guarded or self.guards > 0,
            is_relative=is_relative,
            place=made.place,
        )
        self.writes.setdefault(write)

    def _is_in_loop(self, verb: Verb) -> bool:
        """Whether a loop over rows is around; a bulk write under a condition sends a full batch."""
        if "rows" not in self.turns:
            return False
        inner = self.turns[len(self.turns) - self.turns[::-1].index("rows") :]
        return verb not in _BULK or "if" not in inner


_BULK = frozenset({Verb.BULK_CREATE, Verb.BULK_UPDATE})
