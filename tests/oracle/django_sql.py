"""Django's side of the plan oracle: operations made plain."""

from __future__ import annotations

import enum
import inspect
from typing import Any

from django.contrib.postgres import operations as postgres
from django.db import models
from django.db.migrations import operations as ops
from django.db.models import Field as DjangoField

from flake8_django_migrations import migration as plain
from flake8_django_migrations.migration import Place

PLACE = Place(1, 0, 1)


def value(given: Any) -> plain.Value:
    """A Python value as the reader would have read it."""
    if isinstance(given, DjangoField):
        _, path, _, keywords = given.deconstruct()
        return plain.Construct(
            path, (), tuple((name, value(each)) for name, each in keywords.items())
        )
    if given is None or isinstance(given, bool | int | float | str | bytes):
        return given
    if isinstance(given, list | tuple | set):
        return tuple(value(each) for each in given)
    if isinstance(given, enum.Enum):
        return plain.Reference(f"{type(given).__module__}.{given}")
    if hasattr(given, "deconstruct"):
        path, arguments, keywords = given.deconstruct()
        pairs = tuple((name, value(each)) for name, each in keywords.items())
        return plain.Construct(path, tuple(value(each) for each in arguments), pairs)
    if inspect.isroutine(given) or inspect.isclass(given):
        return plain.Reference(f"{given.__module__}.{given.__qualname__}")
    named = [name for name in dir(models) if getattr(models, name) is given]
    return plain.Reference(f"django.db.models.{named[0]}") if named else plain.UNKNOWN


def field(given: DjangoField) -> plain.Field:
    """A field as the reader would have read it from makemigrations' text."""
    _, path, names, keywords = given.deconstruct()
    told = {name: value(each) for name, each in keywords.items()}
    return plain.Field(path, {**told, "field_names": tuple(names)} if names else told)


def index(given: Any) -> plain.Index:
    """An index likewise."""
    path, expressions, keywords = given.deconstruct()
    fields = keywords.pop("fields", ())
    name = keywords.pop("name")
    rest = {key: value(each) for key, each in keywords.items()}
    if expressions:
        rest["expressions"] = value(expressions)
    return plain.Index(path, name, tuple(fields), rest)


def constraint(given: Any) -> plain.Constraint:
    """A constraint likewise."""
    path, expressions, keywords = given.deconstruct()
    name = keywords.pop("name")
    rest = {key: value(each) for key, each in keywords.items()}
    if expressions:
        rest["expressions"] = value(expressions)
    return plain.Constraint(path, name, rest)


def together(given: Any) -> tuple[tuple[str, ...], ...]:
    """unique_together in a fixed order."""
    return tuple(sorted(tuple(each) for each in given or ()))


def operation(given: Any) -> plain.Operation:
    """One of Django's operations as the reader would have read it."""
    match given:
        case ops.CreateModel():
            options = {
                key: value(each)
                for key, each in given.options.items()
                if key not in {"indexes", "constraints"}
            }
            return plain.CreateModel(
                name=given.name,
                fields=tuple((name, field(each)) for name, each in given.fields),
                options=options,
                indexes=tuple(map(index, given.options.get("indexes", ()))),
                constraints=tuple(map(constraint, given.options.get("constraints", ()))),
                place=PLACE,
            )
        case ops.DeleteModel():
            return plain.DeleteModel(name=given.name, place=PLACE)
        case ops.RenameModel():
            return plain.RenameModel(old_name=given.old_name, new_name=given.new_name, place=PLACE)
        case ops.AlterModelTable():
            return plain.AlterModelTable(name=given.name, table=given.table, place=PLACE)
        case ops.AlterModelTableComment():
            return plain.AlterModelTableComment(
                name=given.name, table_comment=given.table_comment, place=PLACE
            )
        case ops.AlterUniqueTogether():
            return plain.AlterUniqueTogether(
                name=given.name, unique_together=together(given.unique_together), place=PLACE
            )
        case ops.AlterIndexTogether():
            return plain.AlterIndexTogether(
                name=given.name, index_together=together(given.index_together), place=PLACE
            )
        case ops.AlterOrderWithRespectTo():
            return plain.AlterOrderWithRespectTo(
                name=given.name, order_with_respect_to=given.order_with_respect_to, place=PLACE
            )
        case ops.AlterModelOptions():
            options = {key: value(each) for key, each in given.options.items()}
            return plain.AlterModelOptions(name=given.name, options=options, place=PLACE)
        case ops.AddField() | ops.AlterField():
            kind = plain.AddField if isinstance(given, ops.AddField) else plain.AlterField
            return kind(
                model_name=given.model_name,
                name=given.name,
                field=field(given.field),
                preserve_default=given.preserve_default,
                place=PLACE,
            )
        case ops.RemoveField():
            return plain.RemoveField(model_name=given.model_name, name=given.name, place=PLACE)
        case ops.RenameField():
            return plain.RenameField(
                model_name=given.model_name,
                old_name=given.old_name,
                new_name=given.new_name,
                place=PLACE,
            )
        case _:
            return _rest(given)


def _rest(given: Any) -> plain.Operation:
    match given:
        case ops.AddIndex():
            return plain.AddIndex(
                model_name=given.model_name,
                index=index(given.index),
                concurrently=isinstance(given, postgres.AddIndexConcurrently),
                place=PLACE,
            )
        case ops.RemoveIndex():
            return plain.RemoveIndex(
                model_name=given.model_name,
                name=given.name,
                concurrently=isinstance(given, postgres.RemoveIndexConcurrently),
                place=PLACE,
            )
        case ops.RenameIndex():
            fields = given.old_fields
            return plain.RenameIndex(
                model_name=given.model_name,
                new_name=given.new_name,
                old_name=given.old_name,
                old_fields=tuple(fields) if fields else None,
                place=PLACE,
            )
        case ops.AddConstraint():
            return plain.AddConstraint(
                model_name=given.model_name,
                constraint=constraint(given.constraint),
                not_valid=isinstance(given, postgres.AddConstraintNotValid),
                place=PLACE,
            )
        case ops.RemoveConstraint():
            return plain.RemoveConstraint(model_name=given.model_name, name=given.name, place=PLACE)
        case postgres.ValidateConstraint():
            return plain.ValidateConstraint(
                model_name=given.model_name, name=given.name, place=PLACE
            )
        case postgres.CreateExtension():
            return plain.CreateExtension(name=given.name, place=PLACE)
        case postgres.CreateCollation():
            return plain.CreateCollation(name=given.name, place=PLACE)
        case postgres.RemoveCollation():
            return plain.RemoveCollation(name=given.name, place=PLACE)
        case ops.SeparateDatabaseAndState():
            return plain.SeparateDatabaseAndState(
                database_operations=tuple(map(operation, given.database_operations)),
                state_operations=tuple(map(operation, given.state_operations)),
                place=PLACE,
            )
        case _ if type(given).__name__ == "AlterConstraint":
            return plain.AlterConstraint(
                model_name=given.model_name,
                name=given.name,
                constraint=constraint(given.constraint),
                place=PLACE,
            )
        case _:
            raise AssertionError(f"no twin for {given}")
