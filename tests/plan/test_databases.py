"""The names of databases."""

from __future__ import annotations

import pytest

from flake8_django_migrations.plan.databases import Database, parse_database


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("postgresql", "postgresql:14"),
        ("PostGIS:16.2", "postgresql:16.2"),
        ("mysql", "mysql:5.7"),
        ("mysql:8.0.28", "mysql:8.0.28"),
        ("sqlite", "sqlite:3"),
    ],
)
def test_a_name_is_a_vendor_and_a_version(text, name):
    assert parse_database(text).name == name


@pytest.mark.parametrize(
    "text", ["", "oracle", "oracle:19", "postgresql:9.6", "postgresql:x", "mysql:.8", "mysql:8..0"]
)
def test_any_other_text_is_refused_with_what_is_accepted(text):
    with pytest.raises(ValueError, match="accepted: postgresql:10"):
        parse_database(text)


def test_a_failed_migration_leaves_nothing_behind_where_ddl_is_undone():
    assert Database("postgresql", (14,)).can_rollback_ddl
    assert not Database("mysql", (8, 0)).can_rollback_ddl
