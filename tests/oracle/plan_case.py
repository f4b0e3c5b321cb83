"""One question of the plan oracle: the operations of one migration, and where it can be asked."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import CharField
from oracle.plan_shop import DJANGO

EVERYWHERE = frozenset({"postgresql", "mysql", "mariadb", "sqlite"})


_LIMITED = frozenset({"mysql", "mariadb"})


class Case(NamedTuple):
    """Operations, carried out in one migration."""

    operations: tuple[Any, ...]
    vendors: frozenset[str]

    @property
    def name(self) -> str:
        """The operations in short."""
        return "+".join(map(_named, self.operations))

    @property
    def is_alone(self) -> bool:
        """Whether an operation refuses a transaction."""
        return any(type(each).__name__.endswith("Concurrently") for each in self.operations)


def _named(operation: Any) -> str:
    known = vars(operation)
    names = [known.get(key) for key in ("model_name", "name", "old_name")]
    field = known.get("field")
    words = [type(operation).__name__, *(str(name) for name in names if name)]
    return "-".join([*words, type(field).__name__] if field is not None else words)


def case(given: Any) -> Case:
    """An operation, or a tuple of them, with the vendors that can be asked."""
    operations = given if isinstance(given, tuple) else (given,)
    of_postgresql = any(map(_is_of_postgresql, operations))
    if of_postgresql:
        return Case(operations, frozenset({"postgresql"}))
    without_length = any(map(_is_without_length, operations))
    return Case(operations, EVERYWHERE - _LIMITED if without_length else EVERYWHERE)


def _is_without_length(operation: Any) -> bool:
    """Whether MySQL has no type for the field: its VARCHAR must have a length."""
    field = getattr(operation, "field", None)
    return type(field) is CharField and field.max_length is None


def _is_of_postgresql(operation: Any) -> bool:
    if type(operation).__module__.startswith("django.contrib.postgres"):
        return True
    if getattr(operation, "name", "") in {"tags", "period"}:
        return True
    known = vars(operation)
    parts = [known.get(key) for key in ("field", "index", "constraint")]
    parts += [field for _, field in known.get("fields", ())]
    parts += [each for key in ("indexes", "constraints") for each in _listed(known, key)]
    return any(type(each).__module__.startswith("django.contrib.postgres") for each in parts)


def _listed(known: dict[str, Any], key: str) -> Any:
    options = known.get("options")
    return options.get(key, ()) if isinstance(options, dict) else ()


def since(version, cases):
    """The cases where the Django at hand is as new as that, none where it is older."""
    return cases() if version <= DJANGO else []
