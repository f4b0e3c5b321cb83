"""Our state of a model beside Django's: what is equal, what we do not know, what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from oracle.encoding import (
    UnknownValueError,
    constraint_call,
    encoded,
    field_call,
    index_call,
    is_known,
)

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import Constraint, Index, ModelKey, Unknown

if TYPE_CHECKING:
    from oracle.asking import Django

_ALL_MODELS: Final = [{"ref": "django.db.models.base.Model"}]
_UNREAD: Final = object()
_EMPTY: Final[Any] = {"dict": []}
_RELATIONS: Final = ("to", "through")


_Entry = TypeVar("_Entry", Index, Constraint)


class Finding(NamedTuple):
    """Something that is not equal: whether that is for want of knowledge, and what it is."""

    is_unknown: bool
    what: str


@dataclass(slots=True)
class Tally:
    """What was compared in a project, and what came of it."""

    migrations: int = 0
    models: int = 0
    fields: int = 0
    unknown_fields: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)
    graph: Counter[str] = field(default_factory=Counter)
    since: dict[str, str] = field(default_factory=dict)
    plans: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    """The operations on which the plans do not agree, each with what is said of it."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            migrations=self.migrations + other.migrations,
            models=self.models + other.models,
            fields=self.fields + other.fields,
            unknown_fields=self.unknown_fields + other.unknown_fields,
            unknown=self.unknown + other.unknown,
            differing=self.differing + other.differing,
            graph=self.graph + other.graph,
            since={**self.since, **other.since},
            plans=self.plans + other.plans,
            faults={**self.faults, **other.faults},
        )

    def note(self, about: str, findings: Iterable[Finding], place: str = "") -> None:
        """Keep what was found about something, and where it was found first."""
        for each in findings:
            kept = self.unknown if each.is_unknown else self.differing
            what = f"{about}{each.what}"
            kept[what] += 1
            self.since.setdefault(what, place)


class ModelComparison(NamedTuple):
    """What came of a model: its fields, of which some are unknown, and all findings."""

    fields: int
    unknown_fields: int
    findings: tuple[Finding, ...]


class Comparison:
    """Compares the states of one project; each pair of models once."""

    def __init__(self, django: Django) -> None:
        self._django = django
        self.fields: dict[int, dict[str, Any]] = {}
        self.models: dict[int, dict[str, Any]] = {}
        self._done: dict[tuple[int, int], tuple[ModelState, ModelComparison]] = {}

    def state(self, ours: ProjectState, theirs: dict[str, int], tally: Tally, place: str) -> None:
        """Compare all models of an app after one migration."""
        label = ours.app_label
        for key in ours.models.keys() - {ModelKey(label, each) for each in theirs}:
            is_doubtful = ours.is_doubtful or ours.models[key].is_doubtful
            tally.note(".".join(key), [Finding(is_doubtful, " is not there")], place)
        if ours.is_doubtful:
            tally.note(label, [Finding(is_unknown=True, what=": the state is doubtful")], place)
        for name, number in theirs.items():
            found = ours.models.get(ModelKey(label, name))
            if found is None:
                count = len(self.models[number]["fields"])
                result = ModelComparison(count, count, (Finding(ours.is_doubtful, " is missing"),))
            else:
                result = self._model(found, number)
            tally.models += 1
            tally.fields += result.fields
            tally.unknown_fields += result.unknown_fields
            tally.note(f"{label}.{name}", result.findings, place)

    def _model(self, ours: ModelState, number: int) -> ModelComparison:
        key = (id(ours), number)
        if key not in self._done:
            # The model is kept beside the result, so that no other is given its id.
            self._done[key] = ours, self._compared(ours, self.models[number])
        return self._done[key][1]

    def _compared(self, ours: ModelState, theirs: dict[str, Any]) -> ModelComparison:
        findings = [*self._options(ours, theirs), *self._parts(ours, theirs)]
        unknown = 0
        for name, number in theirs["fields"]:
            if name not in ours.fields:
                found = Finding(ours.is_doubtful, f".{name} is missing")
            else:
                found = self._field(ours, name, self.fields[number])
            if found is not None:
                unknown += found.is_unknown
                findings.append(found)
        names = [name for name, _ in theirs["fields"]]
        if [*ours.fields] != names:
            what = f": fields {[*ours.fields]} instead of {names}"
            findings.append(Finding(ours.is_doubtful, what))
        return ModelComparison(len(names), unknown, tuple(findings))

    # Fields ------------------------------------------------------------------------------

    def _field(self, model: ModelState, name: str, theirs: dict[str, Any]) -> Finding | None:
        ours = model.fields[name]
        unread = sorted(key for key, value in ours.written.keywords.items() if not is_known(value))
        wanted = {**theirs, "kwargs": _without(theirs["kwargs"], unread)}
        call = _lowered(field_call(ours))
        if _as_told(call) == wanted and not unread:
            return None
        answers = self._django.ask(model.app_label, call, is_field=True)
        told = [{**each, "kwargs": _without(each.get("kwargs", {}), unread)} for each in answers]
        if unread:
            fits = wanted in told or all("error" in each for each in answers)
            what = f"unknown {', '.join(unread)}" if fits else f"{told} instead of {wanted}"
            return Finding(fits or model.is_doubtful, f".{name}: {what}")
        if wanted in told:
            return None
        is_unknown = model.is_doubtful or any(map(_is_unset, answers))
        return Finding(is_unknown, f".{name}: {answers} instead of {wanted}")

    # All else ----------------------------------------------------------------------------

    def _parts(self, ours: ModelState, theirs: dict[str, Any]) -> Iterator[Finding]:
        if ours.name != theirs["name"]:
            yield Finding(ours.is_doubtful, f": name {ours.name} instead of {theirs['name']}")
        yield from self._part(ours, "bases", ours.bases, theirs["bases"])
        yield from self._part(ours, "managers", ours.managers, theirs["managers"])
        yield from self._listed(ours, "indexes", ours.indexes, index_call, theirs)
        yield from self._listed(ours, "constraints", ours.constraints, constraint_call, theirs)

    def _listed(
        self,
        model: ModelState,
        part: str,
        ours: tuple[_Entry, ...],
        call: Callable[[_Entry], Any],
        theirs: dict[str, Any],
    ) -> Iterator[Finding]:
        if len(ours) != len(theirs[part]):
            what = f": {len(ours)} {part} instead of {len(theirs[part])}"
            yield Finding(model.is_doubtful, what)
        for each, wanted in zip(ours, theirs[part], strict=False):
            value = _if_known(lambda each=each: call(each))
            told = [] if value is _UNREAD else self._django.ask(model.app_label, value)
            if value is _UNREAD:
                yield Finding(is_unknown=True, what=f": unknown parts of {part} {each.name}")
            elif wanted not in told:
                yield Finding(model.is_doubtful, f": {part} {told} instead of {wanted}")

    def _part(self, model: ModelState, what: str, ours: Any, theirs: object) -> Iterator[Finding]:
        value = _if_known(lambda: encoded(ours))
        if value is _UNREAD:
            yield Finding(is_unknown=True, what=f": unknown {what}")
            return
        if what == "bases":
            value = [each.lower() if isinstance(each, str) else each for each in value]
            value = value or _ALL_MODELS
        told = [value] if value == theirs else self._django.ask(model.app_label, value)
        if theirs not in told:
            yield Finding(model.is_doubtful, f": {what} {told} instead of {theirs}")

    def _options(self, ours: ModelState, theirs: dict[str, Any]) -> Iterator[Finding]:
        options, wanted = dict(ours.options), dict(theirs["options"])
        for name in ("unique_together", "index_together"):
            if name in options:
                options[name] = getattr(ours, name)
            for table in (options, wanted):
                if isinstance(table.get(name), list | tuple):
                    table[name] = type(table[name])(sorted(table[name]))
            if name in wanted and wanted[name] in (None, _EMPTY):
                wanted[name] = []
        if options.keys() != wanted.keys():
            what = f": options {sorted(options)} instead of {sorted(wanted)}"
            yield Finding(ours.is_doubtful, what)
        for name in sorted(options.keys() & wanted.keys()):
            yield from self._part(ours, f"option {name}", options[name], wanted[name])
        yield from _derived(ours, wanted)


def _if_known(encode: Callable[[], Any]) -> Any:
    try:
        return encode()
    except UnknownValueError:
        return _UNREAD


def _derived(ours: ModelState, options: dict[str, Any]) -> Iterator[Finding]:
    """What follows from the options: the table's name, and whether Django manages it."""
    table = options.get("db_table") or f"{ours.app_label}_{ours.name.lower()}"
    if ours.table != table:
        yield Finding(isinstance(ours.table, Unknown), f": table {ours.table} instead of {table}")
    managed = options.get("managed", True) and not options.get("proxy")
    if not options.get("swapped") and ours.is_managed is not managed:
        unknown = isinstance(ours.is_managed, Unknown)
        yield Finding(unknown, f": managed {ours.is_managed} instead of {managed}")


def _lowered(call: Any) -> Any:
    """The call with the models it relates to in lower case, as Django names them."""
    kwargs = {
        name: value.lower() if name in _RELATIONS and isinstance(value, str) else value
        for name, value in call["kwargs"].items()
    }
    return {**call, "kwargs": kwargs}


def _as_told(call: Any) -> dict[str, Any]:
    return {"path": call["call"], "args": call["args"], "kwargs": call["kwargs"]}


def _without(keywords: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in keywords.items() if name not in names}


def _is_unset(answer: Any) -> bool:
    """Whether only a setting, which the project has not made, could tell."""
    return isinstance(answer, dict) and str(answer.get("error")).startswith("UnsetError")
