"""Django's schema operations, one function each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddField,
    AddIndex,
    AlterConstraint,
    AlterField,
    AlterIndexTogether,
    AlterModelManagers,
    AlterModelOptions,
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
    Index,
    Operation,
    Pairs,
    RemoveCollation,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
    Unknown,
    ValidateConstraint,
    Value,
)
from flake8_django_migrations.reader.arguments import Arguments, UnreadArgumentError, pairs
from flake8_django_migrations.reader.fields import read_constraint, read_field, read_index
from flake8_django_migrations.reader.scope import Table
from flake8_django_migrations.reader.values import plain

_Entry = TypeVar("_Entry", Index, Constraint)


def _add_field(given: Arguments) -> AddField:
    return AddField(
        model_name=given.text("model_name"),
        name=given.text("name"),
        field=given.field(),
        preserve_default=given.value("preserve_default") is not False,
        place=given.place,
    )


def _alter_field(given: Arguments) -> AlterField:
    return AlterField(
        model_name=given.text("model_name"),
        name=given.text("name"),
        field=given.field(),
        preserve_default=given.value("preserve_default") is not False,
        place=given.place,
    )


def _remove_field(given: Arguments) -> RemoveField:
    return RemoveField(
        model_name=given.text("model_name"), name=given.text("name"), place=given.place
    )


def _rename_field(given: Arguments) -> RenameField:
    return RenameField(
        model_name=given.text("model_name"),
        old_name=given.text("old_name"),
        new_name=given.text("new_name"),
        place=given.place,
    )


def _add_index(given: Arguments) -> AddIndex:
    return AddIndex(
        model_name=given.text("model_name"),
        index=given.index(),
        concurrently=given.name == "AddIndexConcurrently",
        place=given.place,
    )


def _remove_index(given: Arguments) -> RemoveIndex:
    return RemoveIndex(
        model_name=given.text("model_name"),
        name=given.text("name"),
        concurrently=given.name == "RemoveIndexConcurrently",
        place=given.place,
    )


def _rename_index(given: Arguments) -> RenameIndex:
    old_name = given.text_or_none("old_name")
    old_fields = given.value("old_fields")
    if isinstance(old_name, Unknown) or not (old_fields is None or isinstance(old_fields, tuple)):
        raise UnreadArgumentError("old_name")
    if old_fields is not None and not all(isinstance(each, str) for each in old_fields):
        raise UnreadArgumentError("old_fields")
    return RenameIndex(
        model_name=given.text("model_name"),
        new_name=given.text("new_name"),
        old_name=old_name,
        old_fields=None if old_fields is None else tuple(str(each) for each in old_fields),
        place=given.place,
    )


def _add_constraint(given: Arguments) -> AddConstraint:
    return AddConstraint(
        model_name=given.text("model_name"),
        constraint=given.constraint(),
        not_valid=given.name == "AddConstraintNotValid",
        place=given.place,
    )


def _remove_constraint(given: Arguments) -> RemoveConstraint:
    return RemoveConstraint(
        model_name=given.text("model_name"), name=given.text("name"), place=given.place
    )


def _alter_constraint(given: Arguments) -> AlterConstraint:
    return AlterConstraint(
        model_name=given.text("model_name"),
        name=given.text("name"),
        constraint=given.constraint(),
        place=given.place,
    )


def _validate_constraint(given: Arguments) -> ValidateConstraint:
    return ValidateConstraint(
        model_name=given.text("model_name"), name=given.text("name"), place=given.place
    )


def _create_model(given: Arguments) -> CreateModel:
    fields, is_complete = _model_fields(given)
    options, indexes, constraints, are_read = _model_options(given)
    bases = given.value("bases")
    managers = given.value("managers")
    return CreateModel(
        name=given.text("name"),
        fields=fields,
        options=options,
        bases=() if bases is None else (bases if isinstance(bases, tuple) else UNKNOWN),
        managers=() if managers is None else managers,
        indexes=indexes,
        constraints=constraints,
        is_complete=is_complete and are_read,
        place=given.place,
    )


def _model_fields(given: Arguments) -> tuple[tuple[tuple[str, Field], ...], bool]:
    """The fields that could be read, and whether these are all."""
    machine = given.reading.machine
    entries = given.read("fields")
    if not isinstance(entries, (list, tuple)):
        given.reading.note("CreateModel fields", "they are computed at run time", given.place)
        return (), False
    found: list[tuple[str, Field]] = []
    for entry in entries:
        if isinstance(entry, (list, tuple)) and len(entry) == 2:
            name, field = plain(machine, entry[0]), read_field(machine, entry[1])
            if isinstance(name, str) and isinstance(field, Field):
                found.append((name, field))
    if len(found) < len(entries):
        missing = "its name or class is computed at run time"
        given.reading.note("a field of CreateModel", missing, given.place)
    return tuple(found), len(found) == len(entries)


ModelOptions = tuple[dict[str, Value], tuple[Index, ...], tuple[Constraint, ...], bool]


def _model_options(given: Arguments) -> ModelOptions:
    """Meta's options, the indexes and constraints among them, and whether these are all."""
    machine = given.reading.machine
    table = given.read("options")
    if table is None:
        return {}, (), (), True
    kept = table.items if isinstance(table, Table) else [(UNKNOWN, UNKNOWN)]
    raw = {key: value for key, value in kept if isinstance(key, str)}
    is_complete = len(raw) == len(kept)
    indexes = _entries(given, raw.pop("indexes", ()), read_index)
    constraints = _entries(given, raw.pop("constraints", ()), read_constraint)
    options = {key: plain(machine, value) for key, value in raw.items()}
    if not is_complete:
        given.reading.note("CreateModel options", "they are computed at run time", given.place)
        options.setdefault("db_table", UNKNOWN)
        options.setdefault("managed", UNKNOWN)
    is_complete = is_complete and indexes is not None and constraints is not None
    return options, tuple(indexes or ()), tuple(constraints or ()), is_complete


def _entries(
    given: Arguments, value: object, read: Callable[..., _Entry | None]
) -> list[_Entry] | None:
    """The indexes or constraints of a model; None where one could not be read."""
    entries = given.reading.machine.carried_out(value)
    if not isinstance(entries, (list, tuple)):
        return None
    found = [read(given.reading.machine, entry) for entry in entries]
    kept = [each for each in found if each is not None]
    return kept if len(kept) == len(found) else None


def _delete_model(given: Arguments) -> DeleteModel:
    return DeleteModel(name=given.text("name"), place=given.place)


def _rename_model(given: Arguments) -> RenameModel:
    return RenameModel(
        old_name=given.text("old_name"), new_name=given.text("new_name"), place=given.place
    )


def _alter_model_table(given: Arguments) -> AlterModelTable:
    return AlterModelTable(
        name=given.text("name"), table=given.text_or_none("table"), place=given.place
    )


def _alter_model_table_comment(given: Arguments) -> AlterModelTableComment:
    return AlterModelTableComment(
        name=given.text("name"), table_comment=given.value("table_comment"), place=given.place
    )


def _alter_unique_together(given: Arguments) -> AlterUniqueTogether:
    return AlterUniqueTogether(
        name=given.text("name"),
        unique_together=_together(given.value("unique_together")),
        place=given.place,
    )


def _alter_index_together(given: Arguments) -> AlterIndexTogether:
    return AlterIndexTogether(
        name=given.text("name"),
        index_together=_together(given.value("index_together")),
        place=given.place,
    )


def _together(value: Value) -> tuple[tuple[str, ...], ...] | Unknown:
    """As Django normalises it: nothing, one tuple of names, or many."""
    if value is None or value == Pairs(()):
        return ()
    if not isinstance(value, tuple):
        return UNKNOWN
    groups = (value,) if value and isinstance(value[0], str) else value
    found = [tuple(str(n) for n in each) for each in groups if isinstance(each, tuple)]
    names = [name for each in groups if isinstance(each, tuple) for name in each]
    is_known = len(found) == len(groups) and all(isinstance(name, str) for name in names)
    return tuple(found) if is_known else UNKNOWN


def _alter_order(given: Arguments) -> AlterOrderWithRespectTo:
    return AlterOrderWithRespectTo(
        name=given.text("name"),
        order_with_respect_to=given.text_or_none("order_with_respect_to"),
        place=given.place,
    )


def _alter_model_options(given: Arguments) -> AlterModelOptions:
    return AlterModelOptions(
        name=given.text("name"), options=pairs(given.value("options")), place=given.place
    )


def _alter_model_managers(given: Arguments) -> AlterModelManagers:
    return AlterModelManagers(
        name=given.text("name"), managers=given.value("managers"), place=given.place
    )


def _create_extension(given: Arguments) -> CreateExtension:
    return CreateExtension(name=given.text("name"), place=given.place)


def _create_collation(given: Arguments) -> CreateCollation:
    return CreateCollation(name=given.text("name"), place=given.place)


def _remove_collation(given: Arguments) -> RemoveCollation:
    return RemoveCollation(name=given.text("name"), place=given.place)


BUILDERS: Final[dict[str, Callable[[Arguments], Operation]]] = {
    "AddConstraint": _add_constraint,
    "AddConstraintNotValid": _add_constraint,
    "AddField": _add_field,
    "AddIndex": _add_index,
    "AddIndexConcurrently": _add_index,
    "AlterConstraint": _alter_constraint,
    "AlterField": _alter_field,
    "AlterIndexTogether": _alter_index_together,
    "AlterModelManagers": _alter_model_managers,
    "AlterModelOptions": _alter_model_options,
    "AlterModelTable": _alter_model_table,
    "AlterModelTableComment": _alter_model_table_comment,
    "AlterOrderWithRespectTo": _alter_order,
    "AlterUniqueTogether": _alter_unique_together,
    "CreateCollation": _create_collation,
    "CreateExtension": _create_extension,
    "CreateModel": _create_model,
    "DeleteModel": _delete_model,
    "RemoveCollation": _remove_collation,
    "RemoveConstraint": _remove_constraint,
    "RemoveField": _remove_field,
    "RemoveIndex": _remove_index,
    "RemoveIndexConcurrently": _remove_index,
    "RenameField": _rename_field,
    "RenameIndex": _rename_index,
    "RenameModel": _rename_model,
    "ValidateConstraint": _validate_constraint,
}
"""What reads each operation, by the class's name."""
