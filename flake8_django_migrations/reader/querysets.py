"""Methods of managers and querysets: which rows they leave, what they write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, Holder, Verb
from flake8_django_migrations.reader import rows as hands
from flake8_django_migrations.reader.facts import Facts
from flake8_django_migrations.reader.rows import Row, Rows
from flake8_django_migrations.reader.scope import Made, Maybe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_django_migrations.reader.interpreter import Interpreter

SAME_ROWS: Final = frozenset(
    """
    all using db_manager get_queryset select_related prefetch_related select_for_update reverse
    union intersection difference resolve_expression
    """.split()
)
ONE: Final = frozenset({"get", "first", "last", "latest", "earliest"})
NAMING: Final = frozenset({"order_by", "only", "defer", "values", "values_list"})
_LOOKS: Final = frozenset({"exists", "count", "aggregate", "contains", "explain"})
_WRITES: Final = {
    "create": Verb.CREATE,
    "get_or_create": Verb.GET_OR_CREATE,
    "update_or_create": Verb.UPDATE_OR_CREATE,
    "bulk_create": Verb.BULK_CREATE,
    "bulk_update": Verb.BULK_UPDATE,
    "update": Verb.UPDATE,
    "delete": Verb.DELETE,
    "_raw_delete": Verb.DELETE,
}
_GUARDED: Final = frozenset({Verb.GET_OR_CREATE, Verb.UPDATE_OR_CREATE})
_CREATIONS: Final = frozenset({Verb.CREATE, Verb.BULK_CREATE, Verb.BULK_UPDATE}) | _GUARDED


def call_rows(facts: Facts, machine: Interpreter, rows: Rows, name: str, made: Made) -> object:
    """What a method of rows gives, its facts taken down."""
    facts.note(rows.model, made.place)
    if name in SAME_ROWS:
        is_loose = name == "prefetch_related" and not _is_plain(made)
        return replace(rows, aliases=rows.aliases | {hands.ANY}) if is_loose else rows
    if name in {"filter", "exclude"}:
        names = hands.lookups(made)
        facts.use(rows.model, (n for n in names if n not in rows.aliases), made.place)
        return hands.narrow(rows, made, name)
    if name in NAMING:
        return _name_fields(facts, rows, name, made)
    if name in {"annotate", "alias"}:
        is_plain = made.is_whole and not made.arguments
        given = {each for each, _ in made.keywords}
        facts.made_up |= given
        return replace(rows, aliases=rows.aliases | (given if is_plain else given | {hands.ANY}))
    if name in _LOOKS:
        facts.looks += 1
        facts.looked = rows if name in {"exists", "count"} else None
        return UNKNOWN
    if name in ONE:
        facts.looks += 1
        facts.use(rows.model, hands.lookups(made), made.place)
        if name == "get":
            facts.fetch(rows.model, made.place)
            if made.is_whole and not (made.arguments or made.keywords or rows.is_filtered):
                facts.singles.add(rows.model.named)
        return Row(rows.model, replace(hands.narrow(rows, made, name), is_bounded=True))
    if name in _WRITES and rows.is_batches:
        facts.lose_sight(made)
        return UNKNOWN
    if name in _WRITES:
        return _write_rows(facts, machine, rows, name, made)
    return _limited(facts, rows, name, made)


def _is_plain(made: Made) -> bool:
    """Whether all arguments are names: a Prefetch may put its rows under any attribute."""
    return made.is_whole and all(isinstance(each, str) for each in made.arguments)


def _name_fields(facts: Facts, rows: Rows, name: str, made: Made) -> Rows:
    names = (each for each in hands.plain_names(made.arguments) if each not in rows.aliases)
    facts.use(rows.model, names, made.place)
    if name.startswith("values") and not made.arguments:
        facts.reads.add((rows.model.key, hands.ANY))
    return replace(rows, is_values=rows.is_values or name.startswith("values"))


def _write_rows(facts: Facts, machine: Interpreter, rows: Rows, name: str, made: Made) -> object:
    """A method that writes: its verb, the fields it names, what keeps it in check."""
    keywords = dict(made.keywords)
    verb = _WRITES[name]
    fields = _fields_written(machine, verb, made, keywords)
    facts.use(rows.model, fields, made.place)
    is_own = any(hands.is_own_value(value, name) for name, value in keywords.items())
    is_creation = verb in _CREATIONS
    conflicts = (keywords.get("ignore_conflicts"), keywords.get("update_conflicts"))
    is_keyed = verb is Verb.BULK_CREATE and any(each is not None for each in conflicts)
    narrowed = rows.narrowed & {*fields, hands.ANY} if verb is Verb.UPDATE else frozenset()
    facts.write(
        verb,
        rows.model,
        made,
        fields,
        rows=rows,
        is_bounded=is_creation or rows.is_bounded,
        is_guarded=verb in _GUARDED or is_keyed or bool(narrowed),
        is_relative=is_own,
        given=_given(machine, verb, made, fields),
    )
    row = Row(rows.model)
    if verb in _GUARDED:
        return (row, UNKNOWN)
    return row if verb is Verb.CREATE else UNKNOWN


def _given(machine: Interpreter, verb: Verb, made: Made, fields: tuple[str, ...]) -> Iterable[str]:
    """The fields that new rows are given values for."""
    if verb is not Verb.BULK_CREATE:
        return fields if verb in _CREATIONS else ()
    listed = machine.carried_out(argument(made, 0, "objs"))
    found = [hands.settled(each.value if isinstance(each, Maybe) else each)
             for each in (listed if isinstance(listed, (list, tuple)) else ())]  # fmt: skip
    return {name for each in found if isinstance(each, Row) for name in each.assigned}


def _fields_written(
    machine: Interpreter, verb: Verb, made: Made, keywords: dict[str, object]
) -> tuple[str, ...]:
    if verb is Verb.BULK_UPDATE:
        named = machine.carried_out(argument(made, 1, "fields"))
        return tuple(hands.plain_names(named)) if isinstance(named, (list, tuple)) else ()
    if verb in {Verb.BULK_CREATE, Verb.DELETE}:
        return ()
    given = [name for name in keywords if name not in {"defaults", "create_defaults"}]
    defaults = [
        name
        for key in ("defaults", "create_defaults")
        for name in hands.named_keys(keywords.get(key))
    ]
    if verb not in _GUARDED:
        return tuple(keywords)
    return tuple(dict.fromkeys(each.partition("__")[0] for each in (*given, *defaults)))


def _limited(facts: Facts, rows: Rows, name: str, made: Made) -> Rows:
    """The rows after a method that limits them, or one that is not Django's."""
    match name:
        case "iterator":
            return replace(rows, is_streamed=True, is_wrapped=True, is_cursor=not rows.is_bounded)
        case "in_bulk":
            is_bounded = bool(made.arguments)
            return replace(rows, is_streamed=True, is_bounded=is_bounded, is_wrapped=True)
        case "none" | "page" | "get_page":
            return rows.batch
        case "distinct":
            return replace(rows, is_distinct=True)
        case "dates" | "datetimes":
            return replace(rows, is_values=True, is_distinct=True)
        case _:
            if not rows.is_wrapped:
                facts.ask(rows.model, name, Holder.MANAGER, made.place, is_called=True)
            return replace(
                rows,
                is_filtered=True,
                narrowed=rows.narrowed | {hands.ANY},
                aliases=rows.aliases | {hands.ANY},
            )


def kind(rows: Rows | None) -> str:
    """What a loop goes over: rows one by one, batches, or a few distinct values."""
    if rows is None or (rows.is_values and rows.is_distinct):
        return "values"
    return "batches" if rows.is_batches else "rows"


def argument(made: Made, at: int, name: str) -> object:
    """A call's argument by position or keyword; None where it is not given."""
    return made.arguments[at] if at < len(made.arguments) else dict(made.keywords).get(name)
