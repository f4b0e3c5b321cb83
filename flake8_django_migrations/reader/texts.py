"""Formatting and methods of texts that are known, with bounds on every result."""

from __future__ import annotations

import operator
import re
import string
from collections.abc import Sequence
from typing import Final

from flake8_django_migrations.migration import UNKNOWN
from flake8_django_migrations.reader.constants import MAX_TEXT, attempt, is_known, mapping
from flake8_django_migrations.reader.scope import Scalar, Table

_WIDTH: Final = re.compile(r"\d{4}|\*")


def percent(text: str, values: object) -> object:
    """``text % values``."""
    given = mapping(values) if isinstance(values, Table) else values
    if given is None and values is not None:
        return UNKNOWN
    known = is_known(given) if not isinstance(given, dict) else is_known(list(given.values()))
    if not known or _WIDTH.search(_without_names(text)):
        return UNKNOWN
    return attempt(operator.mod, text, tuple(given) if isinstance(given, tuple) else given)


def _without_names(text: str) -> str:
    """The conversions of a format string: what stands between ``%`` and its letter."""
    return " ".join(re.findall(r"%(?:\([^)]*\))?([-+ #0-9.*]*)", text))


def formatted(value: object, conversion: int, spec: object) -> object:
    """``{value!conversion:spec}`` of an f-string."""
    if not isinstance(value, Scalar) or not isinstance(spec, str) or _WIDTH.search(spec):
        return UNKNOWN
    match chr(conversion) if conversion >= 0 else "":
        case "r":
            return attempt(format, repr(value), spec)
        case "a":
            return attempt(format, ascii(value), spec)
        case "s":
            return attempt(format, str(value), spec)
        case _:
            return attempt(format, value, spec)


def _format(text: str, arguments: Sequence[object], keywords: dict[str, object]) -> object:
    """``text.format(…)`` with plain fields only: no attributes, no nested widths."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return UNKNOWN
    names = [name for _, name, _, _ in parts if name is not None]
    specs = [spec or "" for _, _, spec, _ in parts]
    if any("." in name for name in names) or any(_WIDTH.search(s) or "{" in s for s in specs):
        return UNKNOWN
    used = {name.partition("[")[0] for name in names}
    needed = {name: keywords[name] for name in used & keywords.keys()}
    if not is_known(list(needed.values())) or not is_known(list(arguments)):
        return UNKNOWN
    return attempt(text.format, *arguments, **needed)


def joined(separator: str, parts: object) -> object:
    """``separator.join(parts)``."""
    if not isinstance(parts, (list, tuple)) or not all(isinstance(part, str) for part in parts):
        return UNKNOWN
    if sum(len(str(part)) + len(separator) for part in parts) > MAX_TEXT:
        return UNKNOWN
    return separator.join(str(part) for part in parts)


_TEXT_METHODS: Final = frozenset(
    """
    capitalize casefold count encode endswith find index isalnum isalpha isdigit islower
    isidentifier isspace isupper lower lstrip partition removeprefix removesuffix rfind
    rpartition rsplit rstrip split splitlines startswith strip swapcase title upper decode
    """.split()
)


def text_method(
    owner: str | bytes, name: str, arguments: Sequence[object], keywords: dict[str, object]
) -> object:
    """A method of a known text."""
    if isinstance(owner, str) and name == "format":
        return _format(owner, arguments, keywords)
    if isinstance(owner, str) and name == "join" and len(arguments) == 1:
        return joined(owner, arguments[0])
    if not all(map(is_known, arguments)) or not all(map(is_known, keywords.values())):
        return UNKNOWN
    if name == "replace" and all(isinstance(each, str) for each in arguments[:2]):
        old, new = [str(each) for each in arguments[:2]] if len(arguments) > 1 else ("", "")
        grown = (len(owner) + 1) * (len(new) + 1) > MAX_TEXT and len(new) > len(old)
        return UNKNOWN if grown else attempt(owner.replace, *arguments)
    if name not in _TEXT_METHODS:
        return UNKNOWN
    return attempt(getattr(owner, name, _unheard), *arguments, **keywords)


def _unheard(*_arguments: object, **_keywords: object) -> object:
    raise AttributeError
