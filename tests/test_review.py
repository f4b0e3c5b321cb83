"""One migration judged: faults, databases, the deploy it belongs to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from marked import write
from running import INITIAL

from flake8_django_migrations import review as module
from flake8_django_migrations.migration import UNKNOWN
from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.review import fault, review

DEFAULT = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("order", "seen", models.IntegerField(default=0, null=True)),
    ]
"""
REMOVAL = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_seen")]
    operations = [migrations.RemoveField("order", "seen")]
"""
SQUASH = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("shop", "0002_seen"), ("shop", "0003_unseen")]
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddIndex("order", models.Index(fields=["note"], name="note_idx")),
    ]
"""
FILES = {
    "shop/migrations/0001_initial.py": INITIAL,
    "shop/migrations/0002_seen.py": DEFAULT,
    "shop/migrations/0003_unseen.py": REMOVAL,
    "shop/migrations/0002_squashed_0003_unseen.py": SQUASH,
}


@pytest.fixture
def judge(tmp_path):
    write(tmp_path, {"manage.py": "", **FILES})

    def verb(name, options=Options()):  # noqa: B008 - frozen
        path = tmp_path / "shop" / "migrations" / f"{name}.py"
        judged = review(str(path), path.read_text().splitlines(keepends=True), options)
        return [report for report in judged.reports if not report.rule.code.startswith("DJM7")]

    verb.folder = tmp_path / "shop" / "migrations"
    return verb


def codes(reports):
    return [report.rule.code for report in reports]


def databases(*names):
    return Options(databases=tuple(map(parse_database, names)))


def test_what_concerns_every_database_names_none(judge):
    reports = judge("0003_unseen", databases("postgresql:14", "mysql:8.0"))
    assert [report.databases for report in reports if report.rule.code == "DJM903"] == [()]


def test_what_concerns_one_database_names_it(judge):
    (report,) = judge("0002_seen", databases("postgresql:10", "postgresql:14"))
    assert report.rule.code == "DJM401"
    assert report.message.endswith("(postgresql:10)")


def test_a_fault_in_one_rule_leaves_the_others(judge, monkeypatch):
    def broken(_subject):
        raise ZeroDivisionError

    rules = [
        replace(rule, check=broken) if rule.code == "DJM301" else rule for rule in module.RULES
    ]
    monkeypatch.setattr(module, "RULES", tuple(rules))
    found = codes(judge("0003_unseen"))
    assert "DJM002" in found
    assert "DJM903" in found


def test_a_fault_names_its_place_in_the_package():
    with pytest.raises(TypeError) as raised:
        bool(UNKNOWN)
    assert " (TypeError at migration.py:" in fault(raised.value).message


def test_a_fault_without_a_place_of_ours_is_told_all_the_same():
    assert "ValueError at ?" in fault(ValueError()).message


def test_a_column_of_the_same_deploy_may_go_again(judge):
    shipped = frozenset({judge.folder / "0001_initial.py"})
    assert codes(judge("0003_unseen", Options(shipped=shipped))) == []


def test_a_column_that_has_shipped_may_not(judge):
    shipped = frozenset({judge.folder / "0001_initial.py", judge.folder / "0002_seen.py"})
    assert "DJM903" in codes(judge("0003_unseen", Options(shipped=shipped)))


def test_to_a_squash_every_table_is_new(judge):
    assert codes(judge("0002_squashed_0003_unseen")) == []


def test_what_cannot_be_read_is_told_once_a_file(judge):
    odd = judge.folder / "0002_seen.py"
    model = (
        'migrations.CreateModel("{}", [("id", models.AutoField(primary_key=True)), (later(), x)]),'
    )
    models = "\n        ".join(model.format(name) for name in "AB")
    source = DEFAULT.replace("migrations.AddField(", f"{models}\n        migrations.AddField(")
    odd.write_text(source)
    (report,) = (each for each in judge("0002_seen") if each.rule.code == "DJM001")
    assert report.finding.place.line == 7
    assert "2 times in this file" in report.message


def test_a_file_beside_it_that_cannot_be_parsed_is_told(judge):
    (judge.folder / "0002_seen.py").write_text("class Migration(migrations.Migration:\n")
    reports = judge("0003_unseen")
    assert codes(reports) == ["DJM001"]
    assert reports[0].message.startswith(
        "0002_seen.py beside it cannot be read (it cannot be parsed)"
    )


def test_an_operation_under_a_condition_is_told(judge):
    odd = judge.folder / "0003_unseen.py"
    head = "from django.conf import settings\nOPERATIONS = []\nif settings.DEBUG:\n    "
    source = REMOVAL.replace(
        'operations = [migrations.RemoveField("order", "seen")]', "operations = OPERATIONS"
    )
    append = 'OPERATIONS.append(migrations.RemoveField("order", "seen"))\n\n\nclass Migration'
    odd.write_text(source.replace("class Migration", head + append, 1))
    (report,) = judge("0003_unseen")
    assert report.message.startswith("whether RemoveField runs cannot be read")
