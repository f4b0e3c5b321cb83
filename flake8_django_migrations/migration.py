"""The plain data that the reader makes of a migration and every later stage reads."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple, NoReturn, TypeAlias


class Unknown(enum.Enum):
    """The value that cannot be known from the source; asking whether it is true is a mistake."""

    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        raise TypeError("UNKNOWN is neither true nor false: compare with `is`")

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


class Place(NamedTuple):
    """Where something is written: first line and last line from 1, column from 0."""

    line: int
    column: int
    end_line: int


NOWHERE: Final = Place(1, 0, 1)


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that is only pointed at: ``django.utils.timezone.now``, ``.local_function``.

    A path that begins with a dot is defined in the migration's own module.
    """

    path: str


@dataclass(frozen=True, slots=True)
class Construct:
    """A call that builds a value, kept as written: ``Q(total__gte=0)``, ``Decimal("0.00")``."""

    path: str
    arguments: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()

    def get(self, name: str) -> Value:
        """The keyword's value; None where it is not given."""
        return dict(self.keywords).get(name)

    @property
    def class_name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A dict as written: its items in order."""

    items: tuple[tuple[Value, Value], ...]


Value: TypeAlias = (
    "None | bool | int | float | complex | str | bytes | tuple[Value, ...] "
    "| Pairs | Reference | Construct | Unknown"
)
"""What an argument can be. Lists, tuples and sets are all tuples, in the order written."""


class ModelKey(NamedTuple):
    """A model's identity as Django compares it: the name is lower case.

    The model that a setting names is one of its own, for only the project knows what else it is
    called: ``("settings", "AUTH_USER_MODEL")``, or ``("swapper", "SHOP.ORDER")`` for that which
    may take the place of another.
    """

    app_label: str
    model_name: str

    @property
    def is_setting(self) -> bool:
        """Whether a setting decides which model it is."""
        return self.model_name.isupper()


USERS: Final = ModelKey("settings", "AUTH_USER_MODEL")
"""The project's users, whichever model they are."""


# What a model is made of ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Custom:
    """The class of a field as its migration writes it, where it is not Django's own."""

    path: str
    keywords: Mapping[str, Value] = field(default_factory=dict)
    """Those of the class itself among them; what is positional stands under ``*``."""


@dataclass(frozen=True)
class Field:
    """A model field as the database sees it; two are equal when their definitions are.

    ``path`` is the class's canonical import path (``django.db.models.CharField``); positional
    arguments have been given their names. Where the migration writes a class of the project that
    is certain to have the column of one of Django's, that one is named, with the keywords it is
    given, and ``custom`` is what is written. Any other class that is not Django's may hide any
    keyword: in doubt, what it does not say is UNKNOWN. Without slots, so that what is asked most
    is worked out once.
    """

    path: str
    keywords: Mapping[str, Value] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)
    custom: Custom | None = None
    column_type: str | None | Unknown = None
    """The type that the written class itself gives the column, None where Django's decides."""

    @cached_property
    def class_name(self) -> str:
        """The last part of the class path."""
        return self.path.rpartition(".")[2]

    @cached_property
    def is_django(self) -> bool:
        """Whether the class is Django's own or stands for one, so that its behaviour is known."""
        return self.path.startswith("django.")

    @property
    def written(self) -> Custom:
        """Class and keywords as the migration writes them."""
        return self.custom or Custom(self.path, self.keywords)

    def with_keywords(self, changed: Mapping[str, Value]) -> Field:
        """The field with other values for keywords that it has, here and as they are written."""
        custom = self.custom and replace(
            self.custom, keywords=_changed(self.custom.keywords, changed)
        )
        return replace(self, keywords=_changed(self.keywords, changed), custom=custom)

    def get(self, name: str, default: Value = None) -> Value:
        """The keyword's value, ``default`` where Django's class is known not to have it set."""
        if name in self.keywords:
            return self.keywords[name]
        return default if self.is_django else UNKNOWN

    def flag(self, name: str) -> bool | Unknown:
        """The keyword as Django's truth value; in doubt: UNKNOWN."""
        match self.get(name, False):
            case bool(value):
                return value
            case None | 0 | "":
                return False
            case int() | str():
                return True
            case _:
                return UNKNOWN

    @property
    def null(self) -> bool | Unknown:
        """Whether the column accepts NULL."""
        if self.path == "django.db.models.NullBooleanField":
            return True
        return self.flag("null")

    @property
    def has_default(self) -> bool | Unknown:
        """Whether Python supplies a value that is not None (``default=``)."""
        if "default" in self.keywords:
            return self.keywords["default"] is not None
        return False if self.is_django else UNKNOWN

    @property
    def has_db_default(self) -> bool | Unknown:
        """Whether the database itself supplies a value (``db_default=``, Django 5.0)."""
        if "db_default" in self.keywords:
            return True
        return False if self.is_django else UNKNOWN

    @cached_property
    def is_many_to_many(self) -> bool | Unknown:
        """Whether the field is a table of its own rather than a column."""
        if self.is_django:
            return self.class_name == "ManyToManyField"
        return True if self.class_name.endswith(("ManyToManyField", "TaggableManager")) else UNKNOWN

    @cached_property
    def is_foreign_key(self) -> bool | Unknown:
        """Whether the field is a foreign key or one-to-one column."""
        if self.is_django:
            return self.class_name in {"ForeignKey", "OneToOneField"}
        return UNKNOWN

    @property
    def is_generated(self) -> bool:
        """Whether the database computes the column."""
        return self.path == "django.db.models.GeneratedField"


def _changed(keywords: Mapping[str, Value], changed: Mapping[str, Value]) -> dict[str, Value]:
    return {name: changed.get(name, value) for name, value in keywords.items()}


@dataclass(frozen=True, slots=True)
class Index:
    """An entry of ``Meta.indexes``; ``fields`` is empty for an index on expressions."""

    path: str
    name: str | Unknown
    fields: tuple[str, ...] | Unknown
    keywords: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Constraint:
    """An entry of ``Meta.constraints``: check, unique or exclusion, by its class path."""

    path: str
    name: str | Unknown
    keywords: Mapping[str, Value] = field(default_factory=dict)
    is_validated: bool = field(default=True, compare=False)
    """Whether rows that were there before obey it too; Django's own state does not say."""

    @property
    def class_name(self) -> str:
        """The last part of the class path."""
        return self.path.rpartition(".")[2]

    @property
    def fields(self) -> tuple[str, ...] | Unknown:
        """The fields of a unique constraint; empty for one on expressions or a check."""
        match self.keywords.get("fields", ()):
            case tuple(names) if all(isinstance(name, str) for name in names):
                return tuple(str(name) for name in names)
            case _:
                return UNKNOWN


# Operations: Django's, one class each ----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateModel:
    """``migrations.CreateModel``; fields in the order written."""

    name: str
    fields: tuple[tuple[str, Field], ...]
    options: Mapping[str, Value] = field(default_factory=dict)
    bases: tuple[Value, ...] | Unknown = ()
    managers: Value = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    is_complete: bool = True
    """Whether every field was read; if not, the model is doubtful in the state."""
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteModel:
    """``migrations.DeleteModel``."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameModel:
    """``migrations.RenameModel``."""

    old_name: str
    new_name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterModelTable:
    """``migrations.AlterModelTable``; ``table`` None means Django's default name."""

    name: str
    table: str | None | Unknown
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterModelTableComment:
    """``migrations.AlterModelTableComment``."""

    name: str
    table_comment: Value
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterUniqueTogether:
    """``migrations.AlterUniqueTogether``; each entry is a tuple of field names."""

    name: str
    unique_together: tuple[tuple[str, ...], ...] | Unknown
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterIndexTogether:
    """``migrations.AlterIndexTogether``; each entry is a tuple of field names."""

    name: str
    index_together: tuple[tuple[str, ...], ...] | Unknown
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterOrderWithRespectTo:
    """``migrations.AlterOrderWithRespectTo``."""

    name: str
    order_with_respect_to: str | None | Unknown
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterModelOptions:
    """``migrations.AlterModelOptions``; None where the options cannot be read."""

    name: str
    options: Mapping[str, Value] | Unknown
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterModelManagers:
    """``migrations.AlterModelManagers``."""

    name: str
    managers: Value
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AddField:
    """``migrations.AddField``; ``field`` is UNKNOWN where its class cannot be told."""

    model_name: str
    name: str
    field: Field | Unknown
    preserve_default: bool = True
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveField:
    """``migrations.RemoveField``."""

    model_name: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterField:
    """``migrations.AlterField``; ``field`` is UNKNOWN where its class cannot be told."""

    model_name: str
    name: str
    field: Field | Unknown
    preserve_default: bool = True
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameField:
    """``migrations.RenameField``."""

    model_name: str
    old_name: str
    new_name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AddIndex:
    """``migrations.AddIndex``, and ``AddIndexConcurrently`` of django.contrib.postgres."""

    model_name: str
    index: Index
    concurrently: bool = False
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveIndex:
    """``migrations.RemoveIndex``, and ``RemoveIndexConcurrently`` of django.contrib.postgres."""

    model_name: str
    name: str
    concurrently: bool = False
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameIndex:
    """``migrations.RenameIndex`` by ``old_name`` or by ``old_fields``."""

    model_name: str
    new_name: str
    old_name: str | None
    old_fields: tuple[str, ...] | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConstraint:
    """``migrations.AddConstraint``, and ``AddConstraintNotValid`` of django.contrib.postgres."""

    model_name: str
    constraint: Constraint
    not_valid: bool = False
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveConstraint:
    """``migrations.RemoveConstraint``."""

    model_name: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterConstraint:
    """``migrations.AlterConstraint`` (Django 5.2): the state only, never the database."""

    model_name: str
    name: str
    constraint: Constraint
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateConstraint:
    """``ValidateConstraint`` of django.contrib.postgres."""

    model_name: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateExtension:
    """``CreateExtension`` of django.contrib.postgres and its subclasses."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCollation:
    """``CreateCollation`` of django.contrib.postgres."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCollation:
    """``RemoveCollation`` of django.contrib.postgres."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSQL:
    """``migrations.RunSQL``; an empty tuple is ``RunSQL.noop``."""

    sql: tuple[SqlText, ...] | Unknown
    reverse_sql: tuple[SqlText, ...] | None | Unknown = None
    state_operations: tuple[Operation, ...] = ()
    elidable: bool | Unknown = False
    says_elidable: bool = field(default=False, compare=False)
    """Whether ``elidable`` is written there, whatever its value."""
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPython:
    """``migrations.RunPython``; ``reverse_code`` None makes it irreversible."""

    code: Code | Unknown
    reverse_code: Code | None | Unknown = None
    atomic: bool | None | Unknown = None
    elidable: bool | Unknown = False
    says_elidable: bool = field(default=False, compare=False)
    """Whether ``elidable`` is written there, whatever its value."""
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparateDatabaseAndState:
    """``migrations.SeparateDatabaseAndState``, to any depth."""

    database_operations: tuple[Operation, ...] = ()
    state_operations: tuple[Operation, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueOperation:
    """An operation whose effect cannot be known: a class that is not Django's, an unread name.

    ``path`` is the class's import path, UNKNOWN where not even that can be told. ``models`` are
    the models of this app it names; ``None`` means it may touch any.
    """

    path: str | Unknown
    models: tuple[str, ...] | None = None
    is_reversible: bool | Unknown = UNKNOWN
    place: Place


Operation: TypeAlias = (
    CreateModel
    | DeleteModel
    | RenameModel
    | AlterModelTable
    | AlterModelTableComment
    | AlterUniqueTogether
    | AlterIndexTogether
    | AlterOrderWithRespectTo
    | AlterModelOptions
    | AlterModelManagers
    | AddField
    | RemoveField
    | AlterField
    | RenameField
    | AddIndex
    | RemoveIndex
    | RenameIndex
    | AddConstraint
    | RemoveConstraint
    | AlterConstraint
    | ValidateConstraint
    | CreateExtension
    | CreateCollation
    | RemoveCollation
    | RunSQL
    | RunPython
    | SeparateDatabaseAndState
    | OpaqueOperation
)


# What RunSQL and RunPython carry ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SqlText:
    """One string sent to the database in one call; it may hold several statements.

    ``text`` is UNKNOWN where the string is built at run time. ``place`` starts on the line of
    the text's first character; ``pieces`` are the literals it is put together from, each with
    the offset it begins at. ``count`` is how many parameters it is given, None where it is not
    known.
    """

    text: str | Unknown
    place: Place
    has_parameters: bool = False
    pieces: tuple[tuple[int, Place], ...] = field(default=(), compare=False)
    count: int | None = field(default=None, compare=False)
    fault: str = field(default="", compare=False)
    """Why Django refuses the entry before it sends anything."""
    quoted: str = field(default="", compare=False)
    """The value, as written, that run time puts between quotes of the text."""
    is_swallowed: bool = field(default=False, compare=False)
    """Whether a function sends it, catches what the database says to it, and goes on."""


class Verb(enum.Enum):
    """What a line of a data migration does to rows, in the words of the ORM."""

    SAVE = "save"
    CREATE = "create"
    GET_OR_CREATE = "get_or_create"
    UPDATE_OR_CREATE = "update_or_create"
    BULK_CREATE = "bulk_create"
    BULK_UPDATE = "bulk_update"
    UPDATE = "update"
    DELETE = "delete"
    LINK = "add"
    """Related rows are tied to one: ``add``, ``set``."""
    UNLINK = "remove"
    """Related rows are let go: ``remove``, ``clear``."""


class Route(NamedTuple):
    """A model that is reached from a known one: the names of relations and reverse relations.

    Only a state can tell where it ends, or that it is no relation but a plain value.
    """

    start: ModelKey
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GetModel:
    """A call of ``apps.get_model`` with a model that is known."""

    model: ModelKey
    written: str
    """The model's name as written, with its case."""
    place: Place
    is_tried: bool = False
    """Whether the function catches what its absence would raise."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop over the rows of a historical model."""

    model: ModelKey | Unknown
    is_bounded: bool
    """Whether memory is bounded: ``iterator()``, a slice, ``in_bulk``, values of keys in hand."""
    is_filtered: bool
    """Whether a filter narrows the rows; a filter may still match every row."""
    place: Place
    route: Route | None = None
    """How the model is reached, where it is not known by itself."""
    is_cursor: bool = False
    """Whether the database holds the rows meanwhile, as ``iterator()`` has it."""


@dataclass(frozen=True, slots=True)
class Write:
    """A line that writes rows of a historical model.

    ``fields`` are the fields it names, empty where none are named. ``is_bounded`` says that the
    rows are limited to keys in hand (``pk__in=…``, one instance, a slice). ``is_guarded`` says
    that an earlier look keeps it from repeating itself. In doubt, both are True.
    """

    verb: Verb
    model: ModelKey | Unknown
    fields: tuple[str, ...] = ()
    in_loop: bool = False
    is_filtered: bool = False
    is_bounded: bool = False
    is_guarded: bool = False
    is_relative: bool = False
    """Whether the new value is computed from the old one, as ``F("stock") + 1``."""
    place: Place = NOWHERE
    route: Route | None = None
    """How the model is reached, where it is not known by itself."""
    given: tuple[str, ...] = ()
    """The fields that new rows, or a saved one, are given values for, as far as can be told."""
    is_partial: bool = False
    """Whether ``save()`` is told which fields to write."""
    is_swallowed: bool = False
    """Whether the function catches what the database says to it, and goes on."""


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field of a historical model named by a query or a write, as the body spells it."""

    model: ModelKey
    name: str
    place: Place
    is_tried: bool = False
    """Whether the function catches what its absence would raise."""


class Holder(enum.Enum):
    """What an attribute is asked of."""

    CLASS = "class"
    MANAGER = "manager"
    ROW = "row"
    RELATION = "relation"
    """What a row is related to: another row, or many of them; a state can tell."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name asked of a historical model, of its manager or queryset, or of a row of it."""

    model: ModelKey | Unknown
    name: str
    holder: Holder
    place: Place
    is_called: bool = False
    is_tried: bool = False
    """Whether the function catches what its absence would raise."""
    route: Route | None = None
    """How the model is reached, where it is not known by itself."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """A ``get()`` that fails where there is no such row, and nothing makes up for that."""

    model: ModelKey
    place: Place


@dataclass(frozen=True, slots=True)
class Stall:
    """A ``while`` that goes on as long as there are rows of a kind, and leaves them as they are.

    ``fields`` are those that the rows are chosen by.
    """

    model: ModelKey
    fields: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Effect:
    """A call that reaches outside the database, or runs a management command.

    ``path`` is the function's import path; ``argument`` the text it is given first, if any.
    """

    path: str
    place: Place
    argument: str = ""


@dataclass(frozen=True, slots=True)
class ModelImport:
    """A current model class that the body uses instead of the historical one."""

    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class Body:
    """What a data migration's function does, its local and first-party calls included."""

    gets: tuple[GetModel, ...] = ()
    loops: tuple[Loop, ...] = ()
    writes: tuple[Write, ...] = ()
    uses: tuple[FieldUse, ...] = ()
    imports: tuple[ModelImport, ...] = ()
    sql: tuple[SqlText, ...] = ()
    reads: frozenset[tuple[ModelKey | Unknown, str]] = frozenset()
    """Attributes of rows that it looks at, fields or not; ``*`` stands for any of them."""
    attributes: tuple[Attribute, ...] = ()
    """What it asks of models and rows; a name that it has given them itself is not among them."""
    fetches: tuple[Fetch, ...] = ()
    stalls: tuple[Stall, ...] = ()
    effects: tuple[Effect, ...] = ()
    is_complete: bool = True
    """Whether everything it calls with the models in hand was read."""


@dataclass(frozen=True, slots=True)
class Code:
    """The callable of a RunPython; ``body`` is UNKNOWN where its source is not at hand."""

    name: str
    is_noop: bool
    body: Body | Unknown
    place: Place
    is_local: bool = field(default=False, compare=False)
    """Whether it is a lambda or defined inside a function: no import can name it."""
    misfit: str = field(default="", compare=False)
    """Why it surely cannot be called with apps and schema editor; empty where it can, or may."""


# The migration --------------------------------------------------------------------------


class MigrationKey(NamedTuple):
    """A node of Django's graph: ``("shop", "0001_initial")``."""

    app_label: str
    name: str


@dataclass(frozen=True, slots=True)
class Dependency:
    """An entry of ``dependencies`` or ``run_before``.

    ``name`` may be ``__first__`` or ``__latest__``. A swappable dependency has the setting's
    name (``AUTH_USER_MODEL``) in ``setting`` and an app label only where it is known.
    """

    app_label: str | Unknown
    name: str
    setting: str | None = None
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> MigrationKey | None:
        """The node it names, None for a swappable dependency."""
        if self.setting is not None or not isinstance(self.app_label, str):
            return None
        return MigrationKey(self.app_label, self.name)


class Import(NamedTuple):
    """A name that the module imports wherever it runs: ``django.utils.timezone.utc``."""

    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of a migration that could not be read: what it is, why, where."""

    what: str
    why: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One migration module.

    ``operations`` holds what was read; ``unreadable`` what was not, so that nothing is lost
    silently. ``is_complete`` is False where operations are missing from the list.
    """

    key: MigrationKey
    path: str
    dependencies: tuple[Dependency, ...] = ()
    run_before: tuple[Dependency, ...] = ()
    replaces: tuple[MigrationKey, ...] = ()
    atomic: bool | Unknown = True
    initial: bool | Unknown = False
    operations: tuple[Operation, ...] = ()
    is_complete: bool = True
    unreadable: tuple[Unreadable, ...] = ()
    base: str | Unknown = "django.db.migrations.Migration"
    imports: tuple[Import, ...] = field(default=(), compare=False)
    """What the module cannot be loaded without: not what it tries to import, or may."""
    place: Place = NOWHERE
    """The ``class Migration`` line."""

    @property
    def app_label(self) -> str:
        """The app the migration belongs to."""
        return self.key.app_label

    @property
    def name(self) -> str:
        """The module's name, as ``django_migrations`` records it."""
        return self.key.name


def walk(operations: tuple[Operation, ...]) -> Iterator[Operation]:
    """Every operation in the order of execution, nested ones included."""
    for operation in operations:
        yield operation
        match operation:
            case SeparateDatabaseAndState():
                yield from walk(operation.database_operations)
                yield from walk(operation.state_operations)
            case RunSQL():
                yield from walk(operation.state_operations)
            case _:
                pass
