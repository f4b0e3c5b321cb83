"""From a model field to its column: name, type, and all that the schema editor asks of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import (
    UNKNOWN,
    Construct,
    Field,
    ModelKey,
    Unknown,
    Value,
)
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.features import is_mysql
from flake8_django_migrations.plan.types import (
    ColumnType,
    change,
    is_positive,
    parse_type,
    type_name,
)

__all__ = [
    "ORDER",
    "Column",
    "ColumnType",
    "Target",
    "change",
    "column_name",
    "column_of",
    "column_type",
    "has_column",
    "internal_type",
    "target_of",
]

_INTERNAL: Final = {
    "CommaSeparatedIntegerField": "CharField",
    "EmailField": "CharField",
    "URLField": "CharField",
    "ImageField": "FileField",
    "NullBooleanField": "BooleanField",
    "OrderWrt": "IntegerField",
    "CICharField": "CITextField",
    "CIEmailField": "CITextField",
    "FloatRangeField": "DecimalRangeField",
}
"""``get_internal_type()`` of the classes that do not answer with their own name."""

_LENGTHS: Final = {
    "SlugField": 50,
    "EmailField": 254,
    "URLField": 200,
    "FileField": 100,
    "ImageField": 100,
    "FilePathField": 100,
}

_VARCHARS: Final = frozenset({"CharField", "SlugField", "FileField", "FilePathField"})

_RELATED: Final = {
    "AutoField": "IntegerField",
    "BigAutoField": "BigIntegerField",
    "SmallAutoField": "SmallIntegerField",
}
"""The type of a foreign key to such a column: PostgreSQL keeps no sign, nobody the sequence."""

_UNSIGNED: Final = {
    "PositiveBigIntegerField": "BigIntegerField",
    "PositiveIntegerField": "IntegerField",
    "PositiveSmallIntegerField": "SmallIntegerField",
}

_WITHOUT_COLUMN: Final = frozenset(
    {"ManyToManyField", "GenericForeignKey", "GenericRelation", "CompositePrimaryKey"}
    | {"ForeignObject"}
)

_DEPTH: Final = 8
"""How many foreign keys are followed to the column whose type they share."""


def internal_type(field: Field) -> str:
    """Django's ``get_internal_type()``, by which it compares classes of fields."""
    return _INTERNAL.get(field.class_name, field.class_name)


def has_column(field: Field) -> bool | Unknown:
    """Whether the field is a column of its table; UNKNOWN for a class that is not Django's."""
    if field.is_django:
        return field.class_name not in _WITHOUT_COLUMN
    return False if field.is_many_to_many is True else UNKNOWN


def column_name(field_name: str, field: Field) -> str | Unknown:
    """The column's name; UNKNOWN where there is none, or the class may choose it."""
    match field.keywords.get("db_column"):
        case str(name) if name:
            return name
        case None | "":
            if has_column(field) is not True:
                return UNKNOWN
            return f"{field_name}_id" if field.is_foreign_key is True else field_name
        case _:
            return UNKNOWN


def column_type(
    field: Field, state: ProjectState, model: ModelState, database: Database
) -> ColumnType | None | Unknown:
    """The column's type; None without a column, UNKNOWN where class or argument is not known."""
    return _type(field, state, model, database, _DEPTH)


def _type(
    field: Field, state: ProjectState, model: ModelState, database: Database, depth: int
) -> ColumnType | None | Unknown:
    if has_column(field) is not True:
        return None if has_column(field) is False else UNKNOWN
    if depth == 0:
        return UNKNOWN
    if field.column_type is not None:
        return _own_type(field.column_type)
    if field.is_foreign_key is True:
        target = target_of(field, state, model)
        if target.model is None or target.field is None:
            return UNKNOWN
        pointed = _related(target.field, database)
        return _type(pointed, state, target.model, database, depth - 1)
    match field.class_name:
        case "GeneratedField":
            output = _nested(field.get("output_field"))
            return _type(output, state, model, database, depth - 1) if output else UNKNOWN
        case "ArrayField":
            base = _nested(field.get("base_field"))
            element = _type(base, state, model, database, depth - 1) if base else UNKNOWN
            return _array(element, field.get("size"))
        case _:
            return _plain(field, database)


def _own_type(text: str | Unknown) -> ColumnType | Unknown:
    """The type that a class of the project names in SQL."""
    found = parse_type(text.lower()) if isinstance(text, str) else None
    return found or UNKNOWN


def _array(element: ColumnType | None | Unknown, size: Value) -> ColumnType | Unknown:
    match element, size:
        case ColumnType() as known, None | int():
            return ColumnType("array", element=known, size=size)
        case _:
            return UNKNOWN


def _nested(value: Value) -> Field | None:
    """A field written inside another, as ``base_field`` and ``output_field`` are."""
    match value:
        case Construct(path=path, keywords=keywords) if path.startswith("django."):
            return Field(path, dict(keywords))
        case _:
            return None


def _plain(field: Field, database: Database) -> ColumnType | Unknown:
    internal = internal_type(field)
    if internal in _VARCHARS:
        return _varchar(field, database)
    if internal == "DecimalField":
        return _numeric(field)
    if field.path.startswith("django.contrib.gis."):
        return _spatial(field, database)
    name = type_name(internal, database)
    if name is None:
        return UNKNOWN
    return ColumnType(name, is_positive=is_positive(internal))


def _varchar(field: Field, database: Database) -> ColumnType | Unknown:
    match field.get("max_length", _LENGTHS.get(field.class_name)):
        case int(length):
            return ColumnType("varchar", length)
        case None if database.vendor in {"postgresql", "sqlite"}:
            return ColumnType("varchar")
        case _:
            return UNKNOWN


def _numeric(field: Field) -> ColumnType | Unknown:
    match field.get("max_digits"), field.get("decimal_places"):
        case int(precision), int(scale):
            return ColumnType("numeric", precision=precision, scale=scale)
        case _:
            return UNKNOWN


def _spatial(field: Field, database: Database) -> ColumnType | Unknown:
    if database.vendor != "postgresql":
        return UNKNOWN
    if field.class_name == "RasterField":
        return ColumnType("raster")
    base = "geography" if field.flag("geography") is True else "geometry"
    shape = field.class_name.removesuffix("Field").upper()
    match field.get("srid", 4326):
        case int(srid):
            return ColumnType(f"{base}({shape},{srid})")
        case _:
            return UNKNOWN


def _related(field: Field, database: Database) -> Field:
    """The field whose type a foreign key to this one has (``rel_db_type``)."""
    internal = internal_type(field)
    plain = _RELATED.get(internal)
    if plain is None and not is_mysql(database):
        plain = _UNSIGNED.get(internal)
    return field if plain is None else Field(f"django.db.models.{plain}")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a relation leads; ``table`` and ``column`` are empty where that is not known."""

    key: ModelKey | None = None
    model: ModelState | None = None
    table: str = ""
    field_name: str = ""
    field: Field | None = None
    column: str = ""


_CONTRIB_TABLES: Final = {
    ModelKey("contenttypes", "contenttype"): "django_content_type",
    ModelKey("sites", "site"): "django_site",
    ModelKey("sessions", "session"): "django_session",
    ModelKey("flatpages", "flatpage"): "django_flatpage",
    ModelKey("redirects", "redirect"): "django_redirect",
    ModelKey("admin", "logentry"): "django_admin_log",
}


def target_of(field: Field, state: ProjectState, model: ModelState) -> Target:
    """Where a foreign key or many-to-many field leads.

    A model of an app whose migrations are not at hand has the table Django gives by default.
    """
    key = state.resolve(field.get("to"), model.name)
    if isinstance(key, Unknown):
        return Target()
    found = model if key == model.key else state.find(key)
    if not isinstance(found, ModelState):
        table = _CONTRIB_TABLES.get(key, f"{key.app_label}_{key.model_name}")
        return Target(key, table=table if key.app_label != state.app_label else "")
    # A proxy has the table of another model.
    has_table = isinstance(found.table, str) and found.options.get("proxy") is not True
    target = Target(key, found, table=str(found.table) if has_table else "")
    return target if found.is_doubtful else _pointed(target, field.get("to_field"), found)


def _pointed(target: Target, to_field: Value, model: ModelState) -> Target:
    match to_field:
        case str(name):
            pointed = model.find(name)
        case None if not isinstance(model.primary_key, Unknown):
            name, pointed = model.primary_key
        case _:
            return target
    if not isinstance(pointed, Field):
        return target
    column = column_name(name, pointed)
    return replace(
        target,
        field_name=name,
        field=pointed,
        column=column if isinstance(column, str) else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field with its column, as the schema editor sees both.

    A flag is True only where it surely is; where it may be, the schema editor is given the
    benefit of the doubt and asks the database for nothing.
    """

    name: str
    column: str
    field: Field
    type: ColumnType | Unknown
    target: Target = Target()

    @property
    def type_sql(self) -> str:
        """The type's text, empty where it is not known."""
        return self.type.sql if isinstance(self.type, ColumnType) else ""

    @property
    def internal(self) -> str:
        """Django's ``get_internal_type()``."""
        return internal_type(self.field)

    @property
    def is_relation(self) -> bool:
        """Whether it is a foreign key or one-to-one column."""
        return self.field.is_foreign_key is True

    @property
    def is_constrained(self) -> bool:
        """Whether the database checks that the row pointed at exists."""
        return self.is_relation and self.field.get("db_constraint", True) is True

    @property
    def is_primary_key(self) -> bool:
        """Whether it is the primary key."""
        return self.field.flag("primary_key") is True

    @property
    def is_unique(self) -> bool:
        """Whether a unique index of its own stands behind it, as Django's ``field.unique``."""
        return self.is_primary_key or self.has_unique

    @property
    def has_unique(self) -> bool:
        """Whether it has a unique constraint that is not the primary key."""
        return self.field.class_name == "OneToOneField" or self.field.flag("unique") is True

    @property
    def is_indexed(self) -> bool:
        """Django's ``field.db_index``: a unique field may have it and get no second index."""
        by_default = self.is_relation or self.field.class_name == "SlugField"
        return self.field.get("db_index", by_default) is True

    @property
    def is_identity(self) -> bool:
        """Whether the database numbers it."""
        return self.internal in _RELATED

    @property
    def is_unsigned(self) -> bool:
        """Whether the class of the field wants no negative number, and a CHECK that says so."""
        return self.internal in _UNSIGNED

    @property
    def collation(self) -> Value:
        """``db_collation``, None for the database's own."""
        return self.field.get("db_collation")

    @property
    def comment(self) -> Value:
        """``db_comment``, None without."""
        comment = self.field.get("db_comment")
        return None if comment == "" else comment


ORDER: Final = Field("django.db.models.OrderWrt", {"default": 0})
"""The hidden field of ``order_with_respect_to``, as Django adds it to rows that are there."""


def column_of(
    name: str, field: Field | Unknown, state: ProjectState, model: ModelState, database: Database
) -> Column | None:
    """The field with its column; None where there is none or its name is not certain."""
    if isinstance(field, Unknown) or has_column(field) is not True:
        return None
    column = column_name(name, field)
    typed = column_type(field, state, model, database)
    if isinstance(column, Unknown) or typed is None:
        return None
    target = target_of(field, state, model) if field.is_foreign_key is True else Target()
    return Column(name=name, column=column, field=field, type=typed, target=target)
