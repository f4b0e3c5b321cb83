"""Field classes that are not Django's: whose column such a class has, told from its source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, Reference, Unknown, Value
from flake8_django_migrations.reader.classes import body_of
from flake8_django_migrations.reader.field_lineage import Lineage, is_field, lineage_of
from flake8_django_migrations.reader.known_fields import KNOWN
from flake8_django_migrations.reader.methods import answer, handed_on
from flake8_django_migrations.reader.names import FIELDS, canonical
from flake8_django_migrations.reader.scope import MISSING, Either, LocalClass, Made, Scalar
from flake8_django_migrations.reader.values import plain

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_GENERIC: Final = "django.db.models.Field"
_NUMBERS: Final = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
_RELATIONS: Final = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField"})
_SINGULAR: Final = _RELATIONS | {"GeneratedField", "CompositePrimaryKey", "OrderWrt"}
"""The classes that are more than a column with a type of its own."""

_INTERNAL: Final = {
    "EmailField": "CharField",
    "URLField": "CharField",
    "CommaSeparatedIntegerField": "CharField",
    "ImageField": "FileField",
    "NullBooleanField": "BooleanField",
}
"""``get_internal_type()`` of the classes that do not answer with their own name."""

_LENGTHS: Final = {
    "SlugField": 50,
    "EmailField": 254,
    "URLField": 200,
    **dict.fromkeys(("FileField", "ImageField", "FilePathField"), 100),
}
_ESSENTIAL: Final = ("default", "db_default")


@dataclass(frozen=True, slots=True)
class Standing:
    """The class whose column a field has, and what the field's own class hands on to it.

    ``column_type`` is the type that the own class chooses, None where it leaves that to Django.
    """

    path: str
    arguments: tuple[object, ...]
    keywords: dict[str, object]
    column_type: str | None | Unknown = None


def standing(machine: Interpreter, made: Made) -> Standing | None:
    """What a field of a class that is not Django's is; None where that is not certain."""
    kind = machine.resolved(made.callee)
    if isinstance(kind, Either):
        return _in_common([_of(machine, each, made) for each in kind.options])
    return _of(machine, kind, made)


def _of(machine: Interpreter, kind: object, made: Made) -> Standing | None:
    if isinstance(kind, Reference):
        return _of_path(canonical(kind.path), made)
    lineage = lineage_of(machine, kind) if isinstance(kind, LocalClass) else None
    return _of_class(machine, lineage, made) if lineage else None


def _of_path(path: str, made: Made) -> Standing | None:
    if is_field(path):
        return Standing(path, made.arguments, dict(made.keywords))
    known = KNOWN.get(path)
    if known is None or (made.arguments and not known.takes_positional):
        return None
    keywords = known.given(dict(made.keywords))
    return Standing(known.path, made.arguments, keywords) if keywords is not None else None


def _in_common(found: list[Standing | None]) -> Standing | None:
    """One of several by a condition: a column of an unknown type where all are plain columns."""
    kept = [each for each in found if each is not None]
    if not kept or len(kept) < len(found):
        return None
    first, *others = kept
    if any(each.keywords != first.keywords or each.arguments for each in kept):
        return None
    if all(each == first for each in others):
        return first
    if any(each.path.rpartition(".")[2] in _SINGULAR for each in kept):
        return None
    return Standing(_GENERIC, (), first.keywords, UNKNOWN)


def _of_class(machine: Interpreter, lineage: Lineage, made: Made) -> Standing | None:
    given = _kept_by_clones(machine, lineage, made)
    root = _of_path(lineage.root, given) if given is not None else None
    if root is None or not _is_default_certain(machine, made, root):
        return None
    internal = answer(machine, lineage, "get_internal_type", ())
    connection = Reference("django.db.connection")
    chosen = answer(machine, lineage, "db_type", (connection,))
    if chosen is None or internal is UNKNOWN or internal is None:
        return None
    if isinstance(chosen, str) or chosen is UNKNOWN:
        root = replace(root, column_type=chosen if isinstance(chosen, str) else UNKNOWN)
    found = _under(root, internal) if isinstance(internal, str) else root
    return found if found and _is_emptiness_certain(machine, lineage, root, found) else None


def _under(root: Standing, internal: str) -> Standing | None:
    """A class that gives itself out for another, to Django's tables of types."""
    own = root.path.rpartition(".")[2]
    if internal == _INTERNAL.get(own, own):
        return root
    if own in _SINGULAR or not root.path.startswith("django.db.models."):
        return None
    if own in _NUMBERS or own.startswith("Positive") or internal in _SINGULAR:
        return replace(root, path=_GENERIC, column_type=UNKNOWN)
    if internal not in FIELDS:
        return replace(root, path=_GENERIC, column_type=root.column_type or UNKNOWN)
    # What the class itself sets stays, though the other class would not.
    keywords = {
        "db_index": own == "SlugField",
        "max_length": _LENGTHS.get(own),
        **root.keywords,
    }
    return replace(root, path=f"django.db.models.{internal}", keywords=keywords)


# What may not be guessed -----------------------------------------------------------------


def _kept_by_clones(machine: Interpreter, lineage: Lineage, made: Made) -> Made | None:
    """What the root class is given; a keyword that a clone may lose or change is UNKNOWN.

    Django clones every field of a state, by way of ``deconstruct``, which leaves out what the
    class of Django's would have by itself.
    """
    usual = _usual(lineage.root)
    said = tuple(
        (name, value)
        for name, value in made.keywords
        if name in lineage.filled or name not in usual or not _is_value(value, usual[name])
    )
    made = replace(made, keywords=said)
    given = handed_on(machine, lineage, made)
    dropped = lineage.dropped & dict(said).keys()
    if given is None or not dropped:
        return given
    rest = tuple((name, value) for name, value in said if name not in dropped)
    return _agreed(machine, given, handed_on(machine, lineage, replace(made, keywords=rest)))


def _usual(root: str) -> dict[str, object]:
    """The values of keywords that Django's class does not write down."""
    path = KNOWN[root].path if root in KNOWN else root
    name = path.rpartition(".")[2]
    return {
        **dict.fromkeys(("null", "blank", "unique", "primary_key"), False),
        "db_index": name in {"SlugField", "ForeignKey", "OneToOneField"},
        "max_length": None if name == "EmailField" else _LENGTHS.get(name),
    }


def _is_value(value: object, usual: object) -> bool:
    return type(value) is type(usual) and value == usual


def _agreed(machine: Interpreter, given: Made, again: Made | None) -> Made | None:
    """What is given either way; None where it makes a difference that decides too much."""
    if again is None or again.arguments != given.arguments:
        return None
    before, after = dict(given.keywords), dict(again.keywords)
    for name in before.keys() | after.keys():
        if not _is_same(machine, before.get(name, MISSING), after.get(name, MISSING)):
            if name in _ESSENTIAL:
                return None
            before[name] = UNKNOWN
    return replace(given, keywords=tuple(before.items()))


def _is_same(machine: Interpreter, one: object, other: object) -> bool:
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return type(one) is type(other) and one == other
    first, second = _told(machine, one), _told(machine, other)
    return not isinstance(first, Unknown) and first == second


def _told(machine: Interpreter, value: object) -> Value:
    return UNKNOWN if value is MISSING else plain(machine, value, follow=False)


def _is_default_certain(machine: Interpreter, made: Made, root: Standing) -> bool:
    """Whether it is known that there is a default, or none."""
    written = dict(made.keywords)
    for name in _ESSENTIAL:
        value = root.keywords.get(name)
        is_written = written.get(name) is not None
        if not is_written and value is not None and _told(machine, value) is UNKNOWN:
            return False
    return True


def _is_emptiness_certain(
    machine: Interpreter, lineage: Lineage, root: Standing, found: Standing
) -> bool:
    """Whether Django fills the column with what its class would be filled with.

    ``empty_strings_allowed`` decides for a field without a default that may be blank.
    """
    is_own = any(
        "empty_strings_allowed" in body_of(machine, each).names for each in lineage.classes
    )
    keywords = found.keywords
    has_say = keywords.get("blank", False) is not False and keywords.get("null", False) is not True
    return not (has_say and (is_own or root.path != found.path) and "default" not in keywords)
