"""One migration module's source, read to a Migration."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    Dependency,
    Import,
    Migration,
    MigrationKey,
    Place,
    Reference,
    Unknown,
    Value,
)
from flake8_django_migrations.reader.arguments import Reading
from flake8_django_migrations.reader.classes import base_of, find_attribute
from flake8_django_migrations.reader.imports import Loader, Sources, folders, parse
from flake8_django_migrations.reader.interpreter import Interpreter
from flake8_django_migrations.reader.methods import set_by_init
from flake8_django_migrations.reader.names import canonical
from flake8_django_migrations.reader.operations import read_operations
from flake8_django_migrations.reader.scope import (
    MISSING,
    LocalClass,
    Made,
    Maybe,
    Module,
    place_of,
)
from flake8_django_migrations.reader.statements import execute
from flake8_django_migrations.reader.values import plain

__all__ = ["Sources", "is_migration", "looks_like_migration", "read"]

_CLASS: Final = re.compile(r"^[ \t]*class[ \t]+Migration[ \t]*\(", re.MULTILINE)
_MAX_NESTED: Final = 20


def looks_like_migration(source: str) -> bool:
    """Whether the text could define a migration; a look at the text alone."""
    return "Migration" in source and _CLASS.search(source) is not None


def is_migration(source: str) -> bool:
    """Whether the text defines a Django migration, wherever it lies."""
    if not looks_like_migration(source):
        return False
    tree = parse(source)
    return tree is not None and _migration_class(tree) is not None


def _statements(body: Sequence[ast.stmt], depth: int = 0) -> Iterator[ast.stmt]:
    """The statements of a module, those under ``if`` and ``try`` included."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.If, ast.Try, ast.With)) and depth < _MAX_NESTED:
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(statement, name, ()), depth + 1)


def _migration_class(tree: ast.Module) -> ast.ClassDef | None:
    """The class that Django would take for the migration."""
    statements = list(_statements(tree.body))
    classes = {each.name: each for each in statements if isinstance(each, ast.ClassDef)}
    found = classes.get("Migration")
    if found is None or not _derives(found, classes, _imported(statements), 0):
        return None
    return found


def _imported(statements: Sequence[ast.stmt]) -> dict[str, str]:
    """The names that imports bind, each with its path; a star binds Django's own names."""
    names: dict[str, str] = {}
    for each in statements:
        if isinstance(each, ast.Import):
            names.update((a.asname or a.name.partition(".")[0], a.name) for a in each.names)
        elif isinstance(each, ast.ImportFrom):
            module = each.module or "."
            names.update((a.asname or a.name, f"{module}.{a.name}") for a in each.names)
            if any(alias.name == "*" for alias in each.names):
                stars = ("Migration", "migrations")
                names.update((name, f"{module}.{name}") for name in stars)
    return names


def _derives(
    kind: ast.ClassDef, classes: dict[str, ast.ClassDef], imported: dict[str, str], depth: int
) -> bool:
    """Whether a base is imported and called a migration; South's are not Django's."""
    for base in kind.bases:
        root = _root(base)
        path = imported.get(root, "")
        last = base.attr if isinstance(base, ast.Attribute) else path.rpartition(".")[2]
        own = classes.get(root) if isinstance(base, ast.Name) else None
        if own is not None and own is not kind:
            if depth < _MAX_NESTED and _derives(own, classes, imported, depth + 1):
                return True
        elif last.endswith("Migration") and path:
            return not path.startswith("south.")
    return False


def _root(node: ast.expr) -> str:
    """The first name of a dotted one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def read(
    source: str,
    path: str,
    key: MigrationKey,
    sources: Sources | None = None,
    vendor: str = "postgresql",
) -> Migration | None:
    """The migration that a file's text defines; None where it defines none or is no Python.

    ``vendor`` decides the conditions on ``connection.vendor``.
    """
    tree = parse(source) if looks_like_migration(source) else None
    node = _migration_class(tree) if tree is not None else None
    if tree is None or node is None:
        return None
    machine = Interpreter(Loader(sources, path), vendor)
    machine.home, machine.lines = path, source.splitlines()
    module = Module(path, tree, folders(path))
    execute(machine, tree.body, module.frame)
    kind = machine.look_up("Migration", module.frame)
    if not isinstance(kind, LocalClass):
        kind = LocalClass(node, module.frame)
    found = _read_class(Reading(machine), kind, key, path)
    return replace(found, imports=tuple(_imports(tree)))


def _imports(tree: ast.Module) -> Iterator[Import]:
    """The absolute imports that stand by themselves, neither under a condition nor in a try."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, place_of(node)) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield Import(f"{node.module}.{alias.name}", place_of(node))


def _read_class(reading: Reading, kind: LocalClass, key: MigrationKey, path: str) -> Migration:
    found = read_operations(reading, _operations(reading, kind), _at(kind))
    return Migration(
        key=key,
        path=path,
        dependencies=_dependencies(reading, kind, "dependencies"),
        run_before=_dependencies(reading, kind, "run_before"),
        replaces=_replaces(reading, kind),
        atomic=_flag(reading, kind, "atomic", default=True),
        initial=_flag(reading, kind, "initial", default=False),
        operations=found,
        is_complete=reading.is_complete,
        unreadable=tuple(reading.unreadable),
        base=_base(reading, kind),
        place=Place(kind.node.lineno, kind.node.col_offset, kind.node.lineno),
    )


def _at(kind: LocalClass, name: str = "operations") -> Place:
    """Where a class attribute is assigned; the class's line where it is not."""
    node = kind.body.nodes.get(name) if kind.body else None
    line = kind.node.lineno
    return place_of(node) if node is not None else Place(line, kind.node.col_offset, line)


def _attribute(reading: Reading, kind: LocalClass, name: str) -> object:
    """An attribute of the class or its bases; MISSING where Django's default holds.

    In doubt about a base that cannot be read: it is taken to leave operations, dependencies and
    replaces alone, as all known ones do.
    """
    found = find_attribute(reading.machine, kind, name)
    if found is UNKNOWN and kind.body is not None and name not in kind.body.names:
        return (
            MISSING if name in {"operations", "dependencies", "run_before", "replaces"} else found
        )
    return found


def _flag(reading: Reading, kind: LocalClass, name: str, *, default: bool) -> bool | Unknown:
    value = _attribute(reading, kind, name)
    if value is MISSING or value is None:
        return default
    settled = plain(reading.machine, value)
    return settled if isinstance(settled, bool) else UNKNOWN


def _base(reading: Reading, kind: LocalClass) -> str | Unknown:
    """The path of the class the migration derives from."""
    for node in kind.node.bases:
        value = base_of(reading.machine, kind, node)
        if isinstance(value, Reference):
            return canonical(value.path)
        if isinstance(value, LocalClass):
            return f".{value.name}"
    return UNKNOWN


# Dependencies ---------------------------------------------------------------------------


def _dependencies(reading: Reading, kind: LocalClass, name: str) -> tuple[Dependency, ...]:
    """The entries of ``dependencies`` or ``run_before``; one under a condition counts."""
    entries = reading.machine.carried_out(_attribute(reading, kind, name))
    if entries is MISSING:
        return ()
    place = _at(kind, name)
    if not isinstance(entries, (list, tuple)):
        reading.note(name, "they are computed at run time", place)
        return ()
    nodes = _entry_nodes(kind, name, len(entries))
    found: list[Dependency] = []
    for at, entry in enumerate(entries):
        here = place_of(nodes[at]) if nodes else place
        value = entry.value if isinstance(entry, Maybe) else entry
        dependency = _dependency(reading, reading.machine.carried_out(value), here)
        if dependency is None:
            reading.note(name, "an entry is computed at run time", here)
        else:
            found.append(dependency)
    return tuple(found)


def _entry_nodes(kind: LocalClass, name: str, count: int) -> list[ast.expr]:
    """The expressions of a literal list, as many as it has entries; none for any other."""
    node = kind.body.nodes.get(name) if kind.body else None
    entries = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
    is_plain = len(entries) == count and not any(isinstance(e, ast.Starred) for e in entries)
    return entries if is_plain else []


def _dependency(reading: Reading, value: object, place: Place) -> Dependency | None:
    if isinstance(value, Made) and isinstance(value.callee, Reference):
        return _swappable(reading, canonical(value.callee.path), value, place)
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return None
    label, name = (plain(reading.machine, each) for each in value)
    if not isinstance(name, str):
        return None
    return Dependency(label if isinstance(label, str) else UNKNOWN, name, place=place)


def _swappable(reading: Reading, path: str, made: Made, place: Place) -> Dependency | None:
    """``swappable_dependency(settings.AUTH_USER_MODEL)``, and what swapper makes of it."""
    given = [plain(reading.machine, each) for each in made.arguments]
    match path, given:
        case "django.db.migrations.swappable_dependency", [Reference(path=setting)]:
            name = setting.removeprefix("django.conf.settings.")
            return Dependency(UNKNOWN, "__first__", name, place)
        case "django.db.migrations.swappable_dependency", [str(model)] if "." in model:
            return Dependency(model.partition(".")[0], "__first__", place=place)
        case "swapper.dependency", [str(label), str(model), *_]:
            return Dependency(UNKNOWN, "__first__", f"{label}_{model}_MODEL".upper(), place)
        case _:
            return None


def _replaces(reading: Reading, kind: LocalClass) -> tuple[MigrationKey, ...]:
    value = reading.machine.carried_out(_attribute(reading, kind, "replaces"))
    if value is MISSING:
        return ()
    rows = plain(reading.machine, value)
    found: list[MigrationKey] = []
    for row in rows if isinstance(rows, tuple) else ():
        match row:
            case (str(label), str(name)):
                found.append(MigrationKey(label, name))
            case _:
                pass
    if not isinstance(rows, tuple) or len(found) < len(rows):
        reading.note("replaces", _why_unread(rows), _at(kind, "replaces"))
    return tuple(found)


def _why_unread(rows: Value) -> str:
    """Why an entry names no migration: nobody knows it, or it is not written in text."""
    parts = (
        [part for row in rows if isinstance(row, tuple) for part in row]
        if isinstance(rows, tuple)
        else []
    )
    if any(isinstance(part, bytes) for part in parts):
        return "an entry is bytes, which never equal a name"
    return "an entry is computed at run time"


# What the class does to itself -------------------------------------------------------------


def _operations(reading: Reading, kind: LocalClass) -> object:
    """The operations, as the class says and its ``__init__`` may change them."""
    value = _attribute(reading, kind, "operations")
    value = [] if value is MISSING else value
    for method in kind.node.body:
        name = _first_changed(method)
        if not isinstance(method, ast.FunctionDef) or name is None:
            continue
        if (method.name, name) == ("__init__", "operations") and isinstance(value, list):
            found = set_by_init(reading.machine, kind, "operations", list(value))
            if isinstance(found, list):
                value = found
                continue
        why = f"{method.name}() changes self.{name}"
        reading.note(name, why, place_of(method), lost=name == "operations")
    return value


def _first_changed(method: ast.stmt) -> str | None:
    """What ``__init__`` and ``apply`` change of what the class says."""
    if not isinstance(method, ast.FunctionDef) or method.name not in {"__init__", "apply"}:
        return None
    return next(filter(None, map(_changed, ast.walk(method))), None)


def _changed(node: ast.AST) -> str | None:
    """Which of ``self.operations`` and ``self.app_label`` a statement changes."""
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
            pass
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="self"), attr=name),
                attr="append" | "extend" | "insert" | "pop" | "remove" | "clear",
            )
        ):
            pass
        case _:
            return None
    return name if name in {"operations", "app_label"} else None
