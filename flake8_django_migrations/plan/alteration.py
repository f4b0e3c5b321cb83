"""One column before and after a change, and what about it the database is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import Reference, Unknown
from flake8_django_migrations.plan.columns import Column, ColumnType
from flake8_django_migrations.plan.defaults import effective_default, skips_default_on_alter
from flake8_django_migrations.plan.differences import same, should_be_altered
from flake8_django_migrations.plan.editor import Editor
from flake8_django_migrations.plan.relations import Relation

_EMPTY: Final = frozenset({"list", "dict", "set", "builtins.list", "builtins.dict"})
"""The callables whose result is the same every time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """A column before and after, in its table, with the foreign keys that point to it."""

    editor: Editor
    table: str
    old: Column
    new: Column
    model: ModelState | None = None
    incoming: tuple[tuple[Relation, Relation], ...] = ()
    former: str = ""
    """The table's name when the column's foreign key was made, where it was another."""
    neighbours: tuple[str, ...] = ()
    """The tables whose foreign keys PostgreSQL makes again with the column's type."""

    @property
    def parts(self) -> tuple[Editor, str, Column, Column]:
        """Editor, table, and the column before and after."""
        return self.editor, self.table, self.old, self.new

    @property
    def columns(self) -> tuple[str, ...]:
        """The column under its new name."""
        return (self.new.column,)

    @property
    def types(self) -> tuple[ColumnType, ColumnType] | None:
        """Both types, None where one is not known."""
        if isinstance(self.old.type, ColumnType) and isinstance(self.new.type, ColumnType):
            return self.old.type, self.new.type
        return None

    @property
    def changes_type(self) -> bool:
        """Whether the types are known and differ."""
        if self.types is None:
            return False
        # On MySQL the numbering is a part of the type.
        is_other = self.editor.is_mysql and self.old.is_identity != self.new.is_identity
        return is_other or self.old.type_sql != self.new.type_sql

    @property
    def changes_collation(self) -> bool:
        """Whether ``db_collation`` differs."""
        return not same(self.old.collation, self.new.collation)

    @property
    def changes_comment(self) -> bool:
        """Whether ``db_comment`` differs, on a server that has comments."""
        if self.editor.database.vendor == "sqlite":
            return False
        return not same(self.old.comment, self.new.comment)

    @property
    def asks_for_type(self) -> bool:
        """Whether the type is told to the database, be it the same as before."""
        changes_identity = self.old.is_identity != self.new.is_identity
        is_other = self.changes_type or self.changes_collation or self.changes_comment
        return is_other or (changes_identity and not self.old.is_relation)

    @property
    def drops_foreign_key(self) -> bool:
        """Whether the column's own foreign key is dropped, to be made again."""
        if self.editor.is_sqlite:  # it is a part of the table
            return self.old.is_constrained and self.old.target.table != self.new.target.table
        return self.old.is_constrained and should_be_altered(
            self.old, self.new, self.editor.django, frozenset({"db_comment"})
        )

    @property
    def drops_incoming(self) -> bool:
        """Whether the foreign keys that point here are dropped and made again."""
        both = (self.old.is_primary_key and self.new.is_primary_key) or (
            self.old.is_unique and self.new.is_unique
        )
        return both and self._changes_key and not self.editor.is_sqlite

    @property
    def reaches_incoming(self) -> bool:
        """Whether the columns that point here are changed with it."""
        if self.editor.is_sqlite:
            return self.new.is_unique and self._changes_key
        return self.drops_incoming or self.becomes_primary_key

    @property
    def becomes_primary_key(self) -> bool:
        """Whether the column is made the primary key of its table."""
        return not self.old.is_primary_key and self.new.is_primary_key

    @property
    def _changes_key(self) -> bool:
        return self.changes_type or self.changes_collation

    @property
    def sets_not_null(self) -> bool:
        """Whether the column takes no NULL any more."""
        return self.old.field.null is True and self.new.field.null is False

    @property
    def is_four_way(self) -> bool:
        """Whether NULLs are overwritten by a default first."""
        has_default = self.new.field.has_default is True or self.new.field.has_db_default is True
        if self.editor.is_sqlite:
            has_default = has_default or effective_default(self.new.field) is not None
        return self.sets_not_null and has_default

    @property
    def needs_default(self) -> bool:
        """Whether a default is set for the length of the change, and dropped after it."""
        if not self.sets_not_null or self.new.field.has_db_default is True:
            return False
        new = effective_default(self.new.field)
        if new is None or self.editor.is_sqlite:
            return False
        is_skipped = skips_default_on_alter(self.editor, self.new)
        return not is_skipped and not self._has_same_default

    @property
    def _has_same_default(self) -> bool:
        old, new = (effective_default(each.field) for each in (self.old, self.new))
        if not isinstance(old, Unknown) and not isinstance(new, Unknown):
            return type(old) is type(new) and old == new
        default = self.old.field.get("default")
        is_constant = not isinstance(default, Reference) or default.path in _EMPTY
        return is_constant and default is not None and default == self.new.field.get("default")
