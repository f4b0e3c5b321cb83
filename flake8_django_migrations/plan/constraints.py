"""Constraints added and removed, and what the conditions of checks say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import UNKNOWN, Constraint, Construct, Unknown, Value
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.editor import Editor
from flake8_django_migrations.plan.features import (
    has_checks,
    has_expression_indexes,
    has_nulls_distinct,
    has_partial_indexes,
    index_extras,
)
from flake8_django_migrations.plan.indexes import (
    are_columns,
    columns_of,
    index_for_key,
    named_alone,
    table_of,
)

_DEPTH: Final = 20
_MAKES_INDEX: Final = ("condition", "include", "opclasses", "expressions")


def is_inline(constraint: Constraint) -> bool:
    """Whether CREATE TABLE can carry the constraint; the others are unique indexes."""
    if constraint.class_name != "UniqueConstraint":
        return True
    return not _is_index(constraint) and constraint.keywords.get("nulls_distinct") is None


def _is_index(constraint: Constraint) -> bool:
    """Whether Django writes the unique constraint as CREATE UNIQUE INDEX."""
    given = any(constraint.keywords.get(key) not in {None, ()} for key in _MAKES_INDEX)
    return given or constraint.fields == ()


def _is_supported(editor: Editor, constraint: Constraint) -> bool:
    """Whether the server has such constraints; Django sends nothing to one that has not."""
    database = editor.database
    if constraint.fields == () and not has_expression_indexes(database):
        return False
    lacking = set[str]()
    if not editor.is_postgresql:
        lacking |= {"include", "deferrable"}
    if not has_nulls_distinct(database):
        lacking.add("nulls_distinct")
    if not has_partial_indexes(database):
        lacking.add("condition")
    return not any(constraint.keywords.get(key) not in {None, ()} for key in lacking)


def add_constraint(
    editor: Editor, model: ModelState, constraint: Constraint, *, not_valid: bool = False
) -> tuple[Action, ...]:
    """The statement a constraint of Django's becomes; nothing for a class of someone else's."""
    table = table_of(model)
    name = constraint.name if isinstance(constraint.name, str) else ""
    if not table or not constraint.path.startswith("django."):
        return ()
    add = f"ADD CONSTRAINT {editor.quote(name)}"
    match constraint.class_name:
        case "UniqueConstraint" if _is_supported(editor, constraint):
            return _add_unique(editor, model, table, constraint, name)
        case "CheckConstraint" if has_checks(editor.database):
            kind = Kind.ADD_CHECK_NOT_VALID if not_valid else Kind.ADD_CHECK
            clause = f"{add} CHECK (...){' NOT VALID' if not_valid else ''}"
            columns = columns_of(model, check_fields(constraint))
            return (editor.alter(kind, table, clause, columns=columns, name=name),)
        case "ExclusionConstraint" if editor.is_postgresql:
            clause = f"{add} EXCLUDE USING GIST (...)"
            return (editor.alter(Kind.ADD_EXCLUSION, table, clause, name=name),)
        case _:
            return ()


def inline_parts(editor: Editor, model: ModelState) -> Iterator[str]:
    """The constraints of Django's that CREATE TABLE carries, each as a part of it.

    A check is written for a server too that only reads over it.
    """
    for each in model.constraints:
        name = each.name if is_inline(each) and each.path.startswith("django.") else UNKNOWN
        if isinstance(name, Unknown):
            continue
        if each.class_name == "CheckConstraint":
            yield f"CONSTRAINT {editor.quote(name)} CHECK (...)"
            continue
        for action in add_constraint(editor, model, each):
            words = action.sql.partition(" ADD ")[2]
            columns = editor.quoted(action.columns)
            yield words or f"CONSTRAINT {editor.quote(action.name)} UNIQUE ({columns})"


def _add_unique(
    editor: Editor, model: ModelState, table: str, constraint: Constraint, name: str
) -> tuple[Action, ...]:
    fields = () if isinstance(constraint.fields, Unknown) else constraint.fields
    columns = columns_of(model, fields or named_alone(constraint.keywords.get("expressions")))
    if not _is_index(constraint):
        action = editor.add_unique(table, columns, name)
        return (replace(action, is_plain=_has_only_columns(constraint)),)
    listed = editor.quoted(columns) or "..."
    where = " WHERE (...)" if constraint.keywords.get("condition") is not None else ""
    sql = f"CREATE UNIQUE INDEX {editor.quote(name)} ON {editor.quote(table)} ({listed}){where}"
    action = editor.action(Kind.CREATE_INDEX, table, sql, columns=columns, name=name)
    extras = set(index_extras(editor.database))
    if are_columns(constraint.keywords.get("expressions")):
        extras.discard("expressions")
    is_plain = bool(columns) and all(constraint.keywords.get(key) in {None, ()} for key in extras)
    return (replace(action, is_unique=True, is_plain=is_plain),)


def _has_only_columns(constraint: Constraint) -> bool:
    given = ("deferrable", "nulls_distinct")
    return not _is_index(constraint) and all(constraint.keywords.get(key) is None for key in given)


def remove_constraint(
    editor: Editor, model: ModelState, constraint: Constraint
) -> tuple[Action, ...]:
    """DROP CONSTRAINT, or DROP INDEX for a unique constraint that is an index."""
    table = table_of(model)
    name = constraint.name if isinstance(constraint.name, str) else ""
    if not table or not constraint.path.startswith("django."):
        return ()
    match constraint.class_name:
        case "UniqueConstraint" if _is_supported(editor, constraint):
            fields = () if isinstance(constraint.fields, Unknown) else constraint.fields
            columns = columns_of(model, fields)
            drop = editor.drop_index if _is_index(constraint) else editor.drop_unique
            dropped = drop(table, columns, name)
            is_plain = _has_only_columns(constraint)
            dropped = replace(dropped, is_unique=True, is_plain=is_plain)
            return (*index_for_key(editor, model, fields, name), dropped)
        case "CheckConstraint" if has_checks(editor.database):
            columns = columns_of(model, check_fields(constraint))
            return (editor.drop_check(table, columns, name),)
        case "ExclusionConstraint" if editor.is_postgresql:
            return (editor.drop_constraint(table, (), name),)
        case _:
            return ()


def condition_of(constraint: Constraint) -> Value:
    """The condition of a check: ``condition=`` since Django 5.1, ``check=`` before."""
    return constraint.keywords.get("condition", constraint.keywords.get("check"))


def check_fields(constraint: Constraint) -> tuple[str, ...]:
    """The fields a check names, in the order it names them."""
    return tuple(dict.fromkeys(named(condition_of(constraint))))


def named(value: Value, depth: int = _DEPTH) -> Iterator[str]:
    """What an expression or a condition names, as it spells it: the fields are the first parts."""
    match value:
        case Construct(arguments=(str(name), *_)) if value.class_name in {"F", "OrderBy"}:
            yield name
        case Construct() if depth and value.class_name == "Q":
            for lookup, right in lookups(value):
                yield lookup.split("__")[0]
                yield from named(right, depth - 1)
            for argument in value.arguments:
                if isinstance(argument, Construct):
                    yield from named(argument, depth - 1)
        case Construct() if depth:
            for inner in (*value.arguments, *(each for _, each in value.keywords)):
                yield from named(inner, depth - 1)
        case tuple() if depth:
            for inner in value:
                yield from named(inner, depth - 1)
        case _:
            return


def lookups(condition: Construct) -> Iterator[tuple[str, Value]]:
    """The lookups of a ``Q``, as keywords or as the pairs that makemigrations writes."""
    for argument in condition.arguments:
        match argument:
            case (str(lookup), right):
                yield lookup, right
            case _:
                continue
    for lookup, right in condition.keywords:
        if not lookup.startswith("_"):
            yield lookup, right


def proves_not_null(model: ModelState, name: str) -> bool:
    """Whether a check that all rows obey says that the field is not NULL."""
    return any(
        constraint.class_name == "CheckConstraint"
        and constraint.is_validated
        and _says(condition_of(constraint), name)
        for constraint in model.constraints
    )


def _says(condition: Value, name: str, depth: int = _DEPTH) -> bool:
    if not isinstance(condition, Construct) or condition.class_name != "Q" or depth == 0:
        return False
    pairs = tuple(lookups(condition))
    nested = tuple(each for each in condition.arguments if isinstance(each, Construct))
    if condition.get("_negated") is True:
        return pairs == ((f"{name}__isnull", True),) and not nested
    if condition.get("_connector") == "OR" and len(pairs) + len(nested) > 1:
        return False
    return (f"{name}__isnull", False) in pairs or any(
        _says(each, name, depth - 1) for each in nested
    )
