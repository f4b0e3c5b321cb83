"""Rows for the tables of a state: of every kind that the fields allow, or plain ones."""

from __future__ import annotations

import datetime as dt
import json
import uuid
import zlib
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

COUNT = 2_200
"""So that half of them is still more than one batch of a thousand."""

DJANGO_APPS = {"auth", "contenttypes"}

HARSH = "harsh"
"""Long texts, empty texts, NULLs, doubles, large numbers, all decimals: what production has."""
MILD = "mild"
"""Short texts and small numbers, each only once, and no NULLs: what every change accepts."""

NONE = "none"
"""No rows at all: what even a change that rows refuse accepts."""

_DAY = dt.date(2020, 1, 1)
_MOMENT = dt.datetime(2020, 1, 1, 12, 34, 56, 789_000, tzinfo=dt.timezone.utc)

Pools = dict[str, Sequence[Any]]


def populate(apps: Any, kind: str) -> None:
    """Fill the tables of these models that are there and empty."""
    if kind == NONE:
        return
    pools: Pools = {}
    tables = set(connection.introspection.table_names())
    made = [each for each in concrete(apps) if each._meta.db_table in tables]
    made.sort(key=lambda each: (each._meta.app_label in DJANGO_APPS, _is_child(each, made)))
    empty = [each for each in made if not each._base_manager.exists()]
    for number, model in enumerate(made, start=1):
        pools[model._meta.db_table] = _keys(model, number, is_empty=model in empty)
    for model in sorted(empty, key=lambda each: _is_child(each, empty)):
        _fill(model, pools, kind)
    for line in connection.ops.sequence_reset_sql(no_style(), empty):
        with connection.cursor() as cursor:
            cursor.execute(line)
    for model in made:
        _tell_content_type(apps, model)


def _tell_content_type(apps: Any, model: Any) -> None:
    """Make the row that `migrate` makes at its end."""
    known = apps.all_models["contenttypes"]
    if "contenttype" in known and "name" not in known["contenttype"].__dict__:
        meta = model._meta
        known["contenttype"]._base_manager.get_or_create(
            app_label=meta.app_label, model=meta.model_name
        )


def concrete(apps: Any) -> list[Any]:
    """The models that have tables which migrations make."""
    found = apps.get_models(include_auto_created=True)
    ours = [each for each in found if each._meta.can_migrate(connection)]
    return [each for each in ours if each._meta.app_label != "contenttypes"]


def _is_child(model: Any, empty: list[Any]) -> int:
    """How many of its own tables come before it: parents are filled before children."""
    seen, waiting = set(), [model]
    while waiting:
        for field in waiting.pop()._meta.local_concrete_fields:
            parent = field.remote_field and field.related_model
            if parent in empty and parent not in seen and parent is not model:
                seen.add(parent)
                waiting.append(parent)
    return len(seen)


def _keys(model: Any, number: int, *, is_empty: bool) -> Sequence[Any]:
    """The primary keys that the table has, or will have: no two tables share one."""
    key = model._meta.pk
    if not is_empty:
        return list(model._base_manager.values_list("pk", flat=True))
    if isinstance(key, models.IntegerField) or key.get_internal_type().endswith("AutoField"):
        start = 1 if "Small" in key.get_internal_type() else (number - 1) * 100_000 + 1
        return range(start, start + COUNT)
    return [value(key, place, MILD) for place in range(COUNT)]


def _fill(model: Any, pools: Pools, kind: str) -> None:
    """Its rows, plain ones where a constraint refuses the others; none where it refuses both."""
    fields, unique = _fields(model), unique_names(model)
    for each in dict.fromkeys((kind, MILD)):
        try:
            with transaction.atomic():
                found = range(COUNT)
                _insert(model, [_row(model, fields, unique, at, each, pools) for at in found])
                connection.check_constraints()
        except (DatabaseError, connection.Database.Error):  # COPY raises the driver's own
            continue
        return


def _row(
    model: Any, fields: list[Any], unique: set[str], place: int, kind: str, pools: Pools
) -> list[Any]:
    return [
        field.get_db_prep_save(
            _related(field, place, kind, pools, field.name in unique)
            if field.remote_field
            else pools[model._meta.db_table][place]
            if field.primary_key
            else value(field, place, kind, is_unique=field.name in unique),
            connection,
        )
        for field in fields
    ]


def _fields(model: Any) -> list[Any]:
    return [each for each in model._meta.local_concrete_fields if not each.generated]


def unique_names(model: Any) -> set[str]:
    """The fields whose values may not repeat, alone or together."""
    meta = model._meta
    together = [name for names in meta.unique_together for name in names]
    for each in meta.constraints:
        together.extend(getattr(each, "fields", ()))
        together.extend(name for name, _ in getattr(each, "expressions", ()) if name)
    composite = getattr(meta.pk, "field_names", ())
    alone = [field.name for field in meta.local_concrete_fields if field.unique]
    return {*alone, *together, *composite}


def _related(field: Any, place: int, kind: str, pools: Pools, is_unique: bool) -> Any:
    pool = pools.get(field.related_model._meta.db_table, ())
    if not pool or (kind == HARSH and field.null and place // 2 % 2 == 0):
        return None
    if is_unique or kind == MILD or field.model._meta.auto_created:
        return pool[place % len(pool)]
    return pool[place // 2 * 7 % len(pool)]


def _insert(model: Any, found: list[list[Any]]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in _fields(model))
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in found:
                    copy.write_row(row)
        else:
            holes = ", ".join(["%s"] * len(_fields(model)))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({holes})", found)


def value(field: Any, place: int, kind: str, *, is_unique: bool = False) -> Any:
    """A value of the field for the row at that place."""
    is_alone = is_unique or field.unique or kind == MILD
    number = place if is_alone else place // 2
    sort = number % 4
    if kind == HARSH and field.null and not field.primary_key and sort % 2 == 0:
        return None
    return _made(field, number, kind == HARSH and sort == 1, kind == HARSH and not is_alone)


def _made(field: Any, number: int, is_large: bool, is_loose: bool) -> Any:
    name = field.get_internal_type()
    if name in _BY_NUMBER:
        return _BY_NUMBER[name](number)
    if name == "ArrayField":
        return [value(field.base_field, number, MILD)]
    if name == "DecimalField":
        return _decimal(field, number, is_large)
    if "Integer" in name or "Auto" in name:
        return _whole(field, number, is_large)
    return _text(field, number, is_large, is_loose)


def _text(field: Any, number: int, is_large: bool, is_loose: bool) -> str:
    if is_loose and number % 2 == 0:
        return ""
    room = field.max_length or 300
    found = f"{_offset(field) % 90 + 10}{number}"[-room:]
    return found.ljust(room - 1, "X") + "'" if is_large else found


def _offset(field: Any) -> int:
    """A number of the column's own, so that its values are found in no other."""
    owner = getattr(field, "model", None)
    return zlib.crc32(f"{owner and owner._meta.db_table}.{field.name}".encode()) % 2_000


def _whole(field: Any, number: int, is_large: bool) -> int:
    if is_large:
        return number + 3_000_000_000 * ("Big" in field.get_internal_type())
    return _offset(field) * 1_000_000 + number + 1


def _decimal(field: Any, number: int, is_large: bool) -> Decimal:
    places = field.decimal_places or 0
    whole = (number + 1) % 10 ** max((field.max_digits or 12) - places, 1)
    part = (number * 7 + 3) % 10**places if is_large else 0
    return Decimal(whole) + Decimal(part).scaleb(-places)


_BY_NUMBER: dict[str, Callable[[int], Any]] = {
    "SmallIntegerField": lambda number: number % 30_000 + 1,
    "PositiveSmallIntegerField": lambda number: number % 30_000 + 1,
    "FloatField": lambda number: number + 0.123456,
    "BooleanField": lambda number: number % 2 == 0,
    "DateField": lambda number: _DAY + dt.timedelta(number),
    "DateTimeField": lambda number: _MOMENT + dt.timedelta(0, number),
    "TimeField": lambda number: dt.time(12, 34, number % 60),
    "DurationField": dt.timedelta,
    "UUIDField": lambda number: uuid.uuid5(uuid.NAMESPACE_OID, str(number)),
    "JSONField": lambda number: {"number": number},
    "BinaryField": lambda number: json.dumps(number).encode(),
    "GenericIPAddressField": lambda number: f"10.0.{number % 250}.1",
    "DateRangeField": lambda number: DateRange(
        _DAY + dt.timedelta(number), _DAY + dt.timedelta(number + 1)
    ),
    "HStoreField": lambda number: {"number": str(number)},
}
