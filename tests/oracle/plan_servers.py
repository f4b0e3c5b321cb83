"""The shop on real servers, and what Django's schema editor sends to each."""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass, field
from typing import Any

import django
from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.state import ProjectState as DjangoState
from oracle import django_sql
from oracle.plan_shop import DJANGO, ROWS, setup

from flake8_django_migrations.history.replay import apply
from flake8_django_migrations.history.state import ProjectState
from flake8_django_migrations.migration import Migration, MigrationKey
from flake8_django_migrations.plan.actions import Action
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.steps import steps

PRETENDED = {"mysql:8.0": "8.0.40", "mysql:8.4": "8.4.3"}
"""Series of MySQL to the release a MariaDB server pretends to be, so that Django writes for it."""
if (5, 0) <= DJANGO < (6, 0):  # before, it renames columns with CHANGE; later it has forgotten 5.7
    PRETENDED["mysql:5.7"] = "5.7.44"


def connected(alias: str, given: dict[str, Any]) -> Any:
    """Django's connection to a server, under an alias of its own."""
    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=["django.contrib.postgres"],
            USE_TZ=True,
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        )
        django.setup()
    known = connections.configure_settings({"default": {}, alias: dict(given)})
    connections.settings[alias] = known[alias]
    return connections[alias]


def pretending(connection: Any, release: str) -> None:
    """Have Django take the MariaDB server behind the connection for a release of MySQL."""
    with connection.cursor():
        known = dict(connection.mysql_server_data)
    for name in ("mysql_server_info", "mysql_version", "mysql_is_mariadb", "data_types"):
        connection.__dict__.pop(name, None)
    connection.__dict__.pop("data_type_check_constraints", None)
    connection.__dict__["mysql_server_data"] = {**known, "version": release}
    connection.features = connection.features_class(connection)


@dataclass(slots=True)
class Shop:
    """The shop in one database, and its state as Django and as we have it."""

    connection: Any
    database: Database
    before: DjangoState = field(init=False)
    plain: ProjectState = field(init=False)

    def __post_init__(self) -> None:
        """Both states; the tables are another matter."""
        self.before, self.plain = self._anew(), ProjectState(app_label="shop")
        for each in setup(self.database.vendor):
            self.plain = apply(self.plain, django_sql.operation(each))

    def _anew(self) -> DjangoState:
        state = DjangoState()
        for each in setup(self.database.vendor):
            each.state_forwards("shop", state)
        assert state.apps  # rendered once, and copied with the state
        return state

    def build(self) -> None:
        """The tables and, where the vendor has them, the rows."""
        state = DjangoState()
        for each in setup(self.database.vendor):
            with self.connection.schema_editor(atomic=False) as editor:
                after = state.clone()
                each.state_forwards("shop", after)
                each.database_forwards("shop", editor, state, after)
                state = after
        with self.connection.cursor() as cursor:
            match self.database.vendor:
                case "postgresql":
                    cursor.execute(ROWS)
                case "sqlite":  # the editor wants it so from the start of a transaction
                    cursor.execute("PRAGMA foreign_keys = OFF")
                case _:
                    pass

    def actions(self, operations: tuple[Any, ...], *, is_back: bool = False) -> list[Action]:
        """Our plan of the migration, in the order of Django's statements: the deferred last."""
        return [each for step in self.plan(operations, is_back=is_back) for each in step]

    def plan(self, operations: tuple[Any, ...], *, is_back: bool = False) -> list[list[Action]]:
        """The same step by step, what is deferred as the last step."""
        migration = Migration(
            key=MigrationKey("shop", "0002_change"),
            path="shop/migrations/0002_change.py",
            operations=tuple(map(django_sql.operation, operations)),
        )
        found = steps(migration, self.plain, self.database, DJANGO)
        given = (
            [step.backwards for step in reversed(found)]
            if is_back
            else [step.forwards for step in found]
        )
        now = [[action for action in each if not action.is_last] for each in given]
        return [*now, [action for each in given for action in each if action.is_last]]

    def states(self, operations: tuple[Any, ...]) -> list[DjangoState]:
        """Django's states around the operations; a rename changes the fields that states share."""
        is_rename = any(type(each).__name__.startswith("Rename") for each in operations)
        found = [self._anew() if is_rename else self.before.clone()]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # index_together is on its way out
            for each in copy.deepcopy(operations):
                after = found[-1].clone()
                each.state_forwards("shop", after)
                found.append(after)
        return found

    def sent(
        self, operations: tuple[Any, ...], states: list[DjangoState], *, is_back: bool = False
    ) -> list[str]:
        """The statements that Django sends for the operations of one migration, carried out."""
        found: list[str] = []
        with (
            self.connection.schema_editor(atomic=False) as editor,
            self.connection.execute_wrapper(_Note(editor, found)),
        ):
            _run(operations, editor, states, is_back=is_back)
            # What is deferred is sent on the way out, behind the wrapper.
            for statement in editor.deferred_sql:
                editor.execute(statement, None)
            editor.deferred_sql = []
        return found

    def collected(
        self, operations: tuple[Any, ...], states: list[DjangoState], *, is_back: bool = False
    ) -> list[str]:
        """The statements that Django would send, collected and not carried out."""
        with self.connection.schema_editor(collect_sql=True, atomic=False) as editor:
            _run(operations, editor, states, is_back=is_back)
        sent = (each.rstrip(";") for each in editor.collected_sql if not each.startswith("--"))
        # For a constraint that MySQL cannot have, CreateModel may send the word None, and fail.
        return [each for each in sent if each != "None"]


def _run(
    operations: tuple[Any, ...], editor: Any, states: list[DjangoState], *, is_back: bool
) -> None:
    steps = list(zip(operations, states, states[1:], strict=False))
    for each, before, after in reversed(steps) if is_back else steps:
        if is_back:
            each.database_backwards("shop", editor, after, before)
        else:
            each.database_forwards("shop", editor, before, after)


class _Note:
    """Takes down every statement but the questions Django asks."""

    def __init__(self, editor: Any, found: list[str]) -> None:
        self.editor, self.found = editor, found

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        text = str(sql)
        first = text.split(None, 1)[0].upper()
        if first not in {"SELECT", "SHOW", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK"}:
            values = tuple(map(self.editor.quote_value, params or ()))
            self.found.append(text % values if params else text)
        return execute(sql, params, many, context)


def asked_for_nothing(shop: Shop, case: Any) -> bool:
    """Whether Django sends not one statement, there and back."""
    states = shop.states(case.operations)
    with transaction.atomic(shop.connection.alias):
        there = shop.collected(case.operations, states)
        return not there and not shop.collected(case.operations, states, is_back=True)
