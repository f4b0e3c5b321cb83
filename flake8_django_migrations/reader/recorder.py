"""What a data migration's function does to rows, taken down while it is gone through."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    Body,
    GetModel,
    ModelKey,
    Place,
    Reference,
    SqlText,
    Verb,
)
from flake8_django_migrations.reader import rows as hands
from flake8_django_migrations.reader.calls import apply
from flake8_django_migrations.reader.facts import Facts
from flake8_django_migrations.reader.names import is_elsewhere
from flake8_django_migrations.reader.querysets import (
    NAMING,
    ONE,
    SAME_ROWS,
    argument,
    call_rows,
    kind,
)
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
from flake8_django_migrations.reader.run_sql import Written, text_place
from flake8_django_migrations.reader.scope import MISSING, Function, LocalClass, Made, Method

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_MAX_APPLIED: Final = 200
_PASSING: Final = frozenset({"list", "tuple", "set", "iter", "sorted", "reversed", "tqdm"})
_KNOWN_HOMES: Final = ("django.db.", "django.core.paginator.", "django.utils.")
_CURRENT: Final = {
    "django.contrib.auth.get_user_model": "django.contrib.auth.get_user_model",
    "django.apps.apps.get_model": "django.apps.apps.get_model",
}
_EDITOR_READS: Final = frozenset({"quote_name", "quote_value"})


class Recorder:
    """The tracker of one function: what is in its hands, and the facts taken down so far."""

    def __init__(self, machine: Interpreter) -> None:
        self._machine = machine
        self._facts = Facts()
        self._applied: dict[tuple[object, ...], object] = {}

    @property
    def guards(self) -> int:
        """How many looks at rows what is being read depends on."""
        return self._facts.guards

    @guards.setter
    def guards(self, count: int) -> None:
        self._facts.guards = count

    @property
    def trials(self) -> int:
        """How many ``try`` around what is being read catch a missing model or field."""
        return self._facts.trials

    @trials.setter
    def trials(self, count: int) -> None:
        self._facts.trials = count

    def body(self) -> Body:
        """The facts."""
        return self._facts.body()

    # What the evaluator asks ----------------------------------------------------------

    def attribute(self, owner: object, name: str) -> object:
        """An attribute of what is in hand."""
        owner = settled(owner)
        match owner:
            case Reference(path=path) if hands.is_manager(name) and hands.is_model_path(path):
                return Rows(Model(imported=path))
            case Hand.EDITOR if name == "connection":
                return Hand.CONNECTION
            case Hand.CONNECTION if name == "vendor":
                return self._machine.vendor
            case Model():
                return self._of_model(owner, name)
            case Rows():
                return self._of_rows(owner, name)
            case Row():
                self._facts.looks += 1
                self._facts.reads.add((owner.model.key, name))
                return Method(owner, name) if name in {"save", "delete"} else Related(owner, name)
            case Related():
                self._facts.reads.add((UNKNOWN, name))
                return Model() if name == "through" else Method(owner, name)
            case Hand() | AppConfig():
                return Method(owner, name)
            case _:
                return MISSING

    def _of_model(self, owner: Model, name: str) -> object:
        return Rows(owner) if hands.is_manager(name) else Related(owner, name)

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
                return self._call_hand(callee.owner, callee.name, made)
            case Method(owner=Rows() as rows, name=name):
                return call_rows(self._facts, self._machine, rows, name, made)
            case Method(owner=Row() as row, name=name):
                return self._call_row(row, name, made)
            case Method(owner=Related(), name=name):
                return self._call_related(name, made)
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
        if isinstance(owner, Row):
            owner.assigned.add(name)
            owner.is_relative = owner.is_relative or _is_own(node, name)
            self._facts.use(owner.model, (name,), place)

    # Loops ----------------------------------------------------------------------------

    def loop(self, iterable: object, place: Place) -> object:
        """Enter a loop over rows."""
        value = settled(iterable)
        if isinstance(value, Made):
            value = self._around_rows(value)
        if isinstance(value, Wrapped):
            parts = [settled(part) for part in value.parts]
            self._facts.turns.append(kind(next((p for p in parts if isinstance(p, Rows)), None)))
            given = (self._facts.loop(p, place) if isinstance(p, Rows) else UNKNOWN for p in parts)
            return tuple(given)
        if not isinstance(value, Rows):
            return MISSING
        self._facts.turns.append(kind(value))
        return self._facts.loop(value, place)

    def _around_rows(self, made: Made) -> object:
        """Rows inside something that is iterated over and cannot be read: streamed, in doubt."""
        rows = [each for each in map(settled, made.arguments) if isinstance(each, Rows)]
        if not rows:
            return made
        name = getattr(made.callee, "name", "") or getattr(made.callee, "path", "")
        is_plain = _is_wrapper(str(name))
        self._facts.is_complete = self._facts.is_complete and is_plain
        return replace(rows[0], is_streamed=True, is_values=not is_plain, is_distinct=not is_plain)

    def batch(self) -> None:
        """Enter a ``while``."""
        self._facts.turns.append("while")

    def unread(self) -> None:
        """Something is passed over."""
        self._facts.is_complete = False

    def branch(self) -> None:
        """Enter a branch that is not taken for certain."""
        self._facts.turns.append("if")

    def leave(self) -> None:
        """The loop or branch that was entered last is over."""
        self._facts.turns.pop()

    # Calls ----------------------------------------------------------------------------

    def _call_hand(self, hand: object, name: str, made: Made) -> object:
        match hand, name:
            case Hand.APPS, "get_model":
                return self._get_model(made)
            case Hand.APPS, "get_app_config":
                label = argument(made, 0, "app_label")
                return AppConfig(label if isinstance(label, str) else UNKNOWN)
            case AppConfig(label=label), "get_model":
                model = argument(made, 0, "model_name")
                return self._got(label, model, made.place)
            case (Hand.CONNECTION, "cursor") | (Hand.CURSOR, "__enter__"):
                return Hand.CURSOR
            case Hand.CONNECTION, "schema_editor":
                return Hand.EDITOR
            case ((Hand.EDITOR | Hand.CURSOR), ("execute" | "executemany")):
                self._execute(made)
            case Hand.EDITOR, _ if name not in _EDITOR_READS:
                self._facts.is_complete = False
            case _:
                pass
        return UNKNOWN

    def _get_model(self, made: Made) -> Model:
        label = self._machine.carried_out(argument(made, 0, "app_label"))
        name = self._machine.carried_out(argument(made, 1, "model_name"))
        if name is None and isinstance(label, str) and label.count(".") == 1:
            label, _, name = label.partition(".")
        return self._got(label, name, made.place)

    def _got(self, label: object, name: object, place: Place) -> Model:
        if not isinstance(label, str) or not isinstance(name, str):
            return Model()
        key = ModelKey(label, name.lower())
        self._facts.gets.setdefault(GetModel(key, name, place, self._facts.trials > 0))
        return Model(key)

    def _execute(self, made: Made) -> None:
        """A statement given to a cursor or the schema editor."""
        value = self._machine.carried_out(argument(made, 0, "sql"))
        parameters = argument(made, 1, "params")
        node = made.node.args[0] if made.node and made.node.args else None
        text = value if isinstance(value, str) else UNKNOWN
        place = text_place(self._machine, Written(node, made.frame, made.place), text)
        if self._machine.site is not None and made.frame is not None:
            is_here = made.frame.module.path == self._machine.home
            place = place if is_here else made.place
        self._facts.sql.setdefault(SqlText(text, place, parameters is not None))

    def _call_row(self, row: Row, name: str, made: Made) -> object:
        if name == "delete":
            self._facts.write(Verb.DELETE, row.model, made, rows=row.rows, is_bounded=True)
            return UNKNOWN
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
        )
        return None

    def _call_related(self, name: str, made: Made) -> object:
        """A method of an attribute of a row: of related rows, or of any value."""
        related = Rows(Model(), is_filtered=True, is_bounded=True)
        if name in {"save", "delete"}:
            return self._call_row(Row(Model()), name, made)
        if name in SAME_ROWS | ONE | NAMING | {"filter", "exclude", "iterator"}:
            return call_rows(self._facts, self._machine, related, name, made)
        if name in {"update", "bulk_create", "bulk_update"} | {"create", "get_or_create"}:
            return call_rows(self._facts, self._machine, related, name, made)
        return UNKNOWN

    def _call_reference(self, path: str, made: Made) -> object:
        last = path.rpartition(".")[2]
        if path.startswith("django.db.models."):
            self._facts.reads |= {(UNKNOWN, name) for name in hands.plain_names(made.arguments)}
        if path in _CURRENT:
            return Model(imported=path)
        if path in {"django.db.connection.cursor", "django.db.connection.schema_editor"}:
            return Hand.CURSOR if last == "cursor" else Hand.EDITOR
        if hands.is_model_path(path):
            return Row(Model(imported=path), is_new=True)
        found = self._wrap(path, last, made)
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
        if not (_is_wrapper(last) and any(isinstance(each, Rows) for each in made.arguments)):
            self._facts.is_complete = False
        return made

    def _wrap(self, path: str, last: str, made: Made) -> object:
        """Python's own functions, and the like, around rows."""
        given = [settled(each) for each in made.arguments]
        rows = [each for each in given if isinstance(each, Rows)]
        if path in {"builtins.getattr", "builtins.setattr"} and given:
            return self._by_name(last, given, made)
        if not rows:
            return MISSING
        if last == "enumerate":
            return Wrapped((UNKNOWN, rows[0]))
        if last == "zip":
            return Wrapped(tuple(given))
        if last == "Paginator" or "batch" in last.lower() or "chunk" in last.lower():
            return replace(rows[0], is_batches=True)
        if last in _PASSING or path in {"builtins.filter", "itertools.islice"}:
            is_cut = last == "islice"
            return replace(rows[0], is_streamed=True, is_bounded=True) if is_cut else rows[0]
        if path == "itertools.chain":
            return rows[0] if all(each.model == rows[0].model for each in rows) else Rows(Model())
        if path.startswith("builtins."):
            self._facts.looks += 1
            return UNKNOWN
        return MISSING

    def _by_name(self, last: str, given: Sequence[object], made: Made) -> object:
        """``getattr`` and ``setattr`` on a row."""
        if not isinstance(given[0], Row) or len(given) < 2:
            return MISSING
        name = given[1]
        if last == "getattr":
            name = name if isinstance(name, str) else hands.ANY
            self._facts.reads.add((given[0].model.key, name))
            return Related(given[0], name)
        given[0].assigned.add(name if isinstance(name, str) else hands.ANY)
        if isinstance(name, str):
            self._facts.use(given[0].model, (name,), made.place)
        return None

    def _follow(self, function: Function, made: Made) -> object:
        """A call of a function at hand, gone through once for each set of arguments."""
        every = (*function.defaults, *made.arguments, *(each for _, each in made.keywords))
        key = (id(function.node), len(made.arguments), *map(hands.described, every))
        if key in self._applied:
            return self._applied[key]
        self._applied[key] = UNKNOWN
        if len(self._applied) > _MAX_APPLIED:
            self._facts.is_complete = False
            return UNKNOWN
        found = apply(self._machine, function, made)
        self._applied[key] = found
        return found

    def _call_unknown(self, made: Made) -> object:
        """A call of something that cannot be told; a method may just put a row in a list."""
        given = [settled(each) for each in (*made.arguments, *dict(made.keywords).values())]
        is_method = made.node is not None and isinstance(made.node.func, ast.Attribute)
        kinds = tuple(kind for kind in hands.HANDS if not (is_method and kind is Row))
        if any(isinstance(each, kinds) for each in given):
            self._facts.is_complete = False
        return UNKNOWN


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


def _is_wrapper(name: str) -> bool:
    """Whether a name says that something hands rows through one by one."""
    last = name.rpartition(".")[2].lower()
    return any(word in last for word in ("wrapper", "progress", "iter"))
