"""What a data migration is handed: the historical apps, the schema editor, a cursor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, GetModel, ModelKey, Place
from flake8_django_migrations.reader.facts import Facts
from flake8_django_migrations.reader.querysets import argument
from flake8_django_migrations.reader.rows import AppConfig, Hand, Model
from flake8_django_migrations.reader.run_sql import Written, sent
from flake8_django_migrations.reader.scope import Made
from flake8_django_migrations.reader.swapped import named

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_EDITOR_READS: Final = frozenset({"quote_name", "quote_value"})


def call_hand(facts: Facts, machine: Interpreter, hand: object, name: str, made: Made) -> object:
    """What a method of one of them gives, its facts taken down."""
    match hand, name:
        case Hand.APPS, "get_model":
            return _get_model(facts, machine, made)
        case Hand.APPS, "get_app_config":
            label = argument(made, 0, "app_label")
            return AppConfig(label if isinstance(label, str) else UNKNOWN)
        case AppConfig(label=label), "get_model":
            return _got(facts, label, argument(made, 0, "model_name"), made.place)
        case (Hand.CONNECTION, "cursor") | (Hand.CURSOR, "__enter__"):
            return Hand.CURSOR
        case Hand.CONNECTION, "schema_editor":
            return Hand.EDITOR
        case ((Hand.EDITOR | Hand.CURSOR), ("execute" | "executemany")):
            _execute(facts, machine, made)
        case Hand.EDITOR, _ if name not in _EDITOR_READS:
            facts.is_complete = False
        case _:
            pass
    return UNKNOWN


def _get_model(facts: Facts, machine: Interpreter, made: Made) -> Model:
    label = machine.carried_out(argument(made, 0, "app_label"))
    name = machine.carried_out(argument(made, 1, "model_name"))
    if name is None and isinstance(label, str) and label.count(".") == 1:
        label, _, name = label.partition(".")
    return _got(facts, label, name, made.place)


def _got(facts: Facts, label: object, name: object, place: Place) -> Model:
    if not isinstance(label, str) or not isinstance(name, str):
        found = named(label, name)
        is_setting = found is not UNKNOWN and found.is_setting
        return Model(setting=found) if is_setting else Model(found)
    key = ModelKey(label, name.lower())
    facts.gets.setdefault(GetModel(key, name, place, facts.trials > 0))
    return Model(key)


def _execute(facts: Facts, machine: Interpreter, made: Made) -> None:
    """A statement given to a cursor or the schema editor."""
    value = machine.carried_out(argument(made, 0, "sql"))
    parameters = argument(made, 1, "params")
    node = made.node.args[0] if made.node and made.node.args else None
    text = value if isinstance(value, str) else UNKNOWN
    found = sent(machine, Written(node, made.frame, made.place), text, parameters)
    if machine.site is not None and made.frame is not None:
        is_here = made.frame.module.path == machine.home
        found = (
            found
            if is_here
            else replace(found, place=made.place._replace(end_line=made.place.line))
        )
    facts.sql.setdefault(replace(found, is_swallowed=facts.exposed.sql > 0))
