"""Which extensions of PostgreSQL a migration needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    Constraint,
    Construct,
    CreateModel,
    Field,
    Index,
    Place,
    Reference,
    Value,
)
from flake8_django_migrations.plan.columns import internal_type, target_of
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.creations import is_created

if TYPE_CHECKING:
    from flake8_django_migrations.plan.databases import Database
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_FIELDS: Final = {
    "HStoreField": "hstore",
    "CICharField": "citext",
    "CIEmailField": "citext",
    "CITextField": "citext",
}
"""The fields of django.contrib.postgres whose type an extension brings."""

_OPERATOR_CLASSES: Final = {
    "gin_trgm_ops": "pg_trgm",
    "gist_trgm_ops": "pg_trgm",
    "gin__int_ops": "intarray",
    "gist__int_ops": "intarray",
    "gist__intbig_ops": "intarray",
    "gin_hstore_ops": "hstore",
    "gist_hstore_ops": "hstore",
}

_SCALARS: Final = frozenset(
    "AutoField BigAutoField SmallAutoField IntegerField BigIntegerField SmallIntegerField "
    "PositiveIntegerField PositiveBigIntegerField PositiveSmallIntegerField CharField SlugField "
    "EmailField URLField TextField DateField DateTimeField TimeField DecimalField FloatField "
    "UUIDField DurationField".split()
)
"""Fields whose types have no operator class for GiST but that of btree_gist."""

_EQUALS: Final = frozenset(
    {"=", Reference("django.contrib.postgres.fields.RangeOperators.EQUAL")}
    | {Reference("django.contrib.postgres.fields.ranges.RangeOperators.EQUAL")}
)

_RANDOM_UUID: Final = (13,)
"""The PostgreSQL version that has gen_random_uuid() without pgcrypto."""


class Need(NamedTuple):
    """An extension, what needs it, and where."""

    extension: str
    what: str
    place: Place


def missing(subject: Subject) -> Iterator[Need]:
    """What the migration needs and nothing before it creates; nothing where that is in doubt."""
    told: set[str] = set()
    for step in questions.on_database(subject):
        for extension, what in _needs(step, subject.database):
            if extension not in told and is_created(subject, step, extension) is False:
                told.add(extension)
                yield Need(extension, what, step.operation.place)


def _needs(step: Step, database: Database) -> Iterator[tuple[str, str]]:
    """Extension and what needs it, of a model whose table Django surely makes."""
    match step.operation:
        case CreateModel(name=model) | AddField(model_name=model) | AlterField(model_name=model):
            pass
        case AddIndex(model_name=model) | AddConstraint(model_name=model):
            pass
        case _:
            return
    state = step.after.model(model)
    if isinstance(state, ModelState) and state.is_managed is True:
        yield from _asked(step, database)


def _asked(step: Step, database: Database) -> Iterator[tuple[str, str]]:
    match step.operation:
        case CreateModel(name=model, fields=fields, indexes=indexes, constraints=constraints):
            for name, field in fields:
                yield from _of_field(field, f"{model.lower()}.{name}", database)
            for index in indexes:
                yield from _of_index(index)
            for constraint in constraints:
                yield from _of_constraint(constraint, step, model)
        case AddField(model_name=model, name=name, field=Field() as field):
            yield from _of_field(field, f"{model.lower()}.{name}", database)
        case AlterField(model_name=model, name=name, field=Field() as field):
            old = questions.field_of(step, model, name)
            had = {each for each, _what in _of_field(old, "", database)} if old else set()
            for extension, what in _of_field(field, f"{model.lower()}.{name}", database):
                if extension not in had:
                    yield extension, what
        case AddIndex(index=index):
            yield from _of_index(index)
        case AddConstraint(constraint=constraint, model_name=model):
            yield from _of_constraint(constraint, step, model)
        case _:
            return


def _of_field(field: Field, what: str, database: Database) -> Iterator[tuple[str, str]]:
    for path in (field.path, *_paths(field.get("base_field"))):
        class_name = path.rpartition(".")[2]
        if path.startswith("django.contrib.postgres.") and class_name in _FIELDS:
            yield _FIELDS[class_name], what
    if database.version < _RANDOM_UUID and any(
        path.startswith("django.contrib.postgres.") and path.endswith(".RandomUUID")
        for path in _paths(field.get("db_default"))
    ):
        yield "pgcrypto", what


def _of_index(index: Index) -> Iterator[tuple[str, str]]:
    name = index.name if isinstance(index.name, str) else "the index"
    if index.path == "django.contrib.postgres.indexes.BloomIndex":
        yield "bloom", name
    given = (index.keywords.get("opclasses"), index.keywords.get("expressions"))
    texts = {each for each in _within(given) if isinstance(each, str)}
    for extension in sorted({_OPERATOR_CLASSES[text] for text in texts & {*_OPERATOR_CLASSES}}):
        yield extension, name


def _of_constraint(
    constraint: Constraint, step: Step, model_name: str
) -> Iterator[tuple[str, str]]:
    """An exclusion that compares a scalar: by GiST, which it is unless it says otherwise."""
    keywords = constraint.keywords
    name = constraint.name if isinstance(constraint.name, str) else "the constraint"
    index_type, entries = keywords.get("index_type", "GIST"), keywords.get("expressions")
    is_gist = isinstance(index_type, str) and index_type.upper() == "GIST"
    if constraint.class_name != "ExclusionConstraint" or not is_gist or "opclasses" in keywords:
        return
    for entry in entries if isinstance(entries, tuple) else ():
        match entry:
            case (expression, operator) if operator in _EQUALS:
                if _is_scalar(_named(expression), step, model_name):
                    yield "btree_gist", name
                    return
            case _:
                continue


def _named(expression: Value) -> str:
    """The field that an expression is; empty for any other."""
    match expression:
        case str(name) | Construct(path="django.db.models.F", arguments=(str(name),)):
            return str(name)
        case _:
            return ""


def _is_scalar(name: str, step: Step, model_name: str) -> bool:
    """Whether the field has one of the types that GiST alone cannot compare; in doubt: False."""
    model = step.after.model(model_name)
    field = model.find(name) if isinstance(model, ModelState) else None
    if not isinstance(field, Field) or not isinstance(model, ModelState):
        return False
    if field.is_foreign_key is True:
        field = target_of(field, step.after, model).field
    return field is not None and field.is_django and internal_type(field) in _SCALARS


def _paths(value: Value) -> Iterator[str]:
    """The class paths in a value, nested ones included."""
    return (each.path for each in _within(value) if isinstance(each, Construct))


def _within(value: Value) -> Iterator[Value]:
    """The value and all that it holds."""
    yield value
    inner: tuple[Value, ...] = value if isinstance(value, tuple) else ()
    if isinstance(value, Construct):
        inner = (*value.arguments, *(given for _name, given in value.keywords))
    for each in inner:
        yield from _within(each)
