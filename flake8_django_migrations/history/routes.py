"""Where the relations that a data migration follows lead, as a state has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import (
    UNKNOWN,
    USERS,
    Attribute,
    Body,
    Code,
    Field,
    Holder,
    Loop,
    ModelKey,
    Operation,
    Reference,
    Route,
    RunPython,
    Unknown,
    Verb,
    Write,
)

_LINKS: Final = frozenset({Verb.LINK, Verb.UNLINK})
_HAVE_USERS: Final = frozenset({ModelKey("auth", "group"), ModelKey("auth", "permission")})
"""Models of Django's to which ``user_set`` gives the users who have them."""
_SETTINGS: Final = "django.conf.settings."


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
    if isinstance(end.model, ModelKey) and not end.model.is_setting and is_row:
        holder = Holder.ROW if asked.holder is Holder.RELATION else asked.holder
        yield replace(asked, model=end.model, holder=holder)


def follow(state: ProjectState, route: Route) -> End:
    """Where the route ends."""
    end = End(state.present(route.start))
    last: _Relation | None = None
    for name in route.names:
        if name == "through" and last is not None:
            end = _between(state, last, end)
        elif name == "user_set" and end.model in _HAVE_USERS:
            last, end = None, End(USERS, is_many=True)
        else:
            last, end = _step(state, end, name)
    return end


def _step(state: ProjectState, end: End, name: str) -> tuple[_Relation | None, End]:
    """The relation of that name, and where it leads."""
    model = state.find(end.model) if isinstance(end.model, ModelKey) else end.model
    if isinstance(model, ModelState):
        last = _relation(state, model, name)
        lost = None if _is_plain(model, name) else UNKNOWN
    else:
        last = _way_from_users(state, end.model, name)
        lost = None if model is None else UNKNOWN
    return last, End(lost) if last is None else _along(state, last)


def _relation(state: ProjectState, model: ModelState, name: str) -> _Relation | None:
    """The one relation of that name, None where there is none or more than one."""
    field = model.fields.get(name)
    if field is not None:
        return _Relation(field, model, name, is_reverse=False) if "to" in field.keywords else None
    others = (*state.models.values(), *_named(state, model, name))
    found = list(_ways_back(state, others, model.key, name))
    if not found:
        for app in state.pointing(frozenset({model.key})):
            found += _ways_back(app, app.models.values(), model.key, name)
    return _only(found)


def _only(found: list[tuple[_Relation, bool]]) -> _Relation | None:
    """The one relation that is certain, else the one that may be; names of ways never clash."""
    certain = [relation for relation, is_certain in found if is_certain]
    chosen = certain or [relation for relation, _ in found]
    return chosen[0] if len(chosen) == 1 else None


def _way_from_users(
    state: ProjectState, model: ModelKey | None | Unknown, name: str
) -> _Relation | None:
    """The relation of the app to the model of a setting that has the name on its way back."""
    if not isinstance(model, ModelKey) or not model.is_setting:
        return None
    return _only(list(_ways_back(state, state.models.values(), model, name)))


def _ways_back(
    state: ProjectState, owners: Iterable[ModelState], model: ModelKey, name: str
) -> Iterator[tuple[_Relation, bool]]:
    """The relations to a model that rows of it know by the name, and whether they surely are."""
    for owner in owners:
        for its_name, field in owner.fields.items():
            if "to" not in field.keywords or name != _way_back(owner, field):
                continue
            target = _target(state, owner, field)
            is_open = not isinstance(target, ModelKey) or target.is_setting
            if target == model or (is_open and not model.is_setting):
                yield _Relation(field, owner, its_name, is_reverse=True), target == model


def _named(state: ProjectState, model: ModelState, name: str) -> Iterator[ModelState]:
    """The model of its own app that the name of a way back speaks of."""
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
    if isinstance(to, Reference) and to.path.startswith(_SETTINGS):
        return ModelKey(USERS.app_label, to.path.removeprefix(_SETTINGS))
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
