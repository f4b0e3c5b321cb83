"""6xx: what keeps the configured Django from loading a migration's module at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.migration import (
    AddConstraint,
    AddField,
    AlterField,
    Constraint,
    Construct,
    CreateModel,
    Field,
    Reference,
    Value,
    walk,
)
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flake8_django_migrations.migration import Operation, Place
    from flake8_django_migrations.options import Options
    from flake8_django_migrations.rules.rule import Subject


class _Gone(NamedTuple):
    """Since when a name is not there any more, and what does its work."""

    since: tuple[int, int]
    instead: str


_TRANSLATION: Final = "django.utils.translation."
_HTTP: Final = "django.utils.http."
_QUOTING: Final = _Gone((4, 0), "use urllib.parse")
REMOVED: Final[Mapping[str, _Gone]] = {
    "django.conf.urls.url": _Gone((4, 0), "use django.urls.re_path"),
    "django.contrib.contenttypes.generic": _Gone((1, 9), "use django.contrib.contenttypes.fields"),
    "django.core.files.storage.get_storage_class": _Gone((5, 1), "use storages"),
    "django.core.urlresolvers": _Gone((2, 0), "use django.urls"),
    "django.db.models.fields.FieldDoesNotExist": _Gone((3, 1), "use django.core.exceptions"),
    "django.db.models.fields.subclassing": _Gone((1, 10), "write from_db_value()"),
    "django.db.models.get_model": _Gone((1, 9), "use apps.get_model"),
    "django.db.models.loading": _Gone((1, 9), "use django.apps"),
    "django.db.models.permalink": _Gone((2, 1), "use django.urls.reverse"),
    "django.utils.baseconv": _Gone((5, 0), "keep a copy"),
    "django.utils.datastructures.SortedDict": _Gone((1, 9), "use dict"),
    "django.utils.datetime_safe": _Gone((5, 0), "use datetime"),
    "django.utils.decorators.available_attrs": _Gone((3, 0), "use functools"),
    "django.utils.encoding.force_text": _Gone((4, 0), "use force_str"),
    "django.utils.encoding.python_2_unicode_compatible": _Gone((3, 0), "leave it out"),
    "django.utils.encoding.smart_text": _Gone((4, 0), "use smart_str"),
    "django.utils.functional.curry": _Gone((3, 0), "use functools.partial"),
    f"{_HTTP}is_safe_url": _Gone((4, 0), "use url_has_allowed_host_and_scheme"),
    f"{_HTTP}urlquote": _QUOTING,
    f"{_HTTP}urlquote_plus": _QUOTING,
    f"{_HTTP}urlunquote": _QUOTING,
    f"{_HTTP}urlunquote_plus": _QUOTING,
    "django.utils.importlib": _Gone((1, 9), "use importlib"),
    "django.utils.itercompat": _Gone((6, 0), "use collections.abc.Iterable"),
    "django.utils.lru_cache": _Gone((3, 0), "use functools"),
    "django.utils.simplejson": _Gone((1, 7), "use json"),
    "django.utils.six": _Gone((3, 0), "leave it out"),
    "django.utils.timezone.FixedOffset": _Gone((3, 1), "use datetime.timezone"),
    "django.utils.timezone.utc": _Gone((5, 0), "use datetime.timezone.utc"),
    f"{_TRANSLATION}ugettext": _Gone((4, 0), "use gettext"),
    f"{_TRANSLATION}ugettext_lazy": _Gone((4, 0), "use gettext_lazy"),
    f"{_TRANSLATION}ugettext_noop": _Gone((4, 0), "use gettext_noop"),
    f"{_TRANSLATION}ungettext": _Gone((4, 0), "use ngettext"),
    f"{_TRANSLATION}ungettext_lazy": _Gone((4, 0), "use ngettext_lazy"),
}
"""The names that migrations used and Django has removed."""

_CONDITION: Final = (5, 1)
"""The Django that first called a check's expression ``condition``."""
_NO_CHECK: Final = (6, 0)
"""The Django that no longer knows it as ``check``."""
_DEPTH: Final = 20


def removed_name(subject: Subject) -> Iterator[Finding]:
    """A name or a keyword that the configured Django does not have."""
    told: set[str] = set()
    for path, place in _names(subject):
        what = _gone(path, subject.options.django)
        if what and what not in told:
            told.add(what)
            yield _found(subject.options, place, what)
    for operation in walk(subject.migration.operations):
        for constraint in _constraints(operation):
            what = _keyword(constraint, subject.options.django)
            if what:
                yield _found(subject.options, operation.place, what)
                break


def _found(options: Options, place: Place, what: str) -> Finding:
    return found(place, version=".".join(map(str, options.django)), what=what)


def _names(subject: Subject) -> Iterator[tuple[str, Place]]:
    """What the module imports, and what its fields name."""
    yield from subject.migration.imports
    for operation in walk(subject.migration.operations):
        for field in _fields(operation):
            for value in field.keywords.values():
                yield from ((path, operation.place) for path in _paths(value, _DEPTH))


def _fields(operation: Operation) -> tuple[Field, ...]:
    match operation:
        case CreateModel(fields=fields):
            return tuple(field for _name, field in fields)
        case AddField(field=Field() as field) | AlterField(field=Field() as field):
            return (field,)
        case _:
            return ()


def _paths(value: Value, depth: int) -> Iterator[str]:
    """The dotted names that a value is made of."""
    match value:
        case Reference(path=path):
            yield path
        case Construct(path=path, arguments=arguments, keywords=keywords) if depth:
            yield path
            for part in (*arguments, *(part for _name, part in keywords)):
                yield from _paths(part, depth - 1)
        case tuple(parts) if depth:
            for part in parts:
                yield from _paths(part, depth - 1)
        case _:
            return


def _gone(path: str, django: tuple[int, int]) -> str:
    """What is missing, and what to use; empty for a name that is there."""
    for name in (path, path.rpartition(".")[0]):
        gone = REMOVED.get(name)
        if gone is not None and gone.since <= django:
            return f"{name} is gone, {gone.instead}"
    return ""


def _constraints(operation: Operation) -> tuple[Constraint, ...]:
    match operation:
        case CreateModel(constraints=constraints):
            return constraints
        case AddConstraint(constraint=constraint):
            return (constraint,)
        case _:
            return ()


def _keyword(constraint: Constraint, django: tuple[int, int]) -> str:
    """A spelling of the check's expression that this Django refuses; empty for one it takes."""
    if constraint.path != "django.db.models.CheckConstraint":
        return ""
    if "check" in constraint.keywords and django >= _NO_CHECK:
        return "CheckConstraint(check=) is gone, use condition="
    if "condition" in constraint.keywords and django < _CONDITION:
        return "CheckConstraint(condition=) came with 5.1, use check="
    return ""
