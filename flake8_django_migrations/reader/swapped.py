"""Models that a data migration names by a setting: the project's users, what swapper swaps."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.migration import UNKNOWN, USERS, ModelKey, Reference, Unknown
from flake8_django_migrations.reader.rows import Model, Related, settled
from flake8_django_migrations.reader.scope import Made

_SETTINGS: Final = "django.conf.settings."
_HALVES: Final = ("[0]", "[1]")
_OF_TODAY: Final = "django.contrib.auth.get_user_model"


def split(path: str, arguments: tuple[object, ...]) -> list[object] | None:
    """``settings.AUTH_USER_MODEL.split(".")``: the two halves; None for any other call."""
    if not path.startswith(_SETTINGS):
        return None
    owner, _, name = path.rpartition(".")
    is_split = name in {"split", "rsplit"} and arguments[:1] == (".",)
    is_model = owner.endswith("_MODEL") and _setting(owner) != ""
    return [Reference(f"{owner}{half}") for half in _HALVES] if is_split and is_model else None


def named(label: object, name: object) -> ModelKey | Unknown:
    """The model that ``get_model`` is given by a setting, or by what another class is called."""
    match settled(label), settled(name):
        case Reference(path=path), None:
            return _key(_setting(path))
        case Reference(path=path), Reference(path=other) if path.endswith(_HALVES[0]):
            owner = path.removesuffix(_HALVES[0])
            return _key(_setting(owner)) if other == owner + _HALVES[1] else UNKNOWN
        case Made(callee=Reference(path="swapper.get_model_name"), arguments=given), None:
            texts = [each for each in given if isinstance(each, str)]
            return ModelKey("swapper", ".".join(texts).upper()) if len(texts) == 2 else UNKNOWN
        case Related() as first, None:
            return _called(first, frozenset({"label", "label_lower"}))
        case Related() as first, Related() as second:
            found = _called(first, frozenset({"app_label"}))
            is_same = found == _called(second, frozenset({"model_name", "object_name"}))
            return found if is_same else UNKNOWN
        case _:
            return UNKNOWN


def _setting(path: str) -> str:
    """The name of the setting that a path is; empty where it is none."""
    name = path.removeprefix(_SETTINGS)
    return name if name != path and name.isidentifier() and name.isupper() else ""


def _key(setting: str) -> ModelKey | Unknown:
    return ModelKey(USERS.app_label, setting) if setting else UNKNOWN


def _called(value: Related, names: frozenset[str]) -> ModelKey | Unknown:
    """The model whose ``_meta`` is asked for one of these names."""
    match value.owner:
        case Related(owner=Model() as model, name="_meta") if value.name in names:
            return USERS if model.imported == _OF_TODAY else model.key
        case _:
            return UNKNOWN
