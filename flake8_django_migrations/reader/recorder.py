"""What a data migration's function does to rows, taken down while it is gone through."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, Body, Holder, Place, Reference, Verb
from flake8_django_migrations.reader import rows as hands
from flake8_django_migrations.reader.calls import apply
from flake8_django_migrations.reader.effects import TASK_CALLS, effect
from flake8_django_migrations.reader.facts import Facts, Turn
from flake8_django_migrations.reader.handed import call_hand
from flake8_django_migrations.reader.models import is_model
from flake8_django_migrations.reader.names import is_elsewhere
from flake8_django_migrations.reader.querysets import NAMING, ONE, SAME_ROWS, call_rows, kind
from flake8_django_migrations.reader.records import is_record
from flake8_django_migrations.reader.rows import (
    AppConfig,
    Hand,
    Model,
    Related,
    Row,
    Rows,
    Wrapped,
    settled,
)
from flake8_django_migrations.reader.scope import MISSING, Function, LocalClass, Made, Method
from flake8_django_migrations.reader.trials import SHELTERED
from flake8_django_migrations.reader.wrappers import around_rows, is_wrapper, wrap

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter
    from flake8_django_migrations.reader.trials import Caught, Exposure

_MAX_APPLIED: Final = 200
_MAX_RETURNS: Final = 3
"""How often a function is gone through inside itself."""
_KNOWN_HOMES: Final = ("django.db.", "django.core.paginator.", "django.utils.")
_CURRENT: Final = {
    "django.contrib.auth.get_user_model": "django.contrib.auth.get_user_model",
    "django.apps.apps.get_model": "django.apps.apps.get_model",
}
_OF_RELATED: Final = (
    SAME_ROWS
    | ONE
    | NAMING
    | frozenset(
        """
        filter exclude iterator distinct annotate none update bulk_create bulk_update create
        get_or_create update_or_create
        """.split()
    )
)
"""Methods of related rows that are asked of hardly any plain value."""
_OF_SAVE: Final = frozenset({"force_insert", "force_update", "using", "update_fields"})
_LINKS: Final = {
    "add": Verb.LINK,
    "set": Verb.LINK,
    "remove": Verb.UNLINK,
    "clear": Verb.UNLINK,
}


_SAVEPOINTS: Final = frozenset(
    f"django.db.transaction.{name}" for name in ("savepoint", "savepoint_rollback", "set_rollback")
)


class Recorder:
    """The tracker of one function: what is in its hands, and the facts taken down so far."""

    def __init__(self, machine: Interpreter) -> None:
        self._machine = machine
        self._facts = Facts()
        self._applied: dict[tuple[object, ...], object] = {}
        self._running: list[int] = []

    @property
    def guards(self) -> int:
        """How many looks at rows what is being read depends on."""
        return self._facts.guards

    @guards.setter
    def guards(self, count: int) -> None:
        self._facts.guards = count

    @property
    def exposed(self) -> Exposure:
        """How many ``try`` around what is being read swallow what the database says."""
        return self._facts.exposed

    @exposed.setter
    def exposed(self, exposure: Exposure) -> None:
        self._facts.exposed = exposure

    def attempt(self, caught: Caught, by: int) -> None:
        """Enter a ``try`` that catches these, or leave it."""
        self._facts.attempt(caught, by)

    def body(self) -> Body:
        """The facts."""
        return self._facts.body()

    # What the evaluator asks ----------------------------------------------------------

    def attribute(self, owner: object, name: str, place: Place) -> object:
        """An attribute of what is in hand."""
        owner = settled(owner)
        match owner:
            case Reference(path=path) if hands.is_manager(name) and is_model(self._machine, path):
                return Rows(Model(imported=path))
            case Function() if name in TASK_CALLS:
                return Reference(f"{owner.name}.{name}")
            case Hand.EDITOR if name == "connection":
                return Hand.CONNECTION
            case Hand.CONNECTION if name == "vendor":
                return self._machine.vendor
            case Model():
                return self._of_model(owner, name, place)
            case Rows():
                return self._of_rows(owner, name)
            case Row():
                return self._of_row(owner, name, place)
            case Related():
                return self._of_related(owner, name, place)
            case Hand() | AppConfig():
                return Method(owner, name)
            case _:
                return MISSING

    def _of_model(self, owner: Model, name: str, place: Place) -> object:
        if name != "objects":
            self._facts.ask(owner, name, Holder.CLASS, place)
        return Rows(owner) if hands.is_manager(name) else hands.related(owner, name)

    def _of_row(self, owner: Row, name: str, place: Place) -> object:
        self._facts.looks += 1
        self._facts.reads.add((owner.model.key, name))
        if name in {"save", "delete"}:
            return Method(owner, name)
        if not owner.is_loose:
            self._facts.ask(owner.model, name, Holder.ROW, place)
        return hands.related(owner, name)

    def _of_related(self, owner: Related, name: str, place: Place) -> object:
        self._facts.reads.add((UNKNOWN, name))
        found = hands.related(owner, name)
        if name == "through":
            return found.model
        if not isinstance(owner.owner, Model):
            self._facts.ask(owner.model, name, Holder.RELATION, place)
        return found

    def _of_rows(self, owner: Rows, name: str) -> object:
        if name == "[:]":
            return replace(owner, is_bounded=True, is_streamed=True)
        if name == "[]":
            return Row(owner.model, replace(owner, is_bounded=True))
        return owner if name in {"page_range", "object_list"} else Method(owner, name)

    def call(self, callee: object, made: Made) -> object:
        """A call of what is in hand, or with it."""
        callee = settled(callee)
        match callee:
            case Method(owner=Hand() | AppConfig()):
                return call_hand(self._facts, self._machine, callee.owner, callee.name, made)
            case Method(owner=Rows() as rows, name=name):
                return call_rows(self._facts, self._machine, rows, name, made)
            case Method(owner=Row() as row, name=name):
                return self._call_row(row, name, made)
            case Related(owner=Related() as owner, name=name):
                return self._call_related(owner, name, made)
            case Related(owner=Model() as owner, name=name):
                self._facts.ask(owner, name, Holder.CLASS, made.place, is_called=True)
                return self._call_unknown(made)
            case Related(owner=Row() as owner, name=name):
                if not owner.is_loose:
                    self._facts.ask(owner.model, name, Holder.ROW, made.place, is_called=True)
                return self._call_unknown(made)
            case Model():
                self._facts.use(callee, (name for name, _ in made.keywords), made.place)
                return Row(callee, is_new=True, assigned={name for name, _ in made.keywords})
            case Reference(path=path):
                return self._call_reference(path, made)
            case Function():
                self._facts.is_complete = self._facts.is_complete and made.is_whole
                return self._follow(callee, made)
            case LocalClass() | Method():
                return MISSING
            case Made() if is_record(callee):
                return MISSING
            case _:
                return self._call_unknown(made)

    def test(self, condition: Callable[[], object]) -> tuple[object, bool]:
        """A condition's value, and whether it looked at rows."""
        before = self._facts.looks
        value = condition()
        return value, self._facts.looks > before

    def is_found(self, value: object) -> bool:
        """Whether a name stands for what an earlier look at rows has found; in doubt: True."""
        value = settled(value)
        return value is UNKNOWN or isinstance(value, (Rows, Row))

    def assigned(self, owner: object, name: str, node: ast.stmt, place: Place) -> None:
        """An attribute of a row has been set."""
        owner = settled(owner)
        if isinstance(owner, (Row, Model)):
            self._facts.made_up.add(name)
        if isinstance(owner, Row):
            owner.assigned.add(name)
            owner.is_relative = owner.is_relative or _is_own(node, name)
            self._facts.use(owner.model, (name,), place)

    # Loops ----------------------------------------------------------------------------

    def loop(self, iterable: object, place: Place) -> object:
        """Enter a loop over rows."""
        value = settled(iterable)
        if isinstance(value, Made):
            value = around_rows(self._facts, value)
        if isinstance(value, Wrapped):
            parts = [settled(part) for part in value.parts]
            self._facts.turns.append(kind(next((p for p in parts if isinstance(p, Rows)), None)))
            given = (self._facts.loop(p, place) if isinstance(p, Rows) else UNKNOWN for p in parts)
            return tuple(given)
        if not isinstance(value, Rows):
            return MISSING
        self._facts.turns.append(kind(value))
        return self._facts.loop(value, place)

    def batch(self, test: Callable[[], object]) -> object:
        """Enter a ``while``: its condition's value, the rows where it asks whether there are any."""
        self._facts.turns.append("while")
        self._facts.looked = None
        value = settled(test())
        rows = value if isinstance(value, Rows) else self._facts.looked
        return Turn(rows, self._facts.reach()) if rows is not None else None

    def turned(self, rows: object, place: Place) -> None:
        """The turn of a ``while`` is over; nothing but its condition ends it."""
        if isinstance(rows, Turn):
            self._facts.turn(rows, place)

    def unread(self) -> None:
        """Something is passed over."""
        self._facts.lose_sight()

    def branch(self) -> None:
        """Enter a branch that is not taken for certain."""
        self._facts.turns.append("if")

    def leave(self) -> None:
        """The loop or branch that was entered last is over."""
        self._facts.turns.pop()

    # Calls ----------------------------------------------------------------------------

    def _call_row(self, row: Row, name: str, made: Made) -> object:
        if name == "delete":
            self._facts.write(Verb.DELETE, row.model, made, rows=row.rows, is_bounded=True)
            return UNKNOWN
        for unheard in (each for each, _ in made.keywords if each not in _OF_SAVE):
            self._facts.ask(row.model, f"save({unheard}=)", Holder.ROW, made.place)
        named = self._machine.carried_out(dict(made.keywords).get("update_fields"))
        fields = tuple(hands.plain_names(named)) if isinstance(named, (list, tuple)) else ()
        self._facts.use(row.model, fields, made.place)
        narrowed = row.rows.narrowed if row.rows else frozenset()
        has_key = row.is_new and not row.assigned.isdisjoint({"pk", "id"})
        self._facts.write(
            Verb.CREATE if row.is_new else Verb.SAVE,
            row.model,
            made,
            fields,
            rows=row.rows,
            is_bounded=True,
            is_guarded=has_key or bool(narrowed & (row.assigned | {hands.ANY})),
            is_relative=row.is_relative,
            given=row.assigned,
            is_partial="update_fields" in dict(made.keywords),
        )
        return None

    def _call_related(self, related: Related, name: str, made: Made) -> object:
        """A method of an attribute of a row: of related rows, or of any value."""
        if name in {"save", "delete"} and not isinstance(related.owner, Model):
            return self._call_row(Row(related.model, related.rows), name, made)
        if name in _OF_RELATED:
            return call_rows(self._facts, self._machine, related.rows, name, made)
        if name in _LINKS and related.model.route is not None:
            verb = _LINKS[name]
            through = related.model.reach("through")
            self._facts.write(verb, through, made, rows=related.rows, is_bounded=True)
        elif not isinstance(related.owner, Model):
            self._facts.ask(related.model, name, Holder.RELATION, made.place, is_called=True)
        return UNKNOWN

    def _call_reference(self, path: str, made: Made) -> object:
        last = path.rpartition(".")[2]
        if path.startswith("django.db.models."):
            self._facts.reads |= {(UNKNOWN, name) for name in hands.plain_names(made.arguments)}
        if path in _SAVEPOINTS:
            self._facts.has_savepoints = True
        if path in _CURRENT:
            return Model(imported=path)
        if path in {"django.db.connection.cursor", "django.db.connection.schema_editor"}:
            return Hand.CURSOR if last == "cursor" else Hand.EDITOR
        reached = effect(path, made)
        if reached is not None:
            self._facts.effects.setdefault(reached)
        if is_model(self._machine, path):
            return Row(Model(imported=path), is_new=True)
        found = wrap(self._facts, path, made)
        if found is not MISSING or not hands.in_hand(made):
            return found
        if path.startswith((*_KNOWN_HOMES, "builtins.")) or (
            is_elsewhere(path) and (not path.startswith("django."))
        ):
            return MISSING
        target = self._machine.resolved(Reference(path))
        if isinstance(target, Function):
            return self._follow(target, made)
        if isinstance(target, LocalClass):
            return replace(made, callee=target)
        if not (is_wrapper(last) and any(isinstance(each, Rows) for each in made.arguments)):
            self._facts.lose_sight(made)
        return made

    def _follow(self, function: Function, made: Made) -> object:
        """A call of a function at hand, gone through once for each set of arguments."""
        every = (*function.defaults, *made.arguments, *(each for _, each in made.keywords))
        key = (id(function.node), len(made.arguments), *map(hands.described, every))
        if key in self._applied:
            return self._applied[key]
        self._applied[key] = UNKNOWN
        if self._running.count(id(function.node)) >= _MAX_RETURNS:
            return UNKNOWN  # what it does to the next generation it does to all that follow
        if len(self._applied) > _MAX_APPLIED:
            self._facts.lose_sight()
            return UNKNOWN
        exposed = self._facts.exposed
        self._facts.exposed = SHELTERED if _is_atomic(function) else exposed
        self._running.append(id(function.node))
        found = apply(self._machine, function, made)
        self._running.pop()
        self._facts.exposed = exposed
        self._applied[key] = found
        return found

    def _call_unknown(self, made: Made) -> object:
        """A call of something that cannot be told; a method may just put a row in a list."""
        given = [settled(each) for each in (*made.arguments, *dict(made.keywords).values())]
        is_method = made.node is not None and isinstance(made.node.func, ast.Attribute)
        kinds = tuple(kind for kind in hands.HANDS if not (is_method and kind is Row))
        if any(isinstance(each, kinds) for each in given):
            self._facts.lose_sight(made)
        return UNKNOWN


def _is_atomic(function: Function) -> bool:
    """Whether a decorator makes a savepoint of every call."""
    nodes = getattr(function.node, "decorator_list", [])
    bare = [each.func if isinstance(each, ast.Call) else each for each in nodes]
    return any("atomic" in {getattr(each, "attr", ""), getattr(each, "id", "")} for each in bare)


def _is_own(node: ast.stmt, name: str) -> bool:
    """Whether an assignment to an attribute computes it from its own old value."""
    match node:
        case ast.AugAssign():
            return True
        case ast.Assign(value=ast.BinOp(left=left, right=right)):
            parts = (left, right)
            return any(isinstance(each, ast.Attribute) and each.attr == name for each in parts)
        case _:
            return False
