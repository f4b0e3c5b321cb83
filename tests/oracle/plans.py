"""Our plan of every operation beside the SQL that Django would send for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from oracle.plan_spelling import Told, one_order, read, told

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.history.timeline import Timeline
from flake8_django_migrations.migration import (
    UNKNOWN,
    MigrationKey,
    OpaqueOperation,
    RunPython,
    Unknown,
)
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.plan.columns import column_of
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.steps import Step, steps

if TYPE_CHECKING:
    from oracle.comparison import Tally

DATABASE: Final = Database("postgresql", (14,))
"""The release that Django's side believes in."""

DJANGO: Final = (5, 2)


def compare(
    project: str,
    sent: Iterable[Mapping[str, Any]],
    timelines: Mapping[str, Timeline],
    tally: Tally,
) -> None:
    """Compare what Django sends with our actions, operation by operation."""
    groups: dict[MigrationKey, list[tuple[Step, ...]]] = {}
    for line in sent:
        key = MigrationKey(*line["plan"])
        timeline = timelines[key.app_label]
        if key not in timeline.nodes.nodes:
            continue
        if key not in groups:
            migration = timeline.nodes.nodes[key]
            found = steps(migration, timeline.before(key), DATABASE, DJANGO)
            groups[key] = list(_grouped(found))
        place = f"{project} {key.app_label}/{key.name} {line['at']} {line['kind']}"
        group = groups[key][line["at"]] if line["at"] < len(groups[key]) else ()
        _operation(place, group, line, tally)


def _grouped(found: Iterable[Step]) -> Iterator[tuple[Step, ...]]:
    """The steps of each operation of the migration's list, with those nested in it."""
    group: list[Step] = []
    for step in found:
        if group and not step.is_nested:
            yield tuple(group)
            group = []
        group.append(step)
    if group:
        yield tuple(group)


def _operation(place: str, group: tuple[Step, ...], line: Mapping[str, Any], tally: Tally) -> None:
    if "error" in line:
        tally.plans["not told by Django"] += 1
        tally.faults[place] = f"Django: {line['error']}"
        return
    theirs = one_order(_without_settings(read(line["sql"], DATABASE)))
    actions = (each for step in group for each in _ordered(step))
    ours = one_order(_without_settings([told(each, DATABASE) for each in actions]))
    tally.plans["operations"] += 1
    if theirs or ours:
        tally.plans["with SQL"] += 1
        if ours == theirs:
            tally.plans["agree"] += 1
        elif how := _loosely(ours, theirs):
            tally.plans["agree"] += 1
            tally.plans[how] += 1
        else:
            tally.faults[place] = _difference(group, ours, theirs)
    for step in group[:1]:
        _columns(place, step, line["columns"], tally)


def _ordered(step: Step) -> list[Any]:
    """Django sends what it defers at the end of the operation."""
    if isinstance(step.operation, RunPython):
        return []
    return sorted(step.forwards, key=lambda action: action.is_last)


def _without_settings(found: list[Told]) -> list[Told]:
    """What is done to tables: Django sets and resets the session around some of it."""
    return [each for each in found if each[0] != Kind.SET.name]


def _loosely(ours: list[Told], theirs: list[Told]) -> str:
    """How they agree although they are not equal; empty where they do not."""
    if not ours or not theirs:
        return ""
    wanted = list(theirs)
    left = [each for each in ours if not _taken(each, wanted)]
    if not left and not wanted:
        return "agree in another order"
    through = {each[1] for each in left if each[0] == "ADD_FOREIGN_KEY" and "" in each}
    left = [each for each in left if not _taken_for(each, wanted)]
    wanted = [each for each in wanted if each[0] != "CREATE_INDEX" or each[1] not in through]
    return "" if left or wanted else "agree but for the model that a setting names"


def _taken(each: Told, wanted: list[Told]) -> bool:
    """Whether it was among what is wanted; it no longer is."""
    if each not in wanted:
        return False
    wanted.remove(each)
    return True


def _taken_for(each: Told, wanted: list[Told]) -> bool:
    """Whether something wanted is the same but for a table or columns that we leave empty."""
    for other in wanted:
        if each[:2] == other[:2] and all(
            a in {b, ""} or (isinstance(b, tuple) and set(a) < set(b))
            for a, b in zip(each[2:], other[2:], strict=True)
        ):
            wanted.remove(other)
            return True
    return False


def _difference(group: tuple[Step, ...], ours: list[Told], theirs: list[Told]) -> str:
    if not ours:
        is_opaque = any(isinstance(step.operation, OpaqueOperation) for step in group)
        why = " of an operation that is not Django's" if is_opaque else ""
        return f"nothing is said{why}: {theirs}"
    extra = [each for each in ours if each not in theirs]
    missing = [each for each in theirs if each not in ours]
    return f"extra {extra}, missing {missing}" if extra or missing else f"order {ours}, {theirs}"


def _columns(place: str, step: Step, told: Mapping[str, Any], tally: Tally) -> None:
    """Name and type of every column of the models that an operation is about."""
    for name, fields in told.items():
        model = step.after.model(name)
        if not isinstance(model, ModelState):
            continue
        for field_name, (column, type_) in fields.items():
            field = model.fields.get(field_name, UNKNOWN)
            found = column_of(field_name, field, step.after, model, DATABASE)
            if found is None:
                tally.plans["columns unknown"] += type_ is not None
            elif isinstance(found.type, Unknown):
                tally.plans["column types unknown"] += 1
            elif (found.column, found.type_sql) == (column, type_):
                tally.plans["columns equal"] += 1
            else:
                what = f"{found.column} {found.type_sql} instead of {column} {type_}"
                tally.faults[f"{place}: {name}.{field_name}"] = what
