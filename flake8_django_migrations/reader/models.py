"""Which import paths name a model class as the code has it today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_migrations.migration import Reference
from flake8_django_migrations.reader.classes import bases_of
from flake8_django_migrations.reader.names import canonical, is_elsewhere
from flake8_django_migrations.reader.scope import MAX_CALLS, LocalClass

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter


def is_model(machine: Interpreter, path: str) -> bool:
    """Whether the path names a model: by its class where that is at hand, else by its module."""
    last = path.rpartition(".")[2]
    if not last[:1].isupper() or path.startswith(("django.db.", "django.contrib.gis.db.")):
        return False
    found = machine.resolved(Reference(path))
    if isinstance(found, LocalClass):
        verdict = _is_model_class(machine, found)
        return _is_in_models(path) if verdict is None else verdict
    return isinstance(found, Reference) and _is_in_models(found.path)


def _is_in_models(path: str) -> bool:
    """Whether an import path names a class in a ``models`` module of an app."""
    parts = path.split(".")
    return "models" in parts[:-1] and parts[-1][:1].isupper() and not parts[-1].isupper()


def _is_model_class(machine: Interpreter, kind: LocalClass, depth: int = 0) -> bool | None:
    """Whether the class inherits from Model; None where a base cannot be told."""
    verdicts = [_is_model_base(machine, base, depth) for base in bases_of(machine, kind)]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _is_model_base(machine: Interpreter, base: object, depth: int) -> bool | None:
    if isinstance(base, LocalClass):
        return _is_model_class(machine, base, depth + 1) if depth < MAX_CALLS else None
    if not isinstance(base, Reference):
        return None
    if canonical(base.path) == "django.db.models.Model" or (
        base.path.startswith("django.contrib.") and _is_in_models(base.path)
    ):
        return True
    return False if is_elsewhere(base.path) else None
