"""From an operation and the states around it to the actions Django's schema editor sends."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from flake8_django_migrations.history.state import (
    ModelState,
    ProjectState,
    nobody_pointing,
)
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterIndexTogether,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    Constraint,
    CreateCollation,
    CreateExtension,
    CreateModel,
    DeleteModel,
    Field,
    OpaqueOperation,
    Operation,
    RemoveCollation,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
    RunPython,
    RunSQL,
    SqlText,
    Unknown,
    ValidateConstraint,
)
from flake8_django_migrations.plan import constraints, indexes
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import ORDER
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.editor import Editor
from flake8_django_migrations.plan.facts import cost
from flake8_django_migrations.plan.fields import add_field, remove_field
from flake8_django_migrations.plan.recognition import recognise
from flake8_django_migrations.plan.remakes import in_its_table
from flake8_django_migrations.plan.renames import alter_field, rename_model
from flake8_django_migrations.plan.rows import run_python
from flake8_django_migrations.plan.statements import actions as statements
from flake8_django_migrations.plan.tables import (
    alter_table,
    comment_on_table,
    create_model,
    delete_model,
)

Version = tuple[int, int]
States: TypeAlias = tuple[ProjectState, ProjectState]


def forwards(
    operation: Operation,
    before: ProjectState,
    after: ProjectState,
    database: Database,
    django: Version,
) -> tuple[Action, ...]:
    """What the database is asked to do for the operation, what Django defers at the end.

    Nothing where the model or the field is not known for certain.
    """
    editor = Editor(database=database, django=django, place=operation.place)
    match operation:
        case RunSQL(sql=sql):
            found = _run_sql(sql, editor, before, after)
        case RunPython(code=code):
            found = run_python(code, before, database)
        case _:
            found = _apply(operation, editor, (before, after), backwards=False)
    return _finish(found, database)


def backwards(
    operation: Operation,
    before: ProjectState,
    after: ProjectState,
    database: Database,
    django: Version,
) -> tuple[Action, ...]:
    """What the database is asked to do when the operation is rolled back."""
    editor = Editor(database=database, django=django, place=operation.place)
    match operation:
        case RunSQL(reverse_sql=sql):
            found = _run_sql(sql, editor, after, before) if sql is not None else ()
        case RunPython(reverse_code=code):
            found = run_python(code, after, database)
        case _:
            found = _apply(operation, editor, (after, before), backwards=True)
    return _finish(found, database)


def is_reversible(operation: Operation) -> bool | Unknown:
    """Whether Django itself would go back over the operation; in doubt: UNKNOWN.

    SeparateDatabaseAndState says yes whatever it holds, and fails midway.
    """
    match operation:
        case RunSQL(reverse_sql=given) | RunPython(reverse_code=given):
            return UNKNOWN if isinstance(given, Unknown) else given is not None
        case OpaqueOperation(is_reversible=known):
            return known
        case _:
            return True


def _finish(found: tuple[Action, ...], database: Database) -> tuple[Action, ...]:
    ordered = sorted(found, key=lambda action: action.is_last)
    return tuple(cost(action, database) for action in ordered)


def _run_sql(
    texts: tuple[SqlText, ...] | Unknown, editor: Editor, left: ProjectState, told: ProjectState
) -> tuple[Action, ...]:
    if isinstance(texts, Unknown):
        return (editor.action(Kind.UNREADABLE, "", ""),)
    return tuple(
        recognise(action, left, editor.database, told)
        for text in texts
        for action in statements(text, editor.database)
    )


def _managed(state: ProjectState, name: str) -> ModelState | None:
    """The model where it surely exists and Django surely manages its table."""
    model = state.model(name)
    return model if isinstance(model, ModelState) and model.is_managed is True else None


def _apply(
    operation: Operation, editor: Editor, states: States, *, backwards: bool
) -> tuple[Action, ...]:
    """One direction of an operation: ``states`` are the one left and the one arrived at."""
    match operation:
        case CreateModel(name=name) | DeleteModel(name=name):
            is_create = isinstance(operation, CreateModel) is not backwards
            if backwards:  # whatever came to point at it has been rolled back before
                states = (replace(states[0], pointing=nobody_pointing), states[1])
            return _model(editor, name, states, is_create=is_create)
        case RenameModel():
            return _rename_model(operation, editor, states, backwards=backwards)
        case AddField(model_name=model, name=name) | RemoveField(model_name=model, name=name):
            if isinstance(operation, AddField) is not backwards:
                given = operation.field if isinstance(operation, AddField) else None
                return _add_field(editor, model, name, given, states)
            return _remove_field(editor, model, name, states)
        case AlterField() | RenameField():
            return _alter_field(operation, editor, states, backwards=backwards)
        case CreateExtension() | CreateCollation() | RemoveCollation():
            return _extension(operation, editor, backwards=backwards)
        case ValidateConstraint(model_name=model, name=name) if not backwards:
            return _validate(editor, model, name, states[0])
        case AddIndex() | RemoveIndex() | RenameIndex() | AddConstraint() | RemoveConstraint():
            return _index(operation, editor, states, backwards=backwards)
        case _:
            return _options(operation, editor, states)


def _model(editor: Editor, name: str, states: States, *, is_create: bool) -> tuple[Action, ...]:
    state = states[1] if is_create else states[0]
    model = _managed(state, name)
    if model is None:
        return ()
    write = create_model if is_create else delete_model
    return write(editor.on(model.key), model, state)


def _rename_model(
    operation: RenameModel, editor: Editor, states: States, *, backwards: bool
) -> tuple[Action, ...]:
    names = (operation.old_name, operation.new_name)
    first, second = reversed(names) if backwards else names
    old, new = _managed(states[0], first), _managed(states[1], second)
    if old is None or new is None:
        return ()
    return rename_model(editor.on(new.key), (old, new), states)


def _add_field(
    editor: Editor, model_name: str, name: str, given: Field | Unknown | None, states: States
) -> tuple[Action, ...]:
    """A field added: as its operation writes it, or as the state it goes back to has it."""
    model = _managed(states[1], model_name)
    if model is None:
        return ()
    field = given if given is not None else model.fields.get(name, UNKNOWN)
    return add_field(editor.on(model.key, name), model, name, field, states[1])


def _remove_field(editor: Editor, model_name: str, name: str, states: States) -> tuple[Action, ...]:
    model = _managed(states[0], model_name)
    if model is None:
        return ()
    field = model.fields.get(name, UNKNOWN)
    return remove_field(editor.on(model.key, name), model, name, field, states[0])


def _alter_field(
    operation: AlterField | RenameField, editor: Editor, states: States, *, backwards: bool
) -> tuple[Action, ...]:
    old = _managed(states[0], operation.model_name)
    new = _managed(states[1], operation.model_name)
    if old is None or new is None or old.is_doubtful or new.is_doubtful:
        return ()
    if isinstance(operation, AlterField):
        names = (operation.name, operation.name)
        target = new.find(operation.name) if backwards else operation.field
    else:
        names = (operation.old_name, operation.new_name)
        names = (names[1], names[0]) if backwards else names
        target = new.find(names[1])
    if isinstance(target, Field):
        new = replace(new, fields={**new.fields, names[1]: target})
    on_field = editor.on(new.key, names[1])
    return alter_field(on_field, (old, new), names, (old.find(names[0]), target), states)


def _extension(
    operation: CreateExtension | CreateCollation | RemoveCollation,
    editor: Editor,
    *,
    backwards: bool,
) -> tuple[Action, ...]:
    if not editor.is_postgresql:
        return ()
    name = operation.name
    what = "EXTENSION" if isinstance(operation, CreateExtension) else "COLLATION"
    is_create = isinstance(operation, RemoveCollation) is backwards
    check = ("IF NOT EXISTS " if is_create else "IF EXISTS ") if what == "EXTENSION" else ""
    sql = f"{'CREATE' if is_create else 'DROP'} {what} {check}{editor.quote(name)}"
    return (editor.action(Kind.OTHER, "", sql, name=name),)


def _validate(
    editor: Editor, model_name: str, name: str, state: ProjectState
) -> tuple[Action, ...]:
    model = _managed(state, model_name)
    if model is None or isinstance(model.table, Unknown) or not editor.is_postgresql:
        return ()
    clause = f"VALIDATE CONSTRAINT {editor.quote(name)}"
    on_model = editor.on(model.key)
    return (on_model.alter(Kind.VALIDATE_CONSTRAINT, model.table, clause, name=name),)


def _index(
    operation: AddIndex | RemoveIndex | RenameIndex | AddConstraint | RemoveConstraint,
    editor: Editor,
    states: States,
    *,
    backwards: bool,
) -> tuple[Action, ...]:
    old, new = (_managed(state, operation.model_name) for state in states)
    if old is None or new is None:
        return ()
    editor = editor.on(new.key)
    match operation:
        case AddIndex(index=index, concurrently=alone) if not backwards:
            return indexes.add_index(editor, new, index, concurrently=alone)
        case AddIndex(index=index, concurrently=alone):
            name = index.name if isinstance(index.name, str) else ""
            return indexes.remove_index(editor, old, name, concurrently=alone)
        case RemoveIndex(name=name, concurrently=alone) if not backwards:
            return indexes.remove_index(editor, old, name, concurrently=alone)
        case RemoveIndex(name=name, concurrently=alone):
            found = new.index(name)
            known = found if not isinstance(found, Unknown) else None
            return indexes.add_index(editor, new, known, concurrently=alone) if known else ()
        case RenameIndex():
            return _rename_index(operation, editor, new, backwards=backwards)
        case AddConstraint(constraint=constraint, not_valid=not_valid) if not backwards:
            added = constraints.add_constraint(editor, new, constraint, not_valid=not_valid)
            return in_its_table(editor, new, constraint, added)
        case AddConstraint(constraint=constraint):
            removed = constraints.remove_constraint(editor, old, constraint)
            return in_its_table(editor, old, constraint, removed)
        case _:
            model = new if backwards else old
            kept = model.constraint(operation.name)
            if not isinstance(kept, Constraint):
                return ()
            write = constraints.add_constraint if backwards else constraints.remove_constraint
            return in_its_table(editor, model, kept, write(editor, model, kept))


def _rename_index(
    operation: RenameIndex, editor: Editor, model: ModelState, *, backwards: bool
) -> tuple[Action, ...]:
    if operation.old_fields is not None:
        if backwards or isinstance(model.table, Unknown):
            return ()
        columns = indexes.columns_of(model, operation.old_fields)
        old = editor.made_up(model.table, columns, "_idx")
        return indexes.rename_index(editor, model, old, operation.new_name)
    names = (operation.old_name or "", operation.new_name)
    first, second = reversed(names) if backwards else names
    return indexes.rename_index(editor, model, first, second)


def _options(operation: Operation, editor: Editor, states: States) -> tuple[Action, ...]:
    """The options of a model that the database knows: both directions are the same change."""
    match operation:
        case (
            AlterModelTable(name=name)
            | AlterModelTableComment(name=name)
            | AlterUniqueTogether(name=name)
            | AlterIndexTogether(name=name)
            | AlterOrderWithRespectTo(name=name)
        ):
            old, new = (_managed(state, name) for state in states)
        case _:
            return ()
    if old is None or new is None or isinstance(new.table, Unknown):
        return ()
    editor = editor.on(new.key)
    match operation:
        case AlterModelTable():
            return alter_table(editor, old, new, *states)
        case AlterModelTableComment() if not editor.is_sqlite:
            return (comment_on_table(editor, new.table, new),)
        case AlterUniqueTogether():
            return _together(editor, new, old.unique_together, new.unique_together, "unique")
        case AlterIndexTogether():
            return _together(editor, new, old.index_together, new.index_together, "index")
        case AlterOrderWithRespectTo():
            return _order(editor, old, new, states)
        case _:
            return ()


def _together(
    editor: Editor,
    model: ModelState,
    old: indexes.Together | Unknown,
    new: indexes.Together | Unknown,
    what: str,
) -> tuple[Action, ...]:
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return ()
    if what == "unique":
        return indexes.alter_unique_together(editor, model, old, new)
    return indexes.alter_index_together(editor, model, old, new)


def _order(editor: Editor, old: ModelState, new: ModelState, states: States) -> tuple[Action, ...]:
    had, has = (each.options.get("order_with_respect_to") for each in (old, new))
    editor = editor.on(new.key, "_order")
    if has is not None and had is None:
        return add_field(editor, new, "_order", ORDER, states[1])
    if had is not None and has is None:
        return remove_field(editor, old, "_order", ORDER, states[0])
    return ()
