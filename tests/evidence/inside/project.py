"""The migrations of one example, as Django loads them, and one of them as Django applies it."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython, SeparateDatabaseAndState

if TYPE_CHECKING:
    from django.db.migrations.state import ProjectState

Key = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Job:
    """One example on one database, and how its story goes."""

    folder: Path
    story: str
    rows: str
    apps: list[str]
    marked: list[Key]
    """Empty for an example that shows how it is done well."""
    shipped: list[Key] | None
    setting: list[Key] = field(default_factory=list)
    """What the bad example begins with as well: it is not what is shown here."""
    left_out: list[int] = field(default_factory=list)
    """Marked operations that are not asked about this time, by their place in the list."""

    asked: list[str] = field(default_factory=list)
    """The claims that are asked about; all where it is empty."""

    def asks(self, *claims: str) -> bool:
        """Whether one of the claims is asked about."""
        return not self.asked or any(each in self.asked for each in claims)

    def on_disk(self) -> list[Key]:
        """Every migration on disk."""
        paths = self.folder.glob("*/migrations/*.py")
        return [(each.parts[-3], each.stem) for each in paths if each.stem != "__init__"]

    def path(self, key: Key) -> Path:
        """The file of a migration."""
        return self.folder / key[0] / "migrations" / f"{key[1]}.py"


def empty() -> None:
    """Make the database a fresh one."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_'")
            for (schema,) in cursor.fetchall():
                cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
            cursor.execute("CREATE SCHEMA public")
            return
        for view in connection.introspection.get_table_list(cursor):
            if view.type == "v":
                cursor.execute(f"DROP VIEW {connection.ops.quote_name(view.name)}")
        if connection.vendor == "mysql":
            cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
        for table in connection.introspection.table_names():
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")


def executor() -> MigrationExecutor:
    """Django's own, or the exception with which `migrate` would have stopped."""
    for name in [each for each in sys.modules if ".migrations" in each and _is_local(each)]:
        del sys.modules[name]
    importlib.invalidate_caches()
    made = MigrationExecutor(connection)
    made.loader.check_consistent_history(connection)
    if conflicts := made.loader.detect_conflicts():
        raise CommandError(f"Conflicting migrations detected: {conflicts}")
    return made


def _is_local(name: str) -> bool:
    return not name.startswith("django.")


def plan(made: MigrationExecutor) -> list[Any]:
    """What is not applied yet, in Django's order."""
    return [each for each, _ in made.migration_plan(made.loader.graph.leaf_nodes())]


def key(migration: Any) -> Key:
    """Its app and name."""
    return migration.app_label, migration.name


def start(made: MigrationExecutor) -> ProjectState:
    """The state of what is applied."""
    return made._create_project_state(with_applied_migrations=True)


def apply(made: MigrationExecutor, migration: Any, state: ProjectState) -> ProjectState:
    """Django's way forwards; what it puts off to the end of the migration is done at its end."""
    with connection.schema_editor(atomic=migration.atomic) as editor:
        state = migration.apply(state, editor)
        is_done = not editor.deferred_sql
        if is_done:
            made.record_migration(migration)
        _do_what_is_put_off(editor)
    if not is_done:
        made.record_migration(migration)
    return state


def python(operations: Iterable[Any]) -> list[Any]:
    """The RunPython among them, and inside of them."""
    found = []
    for each in operations:
        if isinstance(each, RunPython):
            found.append(each)
        elif isinstance(each, SeparateDatabaseAndState):
            found.extend(python(each.database_operations))
    return found


def unapply(made: MigrationExecutor, migration: Any, state: ProjectState) -> None:
    """Django's way back to that state."""
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.unapply(state.clone(), editor)
        _do_what_is_put_off(editor)
    made.recorder.record_unapplied(migration.app_label, migration.name)


def _do_what_is_put_off(editor: Any) -> None:
    waiting, editor.deferred_sql = editor.deferred_sql, []
    for statement in waiting:
        editor.execute(statement, None)


def migrate(made: MigrationExecutor | None = None, until: Iterable[Key] | None = None) -> Any:
    """Apply all, or the named ones and what they need; the state that comes out."""
    made = made or executor()
    wanted = made.loader.graph.leaf_nodes() if until is None else list(until)
    return made.migrate(wanted)


def without(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Delete the files; what :func:`put_back` needs to bring them back."""
    kept = [(path, path.read_text(encoding="utf-8")) for path in paths if path.exists()]
    for path, _ in kept:
        path.unlink()
    return kept


def put_back(kept: Iterable[tuple[Path, str]]) -> None:
    """The deleted files are there again."""
    for path, text in kept:
        path.write_text(text, encoding="utf-8")


def without_replaces(path: Path) -> None:
    """Take ``replaces`` out of a migration's file."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Assign(targets=[ast.Name(id="replaces")], end_lineno=int(end)):
                lines[node.lineno - 1 : end] = ["\n"] * (end - node.lineno + 1)
    path.write_text("".join(lines), encoding="utf-8")
