"""A plan as a person and as a program sees it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.outline import Held, Line
from flake8_django_migrations.plan.actions import Kind, Lock, Work
from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.printout import WIDTH, Plan, as_json, markdown, terminal
from flake8_django_migrations.review import review

HEAD = "from django.conf import settings\nfrom django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
CREATE = """    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("note", models.CharField(max_length=20)),
                ("customer", models.ForeignKey("auth.User", models.CASCADE)),
            ],
        ),
        migrations.AddIndex("order", models.Index(fields=["note"], name="order_note_idx")),
    ]
"""
CHANGE = """    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddIndex("order", models.Index(fields=["note"], name="note_idx")),
        migrations.RunPython(fill),
    ]
"""
ONLINE = """    atomic = False
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE INDEX CONCURRENTLY note_idx ON shop_order (note)"),
    ]
"""
LINE = Line(operation="RunSQL", number=3, statement="SELECT a || b", kinds=(Kind.SELECT,))


@pytest.fixture
def planned(tmp_path):
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    for package in (folder, folder.parent):
        (package / "__init__.py").touch()
    (folder / "0001_initial.py").write_text(HEAD + CREATE)

    def plan(text, name="0002_change.py", database="postgresql:14", *, backwards=False, **sizes):
        path = folder / name
        path.write_text(HEAD + text)
        options = Options(databases=(parse_database(database),), table_rows=sizes)
        judged = review(str(path), path.read_text().splitlines(keepends=True), options)
        return Plan(path=str(path), review=judged, options=options, backwards=backwards)

    return plan


def test_a_terminal_shows_the_plan_at_a_glance(planned):
    assert terminal(planned(CHANGE, shop_order=50_000_000)).splitlines() == [
        "Applying shop.0002_change on postgresql:14, Django 5.2",
        "Deploy: in two parts: what it adds before the code, the rest after it",
        "Roll back: python manage.py migrate shop 0001_initial",
        "Locks: one transaction: every lock is held to its end",
        "",
        "AddIndex order note_idx (line 8)",
        '  CREATE INDEX "note_idx" ON "shop_order" ("note")',
        "      shop_order: SHARE, writes wait; index build of 50,000,000 rows",
        "",
        "RunPython (line 9)",
        "  runs Python: its statements are not known",
    ]


def test_a_rollback_is_told_from_the_end(planned):
    text = terminal(planned(CHANGE, backwards=True))
    assert text.startswith("Rolling back shop.0002_change on postgresql:14")
    assert text.index("cannot be reversed") < text.index("DROP INDEX")
    assert "Deploy" not in text


@pytest.mark.parametrize("database", ["postgresql:10", "mysql:5.7", "mariadb:10.11", "sqlite"])
def test_no_line_is_wider_than_the_terminal(planned, database):
    told = terminal(planned(CREATE, "0001_initial.py", database, auth_user=1_000_000))
    assert max(map(len, told.splitlines())) <= WIDTH
    assert "a new table: nobody waits" in told


def test_what_is_deferred_stands_at_the_end(planned):
    told = terminal(planned(CREATE, "0001_initial.py"))
    index = told.index("AddIndex order order_note_idx (line 15)")
    assert index < told.index("CreateModel Order (line 7), at the end of the migration")
    assert "  auth_user: SHARE ROW EXCLUSIVE, writes wait" in told


def test_what_refuses_a_transaction_is_said(planned):
    told = terminal(planned(ONLINE))
    assert "Locks: atomic = False: each statement is a transaction of its own" in told
    assert "SHARE UPDATE EXCLUSIVE, only other schema changes wait; index build" in told
    assert told.endswith("table; refuses a transaction")


def test_a_database_without_transactional_ddl_is_told_so(planned):
    told = terminal(planned(CHANGE, database="mysql:8.0"))
    assert "Locks: no transaction around it: what was done before a failure stays done" in told


def test_an_empty_migration_has_no_locks(planned):
    told = terminal(planned("    operations = []\n"))
    assert "Locks" not in told


def test_a_statement_without_locks_says_so(planned):
    told = terminal(planned('    operations = [migrations.RunSQL("SELECT 1")]\n'))
    assert "      no lock that others wait for; no work on rows" in told


def test_a_table_that_a_setting_names_is_said_to_be_unknown(planned):
    field = "models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)"
    told = terminal(planned(f"    operations = [migrations.AddField('order', 'user', {field})]\n"))
    assert "      a table that only a setting names (?): its lock is not told" in told


def test_programs_read_the_same_plan(planned):
    (plan,) = json.loads(as_json([planned(CHANGE, shop_order=12)]))
    first, second = plan["steps"]
    assert (plan["app_label"], plan["name"]) == ("shop", "0002_change")
    assert (plan["database"], plan["django"]) == ("postgresql:14", "5.2")
    assert plan["direction"] == "forwards"
    assert plan["rollback"] == "python manage.py migrate shop 0001_initial"
    assert plan["irreversible"] == ["RunPython"]
    assert first == {
        "line": 8,
        "operation": "AddIndex order note_idx",
        "statement": 'CREATE INDEX "note_idx" ON "shop_order" ("note")',
        "kinds": ["create index"],
        "work": "index build",
        "rows": 12,
        "can_run_in_transaction": True,
        "is_deferred": False,
        "tables": [
            {
                "table": "shop_order",
                "lock": "SHARE",
                "reads_wait": False,
                "writes_wait": True,
                "rows": 12,
                "is_new": False,
            }
        ],
    }
    assert second == {
        "line": 9,
        "operation": "RunPython",
        "note": "runs Python: its statements are not known",
    }


def test_programs_are_told_that_nobody_waits_for_a_new_table(planned):
    (plan,) = json.loads(as_json([planned(CREATE, "0001_initial.py")]))
    held = [table for step in plan["steps"] for table in step["tables"] if table["is_new"]]
    assert held
    assert not any(table["reads_wait"] or table["writes_wait"] for table in held)
    (plan,) = json.loads(as_json([planned(CREATE, "0001_initial.py", backwards=True)]))
    assert plan["direction"] == "backwards"


def test_a_document_shows_a_table_whatever_the_statements_hold():
    held = Held("a", Lock.SHARE, 3, is_new=False)
    build = replace(LINE, statement="CREATE", tables=(held,), work=Work.INDEX_BUILD, rows=3)
    quiet = Line(operation="RunPython", number=4, statement="runs Python")
    assert markdown([LINE, build, quiet]).splitlines() == [
        "| Operation | Statement | Lock | Waits | Work |",
        "| --- | --- | --- | --- | --- |",
        "| RunSQL | SELECT a \\|\\| b | none |  | no work on rows |",
        "| RunSQL | CREATE | SHARE on a | writes wait | index build of 3 rows |",
        "| RunPython | runs Python |  |  |  |",
    ]
