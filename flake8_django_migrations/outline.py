"""What a migration does, told to a person: its steps, the deploy it belongs to, what to time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations import migration as m
from flake8_django_migrations.plan.actions import Action, Kind, Lock, Loss
from flake8_django_migrations.plan.steps import Side, Step

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Operation

_LONGEST: Final = 100
"""How much of a statement is shown."""

_BREAKS_BOTH: Final = frozenset({Kind.RENAME_TABLE, Kind.RENAME_COLUMN})
_AFTER_THE_CODE: Final = frozenset(
    {
        Kind.DROP_TABLE,
        Kind.TRUNCATE,
        Kind.DROP_COLUMN,
        Kind.SET_NOT_NULL,
        Kind.SET_NOT_NULL_PROVEN,
        Kind.ADD_UNIQUE,
        Kind.ADD_UNIQUE_USING_INDEX,
        Kind.ADD_CHECK,
        Kind.ADD_CHECK_NOT_VALID,
        Kind.ADD_EXCLUSION,
        Kind.ADD_FOREIGN_KEY,
        Kind.ADD_FOREIGN_KEY_NOT_VALID,
    }
)
"""What the release before may still use or write."""
_DATA: Final = frozenset({Kind.INSERT, Kind.UPDATE, Kind.DELETE})


class Line(NamedTuple):
    """One row of a plan: an action of a step, or a step that has none."""

    operation: str
    statement: str
    lock: str
    work: str
    rows: str


def outline(
    steps: Sequence[Step], sizes: Mapping[str, int], *, backwards: bool = False
) -> Iterator[Line]:
    """The plan in the order of execution; a rollback goes from the last step to the first."""
    for step in reversed(steps) if backwards else steps:
        actions = step.backwards if backwards else step.forwards
        title = title_of(step.operation)
        if backwards and step.is_reversible is False:
            yield Line(title, "cannot be reversed", "", "", "")
        elif actions:
            yield from (_line(title, step, action, sizes) for action in actions)
        elif not isinstance(step.operation, m.SeparateDatabaseAndState):
            yield Line(title, _without_actions(step), "", "", "")


def _line(title: str, step: Step, action: Action, sizes: Mapping[str, int]) -> Line:
    locks = "; ".join(f"{held.lock.value} on {held.table}" for held in action.locks)
    return Line(
        title,
        statement(action),
        locks or Lock.NONE.value,
        action.work.value,
        _rows(step, action, sizes),
    )


def _rows(step: Step, action: Action, sizes: Mapping[str, int]) -> str:
    """How many rows the action meets, and what it does to each of them."""
    if step.is_new(action.table):
        return "new table"
    rows = sizes.get(action.table)
    if rows is None:
        return ""
    return f"{action.work.value} of {rows:,}" if action.work.grows_with_rows else f"{rows:,}"


def _without_actions(step: Step) -> str:
    match step.operation:
        case _ if step.side is Side.STATE:
            return "state only: the database is not asked"
        case m.RunPython():
            return "runs Python: its statements are not known"
        case m.OpaqueOperation():
            return "not known: the class is not Django's"
        case _:
            return "nothing"


def statement(action: Action) -> str:
    """The action's SQL, or what stands for it, in one line."""
    target = f"{action.table} ({', '.join(action.columns)})" if action.columns else action.table
    text = " ".join((action.sql or f"{action.kind.value} {target}").split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def title_of(operation: Operation) -> str:
    """The operation as a person would name it: ``AddField order.total``."""
    kind = type(operation).__name__
    if getattr(operation, "concurrently", False):
        kind += "Concurrently"
    match operation:
        case m.AddField() | m.RemoveField() | m.AlterField():
            return f"{kind} {operation.model_name}.{operation.name}"
        case m.RenameField():
            return f"{kind} {operation.model_name}.{operation.old_name} to {operation.new_name}"
        case m.RenameModel():
            return f"{kind} {operation.old_name} to {operation.new_name}"
        case m.RunPython(code=m.Code(name=name)):
            return f"{kind} {name}"
        case m.OpaqueOperation(path=str(path)):
            return path.rpartition(".")[2]
        case m.AddIndex(index=m.Index(name=str(name))):
            return f"{kind} {operation.model_name} {name}"
        case m.AddConstraint(constraint=m.Constraint(name=str(name))):
            return f"{kind} {operation.model_name} {name}"
        case m.RenameIndex(new_name=name):
            return f"{kind} {operation.model_name} to {name}"
        case m.AddIndex() | m.AddConstraint():
            return f"{kind} {operation.model_name}"
        case m.RemoveIndex() | m.RemoveConstraint() | m.AlterConstraint() | m.ValidateConstraint():
            return f"{kind} {operation.model_name} {operation.name}"
        case m.RunSQL() | m.RunPython() | m.SeparateDatabaseAndState():
            return kind
        case m.OpaqueOperation():
            return "an operation that cannot be read"
        case _:
            return f"{kind} {operation.name}"


def markdown(lines: Iterable[Line]) -> str:
    """The plan as a table."""
    head = ("Operation", "Statement", "Lock", "Work", "Rows")
    rows = [head, tuple("---" for _ in head), *lines]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def deploy(steps: Sequence[Step]) -> str:
    """Whether it goes out before or after the code that belongs to it."""
    kinds = {
        _when(action, is_new=step.is_new(action.table))
        for step in steps
        for action in step.forwards
    }
    if any(isinstance(step.operation, m.RunPython) for step in steps):
        kinds.add("data")
    if "never" in kinds:
        return "in neither order: the old code and the new one use different names"
    match sorted(kinds):
        case []:
            return "with the code: the database is not changed"
        case ["before"]:
            return "before the code that uses it"
        case ["data"]:
            return "after the code that writes the new values itself"
        case ["after"] | ["after", "data"]:
            return "after the code that no longer uses what it takes away or refuses"
        case _:
            return "in two parts: what it adds before the code, the rest after it"


def _when(action: Action, *, is_new: bool) -> str:
    """When one action may be sent; nobody uses a new table yet."""
    if is_new:
        return "before"
    if action.kind in _BREAKS_BOTH:
        return "never"
    if action.kind in _DATA:
        return "data"
    if action.kind in _AFTER_THE_CODE or action.loss is not Loss.NONE:
        return "after"
    return "before"


def to_time(steps: Sequence[Step]) -> tuple[str, ...]:
    """The steps that take longer the more rows there are."""
    titles = (
        title_of(step.operation)
        for step in steps
        if isinstance(step.operation, m.RunPython)
        or any(
            action.work.grows_with_rows and not step.is_new(action.table)
            for action in step.forwards
        )
    )
    return tuple(dict.fromkeys(titles))


def irreversible(steps: Sequence[Step]) -> tuple[str, ...]:
    """The steps that a rollback stops at."""
    titles = (title_of(step.operation) for step in steps if step.is_reversible is False)
    return tuple(dict.fromkeys(titles))
