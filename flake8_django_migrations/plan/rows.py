"""What a data migration asks of the database: the row writes of its body, and its SQL."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import Body, Code, ModelKey, Unknown, Verb, Write
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.indexes import columns_of
from flake8_django_migrations.plan.recognition import recognise
from flake8_django_migrations.plan.statements import actions as statements

_KINDS: Final = {
    Verb.SAVE: Kind.UPDATE,
    Verb.CREATE: Kind.INSERT,
    Verb.GET_OR_CREATE: Kind.INSERT,
    Verb.UPDATE_OR_CREATE: Kind.UPDATE,
    Verb.BULK_CREATE: Kind.INSERT,
    Verb.BULK_UPDATE: Kind.UPDATE,
    Verb.UPDATE: Kind.UPDATE,
    Verb.DELETE: Kind.DELETE,
    Verb.LINK: Kind.INSERT,
    Verb.UNLINK: Kind.DELETE,
}

_WORDS: Final = {Kind.UPDATE: "UPDATE", Kind.INSERT: "INSERT INTO", Kind.DELETE: "DELETE FROM"}


def run_python(
    code: Code | None | Unknown, state: ProjectState, database: Database
) -> tuple[Action, ...]:
    """The actions of a function's body in the order written; none where it is not at hand."""
    if not isinstance(code, Code) or not isinstance(code.body, Body):
        return ()
    found = [_write(write, state, database) for write in code.body.writes]
    for text in code.body.sql:
        found += (recognise(each, state, database) for each in statements(text, database))
    return tuple(sorted(found, key=lambda action: action.place))


def _write(write: Write, state: ProjectState, database: Database) -> Action:
    kind = _KINDS[write.verb]
    model = state.find(write.model) if isinstance(write.model, ModelKey) else write.model
    table, columns = "", write.fields
    if isinstance(model, ModelState) and isinstance(model.table, str):
        table, columns = model.table, columns_of(model, write.fields)
    mark = "`" if database.vendor in {"mysql", "mariadb"} else '"'
    return Action(
        kind=kind,
        table=table,
        columns=columns,
        is_whole_table=not write.is_filtered and not write.is_bounded,
        is_bounded=write.is_bounded,
        model=write.model if isinstance(write.model, ModelKey) else None,
        field=write.fields[0] if len(write.fields) == 1 else "",
        sql=f"{_WORDS[kind]} {mark}{table or '?'}{mark} ...",
        place=write.place,
    )
