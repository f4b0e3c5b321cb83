"""The plain data."""

from __future__ import annotations

import pytest

from flake8_django_migrations.migration import UNKNOWN


def test_unknown_is_neither_true_nor_false():
    with pytest.raises(TypeError, match="compare with `is`"):
        bool(UNKNOWN)


def test_unknown_says_what_it_is():
    assert repr(UNKNOWN) == "UNKNOWN"
