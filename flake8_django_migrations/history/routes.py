"""Where the relations that a data migration follows lead, as a state has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import (
    UNKNOWN,
    Attribute,
    Body,
    Code,
    Field,
    Holder,
    Loop,
    ModelKey,
    Operation,
    Route,
    RunPython,
    Unknown,
    Verb,
    Write,
)

_LINKS: Final = frozenset({Verb.LINK, Verb.UNLINK})


class End(NamedTuple):
    """What a route leads to: a model, no model at all (None), or what cannot be told."""

    model: ModelKey | None | Unknown
    is_many: bool = False
    """Whether the last relation leads to many rows rather than to one."""
    is_link: bool = False
    """Whether it is the table between two models."""


class _Relation(NamedTuple):
    """A relation as it is followed: its field, who has it, and in which direction."""

    field: Field
    owner: ModelState
    name: str
    is_reverse: bool


def settled(operation: Operation, state: ProjectState) -> Operation:
    """The operation, the models that its functions reach through relations told by the state."""
    if not isinstance(operation, RunPython):
        return operation
    code, reverse = _code(operation.code, state), _code(operation.reverse_code, state)
    if code is operation.code and reverse is operation.reverse_code:
        return operation
    return replace(operation, code=code or UNKNOWN, reverse_code=reverse)


def _code(code: Code | None | Unknown, state: ProjectState) -> Code | None | Unknown:
    if not isinstance(code, Code) or not isinstance(code.body, Body):
        return code
    body = code.body
    relations = any(each.holder is Holder.RELATION for each in body.attributes)
    if not relations and all(route is None for route in _routes(body)):
        return code
    return replace(
        code,
        body=replace(
            body,
            writes=tuple(each for write in body.writes for each in _write(write, state)),
            loops=tuple(each for loop in body.loops for each in _loop(loop, state)),
            attributes=tuple(each for it in body.attributes for each in _attribute(it, state)),
        ),
    )


def _routes(body: Body) -> Iterator[Route | None]:
    yield from (each.route for each in body.writes)
    yield from (each.route for each in body.loops)
    yield from (each.route for each in body.attributes)


def _write(write: Write, state: ProjectState) -> Iterator[Write]:
    """The write; none where the route leads to a plain value, which only looks like rows."""
    if write.route is None:
        yield write
        return
    end = follow(state, write.route)
    if write.verb in _LINKS and not end.is_link:
        if isinstance(end.model, ModelKey) and end.is_many:
            yield replace(write, model=end.model, verb=Verb.UPDATE)
    elif end.model is not None:
        yield replace(write, model=end.model)


def _loop(loop: Loop, state: ProjectState) -> Iterator[Loop]:
    end = follow(state, loop.route) if loop.route is not None else End(loop.model)
    if end.model is not None:
        yield replace(loop, model=end.model)


def _attribute(asked: Attribute, state: ProjectState) -> Iterator[Attribute]:
    """What is asked of a row; of many rows it is asked of their manager, which is not told."""
    if asked.route is None:
        if asked.holder is not Holder.RELATION:
            yield asked
        return
    end = follow(state, asked.route)
    is_row = asked.holder is not Holder.RELATION or not end.is_many
    if isinstance(end.model, ModelKey) and is_row:
        holder = Holder.ROW if asked.holder is Holder.RELATION else asked.holder
        yield replace(asked, model=end.model, holder=holder)


def follow(state: ProjectState, route: Route) -> End:
    """Where the route ends."""
    end = End(state.present(route.start))
    last: _Relation | None = None
    for name in route.names:
        if name == "through" and last is not None:
            end = _between(state, last, end)
            continue
        model = state.find(end.model) if isinstance(end.model, ModelKey) else end.model
        if not isinstance(model, ModelState):
            return End(None if model is None else UNKNOWN)
        last = _relation(state, model, name)
        if last is None:
            return End(None if _is_plain(model, name) else UNKNOWN)
        end = _along(state, last)
    return end


def _relation(state: ProjectState, model: ModelState, name: str) -> _Relation | None:
    """The one relation of that name, None where there is none or more than one."""
    field = model.fields.get(name)
    if field is not None:
        return _Relation(field, model, name, is_reverse=False) if "to" in field.keywords else None
    found = [
        _Relation(each, other, its_name, is_reverse=True)
        for other in _others(state, model, name)
        for its_name, each in other.fields.items()
        if "to" in each.keywords
        and name == _way_back(other, each)
        and _target(state, other, each) in {model.key, UNKNOWN}
    ]
    return found[0] if len(found) == 1 else None


def _others(state: ProjectState, model: ModelState, name: str) -> Iterator[ModelState]:
    """The models that may point at it: of this app all, of its own the one that the name says."""
    yield from state.models.values()
    if model.app_label != state.app_label:
        named = state.find(ModelKey(model.app_label, name.removesuffix("_set")))
        if isinstance(named, ModelState):
            yield named


def _way_back(owner: ModelState, field: Field) -> str:
    """The name under which the rows that a relation points at know the others."""
    given = field.get("related_name")
    if isinstance(given, str) and given:
        return given.lower().replace("%(class)s", owner.name.lower())
    name = owner.name.lower()
    return name if field.class_name.endswith("OneToOneField") else f"{name}_set"


def _along(state: ProjectState, relation: _Relation) -> End:
    kind = relation.field.class_name
    if relation.is_reverse:
        return End(relation.owner.key, is_many=not kind.endswith("OneToOneField"))
    is_many = relation.field.is_many_to_many is True
    return End(_target(state, relation.owner, relation.field), is_many=is_many)


def _target(state: ProjectState, owner: ModelState, field: Field) -> ModelKey | Unknown:
    """The model a relation points at; a bare name is of the app that it is written in."""
    to = field.get("to")
    if isinstance(to, str) and "." not in to and owner.app_label != state.app_label:
        return ModelKey(owner.app_label, owner.name.lower() if to == "self" else to.lower())
    return state.resolve(to, owner.name)


def _between(state: ProjectState, last: _Relation, end: End) -> End:
    """The table that holds the pairs of a many-to-many; of a way back, the rows themselves."""
    if last.field.is_many_to_many is not True:
        return end
    through = last.field.get("through")
    if through is None:
        made = ModelKey(last.owner.app_label, f"{last.owner.name}_{last.name}".lower())
        return End(made, is_many=True, is_link=True)
    return End(state.resolve(through, last.owner.name), is_many=True, is_link=True)


def _is_plain(model: ModelState, name: str) -> bool:
    """Whether it surely is a column with a value of its own."""
    field = model.fields.get(name)
    if field is not None:
        return field.is_django
    is_key = name.endswith("_id") and name.removesuffix("_id") in model.fields
    return is_key or name in {"pk", "id"}
