"""6xx: numbers that two migrations have."""

from __future__ import annotations

import pytest

FIRST = """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True))]),
    ]
"""
CHECKED = """
from django.db import migrations


class Migration(migrations.Migration):{mark}
    {replaces}
    dependencies = [("shop", "{before}")]
    operations = []
"""


@pytest.mark.parametrize(
    "before", ["0002_initial", "0001", "initial", "0001b_initial", "00001_initial"]
)
def test_another_number_or_none_is_silent(check, before):
    source = CHECKED.format(mark="", replaces="", before=before)
    check(source, files={f"shop/migrations/{before}.py": FIRST}, only="DJM612")


def test_a_squash_has_the_number_of_what_it_replaces(check):
    source = CHECKED.format(
        mark="", replaces='replaces = [("shop", "0001_gone")]', before="0001_initial"
    )
    check(source, files={"shop/migrations/0001_initial.py": FIRST}, only="DJM612")


def test_the_number_of_the_one_before_is_reported(check):
    source = CHECKED.format(mark="  # DJM612 0001_initial", replaces="", before="0001_initial")
    check(source, files={"shop/migrations/0001_initial.py": FIRST}, only="DJM612")
