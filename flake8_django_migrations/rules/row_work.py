"""2xx: what a data migration does beside the rows it means to change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    Body,
    Effect,
    Place,
    RunPython,
    RunSQL,
    SqlText,
    Unknown,
    Verb,
    Write,
    walk,
)
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found, spell

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_NUMBERED: Final = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
_STAMPS: Final = frozenset({Verb.SAVE, Verb.UPDATE_OR_CREATE})
_INSERTS: Final = frozenset({Verb.CREATE, Verb.BULK_CREATE})
_SAFE_ALONE: Final = frozenset({Verb.GET_OR_CREATE, Verb.UPDATE_OR_CREATE})
"""What Django itself puts into a savepoint."""
_COMMANDS: Final = "django.core.management."
_SEQUENCE_WORDS: Final = ("setval", "restart", "sequence", "nextval")
_DJANGO_MAKES: Final = ("emit_post_migrate_signal", "create_permissions", "create_contenttypes")


def stamped_rows(subject: Subject) -> Iterator[Finding]:
    """A time of last change that every save() of a loop sets to now."""
    for step, _operation, _code, body in questions.forward_bodies(subject):
        told: set[Place] = set()
        for write in body.writes:
            field = _stamped(subject, step, write) if write.verb in _STAMPS else ""
            if field and write.place not in told:
                told.add(write.place)
                yield found(write.place, verb=write.verb.value, field=field)


def _stamped(subject: Subject, step: Step, write: Write) -> str:
    """The field that is overwritten in rows that were there, as messages name it."""
    table = questions.table_of(step, write.model)
    if isinstance(write.model, Unknown) or table is None or not write.in_loop:
        return ""
    model = step.before.find(write.model)
    if not isinstance(model, ModelState) or model.is_doubtful or step.is_new(table):
        return ""
    if write.is_partial and not write.fields:
        return ""
    for name, field in model.fields.items():
        is_written = not write.is_partial or name in write.fields
        if field.is_django and field.flag("auto_now") is True and is_written:
            is_new = step.is_new_column(table, name)
            return "" if is_new or subject.is_small(table) else f"{spell(model.key)}.{name}"
    return ""


def explicit_key(subject: Subject) -> Iterator[Finding]:
    """Rows that bring their own number while the sequence stays where it is."""
    for step, _operation, _code, body in questions.forward_bodies(subject):
        told: set[object] = set()
        for write in body.writes if not _resets(body) else ():
            key = _numbered_key(step, write) if write.verb in _INSERTS else ""
            if key and write.model not in told and not _is_reset_later(subject, step):
                told.add(write.model)
                yield found(write.place, key=key)


def _numbered_key(step: Step, write: Write) -> str:
    """The key with a sequence that new rows are given, as messages name it; empty for none."""
    model = step.before.find(write.model) if not isinstance(write.model, Unknown) else None
    if not isinstance(model, ModelState) or isinstance(model.primary_key, Unknown):
        return ""
    name, field = model.primary_key
    is_numbered = field.is_django and field.class_name in _NUMBERED
    return f"{spell(model.key)}.{name}" if is_numbered and {name, "pk"} & {*write.given} else ""


def _resets(body: Body) -> bool:
    """Whether the function may set the sequence itself."""
    return not body.is_complete or any(map(_names_sequence, body.sql))


def _names_sequence(text: SqlText) -> bool:
    return isinstance(text.text, Unknown) or any(
        word in text.text.lower() for word in _SEQUENCE_WORDS
    )


def _is_reset_later(subject: Subject, step: Step) -> bool:
    """Whether a later operation, here or in a later migration, may set the sequence."""
    at = subject.steps.index(step)
    rest = [each.operation for each in subject.steps[at + 1 :]]
    rest += [each for migration in subject.later for each in walk(migration.operations)]
    return any(map(_sets_sequence, rest))


def _sets_sequence(operation: Operation) -> bool:
    match operation:
        case RunSQL(sql=sql):
            return isinstance(sql, Unknown) or any(map(_names_sequence, sql))
        case RunPython(code=code):
            body = questions.body_of(code)
            return body is not None and bool(body.sql) and _resets(body)
        case _:
            return False


def command_of_today(subject: Subject) -> Iterator[Finding]:
    """A management command, which knows nothing of historical models."""
    for each in _effects(subject):
        if each.path.startswith(_COMMANDS):
            name = f"command {each.argument}" if each.argument else "a command"
            yield found(each.place, command=name)


def effect_outside(subject: Subject) -> Iterator[Finding]:
    """Something done outside the database, which no rollback takes back."""
    for each in _effects(subject):
        last = each.path.rpartition(".")[2]
        if not each.path.startswith(_COMMANDS) and not last.startswith(_DJANGO_MAKES):
            yield found(each.place, call=_short(each.path))


def _short(path: str) -> str:
    """A call as it is usually written: the last two parts of its path."""
    return ".".join(path.split(".")[-2:]) + "()"


def _effects(subject: Subject) -> Iterator[Effect]:
    for step in questions.on_database(subject):
        for code in questions.codes(step.operation):
            body = questions.body_of(code)
            yield from body.effects if body is not None else ()


def swallowed_error(subject: Subject) -> Iterator[Finding]:
    """An error of the database that is caught inside a transaction without a savepoint."""
    for step in questions.on_database(subject):
        for code in questions.codes(step.operation) if step.in_transaction is True else ():
            body = questions.body_of(code)
            told: set[Place] = set()
            for write in body.writes if body is not None else ():
                is_harmful = write.is_swallowed and write.verb not in _SAFE_ALONE
                if not is_harmful or isinstance(write.model, Unknown) or write.place in told:
                    continue
                told.add(write.place)
                yield found(write.place, verb=write.verb.value, model=spell(write.model))
            if body is not None and subject.database.vendor == "postgresql":
                yield from _swallowed_sql(body)


def _swallowed_sql(body: Body) -> Iterator[Finding]:
    """SQL whose errors are caught, in a function that makes no savepoint by SQL either."""
    texts = [each.text for each in body.sql if isinstance(each.text, str)]
    if not any("savepoint" in text.lower() for text in texts):
        for each in body.sql:
            if each.is_swallowed:
                yield found(each.place, verb="execute", model="SQL")


def endless_loop(subject: Subject) -> Iterator[Finding]:
    """A loop until no rows are left that changes nothing they are chosen by."""
    for step, _operation, _code, body in questions.forward_bodies(subject):
        for stall in body.stalls:
            table = questions.table_of(step, stall.model)
            if table is not None and not step.is_new(table):
                by = f"filter on {', '.join(stall.fields)}" if stall.fields else "rows"
                yield found(stall.place, model=spell(stall.model), by=by)


def cursor_outside_transaction(subject: Subject) -> Iterator[Finding]:
    """A cursor that the database keeps between transactions while rows are worked on."""
    for step, _operation, _code, body in questions.forward_bodies(subject):
        for loop in body.loops if step.in_transaction is False else ():
            table = questions.table_of(step, loop.model)
            if not loop.is_cursor or isinstance(loop.model, Unknown) or table is None:
                continue
            if not step.is_new(table) and not subject.is_small(table):
                yield found(loop.place, model=spell(loop.model))
