"""ProjectState and ModelState as Django has them, frozen: every change is a new value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, TypeAlias

from flake8_django_migrations.migration import (
    UNKNOWN,
    Constraint,
    Field,
    Index,
    ModelKey,
    Unknown,
    Value,
)

_LONGEST_NAME: Final = 63
"""PostgreSQL's limit; MySQL allows one more, SQLite any number."""


@dataclass(frozen=True, kw_only=True)
class ModelState:
    """A model at one point of its history.

    ``options`` are Meta's but for the indexes and constraints, which are typed here. A doubtful
    model has been touched by something that could not be read: what it says may be out of date,
    and what it lacks may be there. Without slots, so that what follows from it is worked out once.
    """

    app_label: str
    name: str
    fields: Mapping[str, Field]
    options: Mapping[str, Value] = field(default_factory=dict)
    bases: tuple[Value, ...] | Unknown = ()
    managers: Value = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    is_doubtful: bool = False

    @cached_property
    def key(self) -> ModelKey:
        """The model's identity."""
        return ModelKey(self.app_label, self.name.lower())

    @cached_property
    def table(self) -> str | Unknown:
        """The table's name; UNKNOWN where ``db_table`` cannot be read.

        A name that is too long is cut by Django, in each database at another length.
        """
        match self.options.get("db_table"):
            case str(name) if name:
                return name
            case None | "":
                name = f"{self.app_label}_{self.name.lower()}"
                return name if len(name) <= _LONGEST_NAME else UNKNOWN
            case _:
                return UNKNOWN

    @cached_property
    def is_managed(self) -> bool | Unknown:
        """Whether Django creates and changes the table; proxies have none."""
        if self.options.get("proxy") is True or self.options.get("swapped"):
            return False
        match self.options.get("managed", True):
            case bool(managed):
                return managed
            case _:
                return UNKNOWN

    @cached_property
    def unique_together(self) -> tuple[tuple[str, ...], ...] | Unknown:
        """Meta.unique_together, normalised to a tuple of tuples."""
        return together(self.options.get("unique_together"))

    @cached_property
    def index_together(self) -> tuple[tuple[str, ...], ...] | Unknown:
        """Meta.index_together, normalised to a tuple of tuples."""
        return together(self.options.get("index_together"))

    def find(self, name: str) -> Field | None | Unknown:
        """The field; None where the model surely has none, UNKNOWN where it may."""
        if name in self.fields:
            return self.fields[name]
        return UNKNOWN if self.is_doubtful else None

    def index(self, name: str) -> Index | None | Unknown:
        """The index of that name; None where there surely is none, UNKNOWN where there may be."""
        for index in self.indexes:
            if index.name == name:
                return index
        unsure = self.is_doubtful or any(index.name is UNKNOWN for index in self.indexes)
        return UNKNOWN if unsure else None

    def constraint(self, name: str) -> Constraint | None | Unknown:
        """The constraint of that name; None where there surely is none, UNKNOWN in doubt."""
        for each in self.constraints:
            if each.name == name:
                return each
        unsure = self.is_doubtful or any(each.name is UNKNOWN for each in self.constraints)
        return UNKNOWN if unsure else None

    def with_options(self, **options: Value) -> ModelState:
        """The model with these options in place of any of their names."""
        return replace(self, options={**self.options, **options})

    def with_field(self, name: str, definition: Field | Unknown) -> ModelState:
        """The model with the field under that name; one that was not read makes it doubtful."""
        if definition is UNKNOWN:
            return replace(self.without_field(name), is_doubtful=True)
        return replace(self, fields={**self.fields, name: definition})

    def without_field(self, name: str) -> ModelState:
        """The model without the field."""
        return replace(self, fields={k: v for k, v in self.fields.items() if k != name})

    @cached_property
    def relations(self) -> tuple[tuple[str, Field, ModelKey | Unknown], ...]:
        """The fields that point at a model: name, definition, and the model's key as written."""
        return tuple(
            (name, each, written_key(each.keywords["to"], self.key))
            for name, each in self.fields.items()
            if "to" in each.keywords
        )

    @cached_property
    def primary_key(self) -> tuple[str, Field] | Unknown:
        """Name and definition of the primary key; UNKNOWN where a base class may hold it."""
        for name, each in self.fields.items():
            if each.flag("primary_key") is True:
                return name, each
        return UNKNOWN


def unseen(app_label: str, name: str) -> ModelState:
    """A model of which nothing is known but that something deals with it."""
    return ModelState(app_label=app_label, name=name, fields={}, bases=UNKNOWN, is_doubtful=True)


def together(value: Value) -> tuple[tuple[str, ...], ...] | Unknown:
    """``unique_together`` as Django normalises it: one tuple of names or many."""
    match value:
        case None | ():
            return ()
        case tuple(names) if all(isinstance(name, str) for name in names):
            return (tuple(str(name) for name in names),)
        case tuple(groups):
            rows = tuple(
                tuple(str(name) for name in group if isinstance(name, str))
                for group in groups
                if isinstance(group, tuple)
            )
            complete = len(rows) == len(groups) and all(
                isinstance(group, tuple) and len(group) == len(row)
                for group, row in zip(groups, rows, strict=False)
            )
            return rows if complete else UNKNOWN
        case _:
            return UNKNOWN


def written_key(target: Value, owner: ModelKey) -> ModelKey | Unknown:
    """The model that a ``to=`` of this owner names, as it was called then; UNKNOWN in doubt."""
    if not isinstance(target, str) or not target:
        return UNKNOWN
    if target == "self":
        return owner
    app_label, dot, name = target.partition(".")
    if not dot:
        return ModelKey(owner.app_label, target.lower())
    return ModelKey(app_label, name.lower()) if app_label and name and "." not in name else UNKNOWN


Elsewhere: TypeAlias = Callable[[ModelKey], "ModelState | None | Unknown"]
"""How a state asks for a model of another app: read only when a reference leads there."""


def nothing_elsewhere(_key: ModelKey) -> ModelState | None | Unknown:
    """No other app can be looked at: every model there is unknown."""
    return UNKNOWN


Pointing: TypeAlias = Callable[[frozenset[ModelKey]], "tuple[ProjectState, ...]"]
"""How a state asks which other apps may point at a model, by the names it has had.

The answer has a state for each such app, as far as it has surely run, with the models alone that
are certain.
"""


def nobody_pointing(_keys: frozenset[ModelKey]) -> tuple[ProjectState, ...]:
    """No other app can be looked at: none is known to point here."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectState:
    """The models of one app at one point of its history, and ways to ask for the others.

    ``is_doubtful`` says that something unread may have touched any model of the app. ``renamed``
    maps a model's former key to its present one, so that references written earlier, in any app,
    still find it.
    """

    app_label: str
    models: Mapping[ModelKey, ModelState] = field(default_factory=dict)
    renamed: Mapping[ModelKey, ModelKey] = field(default_factory=dict)
    is_doubtful: bool = False
    elsewhere: Elsewhere = field(default=nothing_elsewhere, compare=False, repr=False)
    pointing: Pointing = field(default=nobody_pointing, compare=False, repr=False)

    def key(self, name: str) -> ModelKey:
        """The key of a model of this app."""
        return ModelKey(self.app_label, name.lower())

    def find(self, key: ModelKey) -> ModelState | None | Unknown:
        """The model; None where it surely does not exist here, UNKNOWN where it may."""
        if key.is_setting:
            return UNKNOWN
        if key.app_label != self.app_label:
            return self.elsewhere(key)
        key = self.present(key)
        if key in self.models:
            return self.models[key]
        return UNKNOWN if self.is_doubtful else None

    def model(self, name: str) -> ModelState | None | Unknown:
        """A model of this app by its name, in any case."""
        return self.find(self.key(name))

    def present(self, key: ModelKey) -> ModelKey:
        """The key under which a model once named so is found now."""
        if key in self.models or key not in self.renamed:
            return key
        seen: set[ModelKey] = set()
        while key not in self.models and key in self.renamed and key not in seen:
            seen.add(key)
            key = self.renamed[key]
        return key

    def resolve(self, target: Value, model_name: str) -> ModelKey | Unknown:
        """The model a ``to=`` points at, from inside a model of this app; UNKNOWN in doubt.

        A setting (``settings.AUTH_USER_MODEL``) is decided by the project, never by us.
        """
        own = self.key(model_name)
        key = written_key(target, own)
        return key if key is own or isinstance(key, Unknown) else self.present(key)

    # Changes, under Django's names -------------------------------------------------------

    def put(self, model: ModelState) -> ProjectState:
        """The state with this model in place of any of its name."""
        return replace(self, models={**self.models, model.key: model})

    def remove_model(self, name: str) -> ProjectState:
        """The state without the model."""
        gone = self.present(self.key(name))
        models = {key: model for key, model in self.models.items() if key != gone}
        return replace(self, models=models)

    def doubt(self, names: tuple[str, ...] | None) -> ProjectState:
        """The state after something unread: the named models, or any, may have changed."""
        if names is None:
            models = {key: replace(model, is_doubtful=True) for key, model in self.models.items()}
            return replace(self, models=models, is_doubtful=True)
        state = self
        for name in names:
            model = state.model(name)
            if not isinstance(model, ModelState):
                model = unseen(self.app_label, name)
            state = state.put(replace(model, is_doubtful=True))
        return state
