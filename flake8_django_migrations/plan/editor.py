"""What the actions of one operation have in common, and how their statements are spelled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from flake8_django_migrations.migration import NOWHERE, ModelKey, Place, Reference, Value
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import Column
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.features import LIMITED_TYPES, has_checks, is_mysql
from flake8_django_migrations.plan.names import foreign_key_name, made_up

Version = tuple[int, int]

_ON_DELETE: Final = {
    "DB_CASCADE": " ON DELETE CASCADE",
    "DB_SET_DEFAULT": " ON DELETE SET DEFAULT",
    "DB_SET_NULL": " ON DELETE SET NULL",
}


@dataclass(frozen=True, slots=True)
class Editor:
    """The static twin of Django's schema editor: it writes down what that would send.

    ``model`` and ``field`` are what the actions are about, in Django's names.
    """

    database: Database
    django: Version
    place: Place = NOWHERE
    model: ModelKey | None = None
    field: str = ""

    @property
    def is_postgresql(self) -> bool:
        """Whether the server is PostgreSQL."""
        return self.database.vendor == "postgresql"

    @property
    def is_mysql(self) -> bool:
        """Whether the server is MySQL or MariaDB."""
        return is_mysql(self.database)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of SQLite."""
        return self.database.vendor == "sqlite"

    def on(self, model: ModelKey, field: str = "") -> Editor:
        """The same editor, about another model or field."""
        return Editor(self.database, self.django, self.place, model, field)

    def quote(self, name: str) -> str:
        """An identifier as the server quotes it."""
        mark = "`" if self.is_mysql else '"'
        return f"{mark}{name}{mark}"

    def quoted(self, names: tuple[str, ...]) -> str:
        """Identifiers as a list of columns has them."""
        return ", ".join(self.quote(name) for name in names)

    def made_up(self, table: str, columns: tuple[str, ...], suffix: str = "") -> str:
        """The name that Django gives an index or constraint on columns."""
        return made_up(self.database, table, columns, suffix)

    def inline_unique(self, table: str, column: Column) -> str:
        """The name that the server gives the unique constraint of a column it defines."""
        return column.column if self.is_mysql else f"{table}_{column.column}_key"

    def own_index(self, table: str, column: Column) -> str:
        """The name of a column's index: MySQL gives that of a foreign key the key's name."""
        if self.is_mysql and column.is_constrained:
            return foreign_key_name(self.database, table, column)
        return self.made_up(table, (column.column,))

    def action(
        self,
        kind: Kind,
        table: str,
        sql: str,
        *,
        columns: tuple[str, ...] = (),
        name: str = "",
        references: str = "",
    ) -> Action:
        """An action whose whole statement is given."""
        return Action(
            kind=kind,
            table=table,
            columns=columns,
            name=name,
            references=references,
            model=self.model,
            field=self.field,
            sql=sql,
            place=self.place,
        )

    def alter(
        self,
        kind: Kind,
        table: str,
        clause: str,
        *,
        columns: tuple[str, ...] = (),
        name: str = "",
        references: str = "",
    ) -> Action:
        """An action that is a clause of ALTER TABLE."""
        sql = f"ALTER TABLE {self.quote(table)} {clause}"
        return self.action(kind, table, sql, columns=columns, name=name, references=references)

    # What many operations ask for --------------------------------------------------------

    def create_index(self, table: str, columns: tuple[str, ...], name: str = "") -> Action:
        """A plain index on columns."""
        name = name or self.made_up(table, columns)
        sql = f"CREATE INDEX {self.quote(name)} ON {self.quote(table)} ({self.quoted(columns)})"
        return self.action(Kind.CREATE_INDEX, table, sql, columns=columns, name=name)

    def create_like_index(self, table: str, column: Column) -> Action:
        """The second index that PostgreSQL needs for LIKE on text outside the C locale."""
        name = self.made_up(table, (column.column,), "_like")
        operators = "text" if column.type_sql.startswith("text") else "varchar"
        sql = (
            f"CREATE INDEX {self.quote(name)} ON {self.quote(table)} "
            f"({self.quote(column.column)} {operators}_pattern_ops)"
        )
        action = self.action(Kind.CREATE_INDEX, table, sql, columns=(column.column,), name=name)
        return replace(action, is_plain=False)

    def drop_index(self, table: str, columns: tuple[str, ...], name: str) -> Action:
        """An index dropped."""
        check = "IF EXISTS " if self.is_postgresql else ""
        of = f" ON {self.quote(table)}" if self.is_mysql else ""
        sql = f"DROP INDEX {check}{self.quote(name)}{of}"
        return self.action(Kind.DROP_INDEX, table, sql, columns=columns, name=name)

    def add_unique(self, table: str, columns: tuple[str, ...], name: str = "") -> Action:
        """A unique constraint on columns."""
        name = name or self.made_up(table, columns, "_uniq")
        clause = f"ADD CONSTRAINT {self.quote(name)} UNIQUE ({self.quoted(columns)})"
        action = self.alter(Kind.ADD_UNIQUE, table, clause, columns=columns, name=name)
        if self.is_sqlite:
            on = f"{self.quote(table)} ({self.quoted(columns)})"
            action = replace(action, sql=f"CREATE UNIQUE INDEX {self.quote(name)} ON {on}")
        return replace(action, is_unique=True)

    def drop_unique(self, table: str, columns: tuple[str, ...], name: str) -> Action:
        """A unique constraint dropped; on MySQL and SQLite it is an index and nothing more."""
        action = self.drop_constraint(table, columns, name)
        if self.is_mysql:
            sql = f"ALTER TABLE {self.quote(table)} DROP INDEX {self.quote(name)}"
            action = replace(action, sql=sql)
        elif self.is_sqlite:
            action = replace(action, sql=f"DROP INDEX {self.quote(name)}")
        return replace(action, is_unique=True)

    def drop_check(self, table: str, columns: tuple[str, ...], name: str) -> Action:
        """A check dropped."""
        action = self.drop_constraint(table, columns, name)
        if not self.is_mysql:
            return action
        word = "CHECK" if self.database.vendor == "mysql" else "CONSTRAINT IF EXISTS"
        sql = f"ALTER TABLE {self.quote(table)} DROP {word} {self.quote(name)}"
        return replace(action, sql=sql)

    def drop_constraint(self, table: str, columns: tuple[str, ...], name: str) -> Action:
        """A constraint dropped that is no foreign key."""
        clause = f"DROP CONSTRAINT {self.quote(name)}"
        return self.alter(Kind.DROP_CONSTRAINT, table, clause, columns=columns, name=name)

    def add_foreign_key(self, table: str, column: Column, *, is_again: bool = False) -> Action:
        """The constraint of a foreign key, checked against every row."""
        target = column.target
        name = foreign_key_name(self.database, table, column, is_short=is_again)
        clause = (
            f"ADD CONSTRAINT {self.quote(name)} FOREIGN KEY ({self.quote(column.column)}) "
            f"{self.references(column)}"
        )
        if self.is_postgresql:
            clause += " DEFERRABLE INITIALLY DEFERRED"
        return self.alter(
            Kind.ADD_FOREIGN_KEY,
            table,
            clause,
            columns=(column.column,) if column.column else (),
            name=name,
            references=target.table,
        )

    def references(self, column: Column) -> str:
        """What a foreign key points at, and what the database does once that is deleted."""
        target = column.target
        table, key = self.quote(target.table or "?"), self.quote(target.column or "?")
        on_delete = column.field.get("on_delete")
        path = on_delete.path if isinstance(on_delete, Reference) else ""
        return f"REFERENCES {table} ({key}){_ON_DELETE.get(path.rpartition('.')[2], '')}"

    def drop_foreign_key(self, table: str, column: Column, former: str = "") -> Action:
        """The constraint of a foreign key dropped, on PostgreSQL once it is checked.

        It keeps its name when its table, which was called ``former`` then, gets another.
        """
        name = foreign_key_name(self.database, former or table, column)
        what = "FOREIGN KEY" if self.is_mysql else "CONSTRAINT"
        action = self.alter(
            Kind.DROP_FOREIGN_KEY,
            table,
            f"DROP {what} {self.quote(name)}",
            columns=(column.column,),
            name=name,
            references=column.target.table,
        )
        if not self.is_postgresql:
            return action
        return replace(action, sql=f"{self.set_immediate(name)}; {action.sql}")

    def set_immediate(self, name: str) -> str:
        """The statement that has a constraint checked at once, so that its table can change."""
        return f"SET CONSTRAINTS {self.quote(name)} IMMEDIATE"

    def comment_on_column(self, table: str, column: Column) -> Action:
        """The column's comment, for servers that take it in a statement of its own."""
        sql = (
            f"COMMENT ON COLUMN {self.quote(table)}.{self.quote(column.column)} "
            f"IS {literal(column.comment)}"
        )
        return self.action(Kind.COMMENT_ON_COLUMN, table, sql, columns=(column.column,))

    def needs_like_index(self, column: Column) -> bool:
        """Whether Django gives the column its ``_like`` index when it is indexed or unique.

        A collation may be nondeterministic, which only the server knows: then in doubt, no.
        """
        if not self.is_postgresql or column.collation is not None:
            return False
        text = column.type_sql.startswith(("varchar", "text")) and "[" not in column.type_sql
        return text and (column.is_indexed or column.is_unique)

    def needs_index(self, column: Column) -> bool:
        """Whether Django gives a new column an index of its own.

        MySQL gives one to every foreign key itself, and none to text without a length.
        """
        if self.is_mysql and (column.is_constrained or column.type_sql in LIMITED_TYPES):
            return False
        return column.is_indexed and not column.is_unique

    def check_of(self, column: Column) -> str:
        """The condition of the CHECK that the class of the field brings; empty without one."""
        name = self.quote(column.column)
        match column.internal, self.database.vendor:
            case _ if not has_checks(self.database):
                return ""
            case "JSONField", "sqlite":
                return f"(JSON_VALID({name}) OR {name} IS NULL)"
            case _:
                return f"{name} >= 0" if column.is_unsigned else ""

    def changes_check(self, old: Column, new: Column) -> bool:
        """Whether Django makes the check anew: for its name alone on MySQL, and before 5.0."""
        names_matter = self.django < (5, 0) or self.database.vendor == "mysql"
        renamed = old if names_matter else replace(old, column=new.column)
        return self.check_of(renamed) != self.check_of(new)


def literal(value: Value) -> str:
    """A Python value as it stands in a statement, ``?`` where it is not a plain one."""
    match value:
        case None:
            return "NULL"
        case bool(flag):
            return "true" if flag else "false"
        case int() | float():
            return str(value)
        case str(text):
            line = " ".join(text.split())
            return "'" + line.replace("'", "''") + "'"
        case _:
            return "?"
