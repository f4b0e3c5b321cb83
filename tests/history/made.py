"""Migrations, operations and fields by hand, as short as a test wants to read them."""

from __future__ import annotations

from flake8_django_migrations.migration import (
    NOWHERE,
    AddField,
    CreateModel,
    Dependency,
    Field,
    Migration,
    MigrationKey,
    RunPython,
    Unreadable,
)

NOOP = RunPython(code=None, place=NOWHERE)


def key(name):
    """``shop/0001`` as a key; ``0001`` is of the app ``shop``."""
    app_label, _, rest = name.rpartition("/")
    return MigrationKey(app_label or "shop", rest)


def keys(*names):
    return tuple(map(key, names))


def needs(name):
    if name.startswith("settings."):
        return Dependency(None, "__first__", name)
    return Dependency(*key(name))


def migration(name, after=(), *operations, **more):
    """A migration; ``after`` are its dependencies, in one text."""
    names = after.split() if isinstance(after, str) else after
    for edges in ("run_before",):
        if edges in more:
            more[edges] = tuple(map(needs, more[edges].split()))
    if "replaces" in more:
        more["replaces"] = keys(*more["replaces"].split())
    return Migration(
        key=key(name),
        path=f"/project/{name}.py",
        dependencies=tuple(map(needs, names)),
        operations=operations,
        **more,
    )


def unread(what):
    return (Unreadable(what, "it is computed", NOWHERE),)


def field(kind="IntegerField", **keywords):
    return Field(f"django.db.models.{kind}", keywords)


def foreign(to, **keywords):
    return field("ForeignKey", to=to, **keywords)


def create(name, **fields):
    return CreateModel(name=name, fields=tuple(fields.items()), place=NOWHERE)


def add(model, name, definition=None, **more):
    return AddField(
        model_name=model,
        name=name,
        field=field() if definition is None else definition,
        place=NOWHERE,
        **more,
    )
