"""What happens to an example later on: its models go, others build on it, it stops half-way."""

from __future__ import annotations

import ast
import importlib.util
import sys
from itertools import permutations
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.operations import CreateModel, RunSQL

from inside import comparing, project, queries, rows
from inside.before import Seen, note, said
from inside.project import Job
from inside.stories import REFUSALS


def alone(job: Job) -> Seen:
    """``migrate`` is called for each app by itself, on a fresh database."""
    for app, name in project.executor().loader.graph.leaf_nodes():
        project.empty()
        try:
            project.migrate(until=[(app, name)])
        except REFUSALS as error:
            return {"FAILS": said(error)}
    return {}


def models_gone(job: Job) -> Seen:
    """The models of today are deleted from ``models.py``; a fresh database is made."""
    for path in job.folder.glob("*/models.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        tree.body = [each for each in tree.body if not _is_model(each)]
        path.write_text(ast.unparse(tree), encoding="utf-8")
        sys.modules.pop(f"{path.parent.name}.models")
    try:
        project.migrate()
    except REFUSALS as error:
        return {"FAILS": said(error)}
    return {}


def _is_model(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        isinstance(base, ast.Attribute) and base.attr == "Model" for base in node.bases
    )


def next_migration(job: Job) -> Seen:
    """All is applied; then every app gets one migration more."""
    project.migrate()
    made = project.executor()
    for app, name in made.loader.graph.leaf_nodes():
        if app in job.apps:
            job.path((app, "9999_next")).write_text(
                "from django.db import migrations\n\n\n"
                f"class Migration(migrations.Migration):\n    dependencies = [({app!r}, {name!r})]\n",
                encoding="utf-8",
            )
    try:
        project.migrate()
    except REFUSALS as error:
        return {"FAILS": said(error)}
    return {}


def unloaded(job: Job) -> Seen:
    """All that Django finds is applied; the code's models are what all files say."""
    state = project.migrate()
    loaded = project.executor().loader.disk_migrations
    for path in sorted(job.folder.glob("*/migrations/**/*.py")):
        app = path.relative_to(job.folder).parts[0]
        if path.stem != "__init__" and (app, path.stem) not in loaded:
            spec = importlib.util.spec_from_file_location("unloaded", path)
            assert spec
            assert spec.loader
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            state = module.Migration(path.stem, app).mutate_state(state)
    seen: Seen = {}
    note(seen, "BREAKS_NEW_CODE", queries.failing(state))
    return seen


def fake_initial(job: Job) -> Seen:
    """A later table is there already, in an older form; then ``migrate --fake-initial``."""
    made = project.executor()
    for migration in project.plan(made):
        if migration.app_label in job.apps and not _is_beginning(made, migration):
            for each in migration.operations:
                if isinstance(each, CreateModel):
                    table = f"{migration.app_label}_{each.name_lower}"
                    connection.cursor().execute(f"CREATE TABLE {table} (older text)")
    try:
        call_command("migrate", fake_initial=True, verbosity=0)
    except REFUSALS as error:
        return {"FAILS": said(error)}
    seen: Seen = {}
    note(seen, "DRIFTS", comparing.drift(project.start(project.executor())))
    return seen


def _is_beginning(made: Any, migration: Any) -> bool:
    """Whether nothing but initial migrations of its app comes before it."""
    before = made.loader.graph.forwards_plan(project.key(migration))
    return all(
        made.loader.disk_migrations[each].initial or each[1].startswith("0001")
        for each in before[:-1]
        if each[0] == migration.app_label
    )


def orders(job: Job) -> Seen:
    """The branches in front of a merge are applied in every order."""
    graph = project.executor().loader.graph
    heads: set[project.Key] = set()
    for name, node in graph.node_map.items():
        parents = {each.key for each in node.parents if each.key[0] == name[0]}
        heads |= parents if len(parents) > 1 else set()
    seen: Seen = {}
    for order in permutations(sorted(heads)):
        for head in order:
            project.migrate(until=[head])
        state = project.migrate()
        note(seen, "DRIFTS", comparing.drift(state))
        project.empty()
    return seen


def stopped(job: Job) -> Seen:
    """Each marked migration runs with a statement after its operations that fails."""
    seen: Seen = {}
    made = project.executor()
    state = project.start(made)
    for migration in project.plan(made):
        if project.key(migration) not in job.marked and (job.marked or migration.initial):
            state = project.apply(made, migration, state)
            rows.populate(state.apps, job.rows)
            continue
        before = comparing.schema(), comparing.values()
        whole = list(migration.operations)
        is_whole = migration.atomic and connection.features.can_rollback_ddl
        for count in range(1, len(whole) + is_whole):
            migration.operations = [*whole[:count], RunSQL("SELECT * FROM no_such_table")]
            _try(made, migration, state)
            migration.operations = whole
            is_changed = (comparing.schema(), comparing.values()) != before
            if is_changed and (is_whole or _try(made, migration, state)):
                seen["HALF_DONE"] = f"what the first {count} of {migration} have done stays"
                return seen
        migration.operations = whole
        try:
            state = project.apply(made, migration, state)
        except REFUSALS as error:
            seen["FAILS"] = said(error)
            break
    return seen


def _try(made: Any, migration: Any, state: Any) -> str:
    """What stops the migration, empty where nothing does."""
    try:
        project.apply(made, migration, state.clone())
    except REFUSALS as error:
        return said(error)
    return ""


def worn_out(job: Job) -> Seen:
    """The tables have had two thousand million rows; the code goes on."""
    seen: Seen = {}
    state = project.migrate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, sequencename FROM pg_sequences WHERE max_value > 9999")
        for schema, name in cursor.fetchall():
            cursor.execute(f"SELECT setval('{schema}.\"{name}\"', 2147483647)")
    ours = {each for each in queries.failing(state) if "INSERT django" not in each}
    note(seen, "BREAKS_NEW_CODE", ours)
    return seen


def content_types(job: Job) -> Seen:
    """``migrate`` with its signals, once before and once with what is in question."""
    from django.contrib.contenttypes.models import ContentType

    last = sorted(key for key in job.on_disk() if key not in job.setting and key[1] > "0001_z")
    first = [key for key in job.on_disk() if key not in last]
    call_command("migrate", "contenttypes", verbosity=0)
    for app, name in sorted(first):
        call_command("migrate", app, name, verbosity=0)
    held = set(ContentType.objects.values_list("pk", "app_label", "model"))
    call_command("migrate", verbosity=0)
    models = project.executor().loader.project_state().models
    seen: Seen = {}
    stale = ContentType.objects.filter(pk__in=[each[0] for each in held], app_label__in=job.apps)
    note(seen, "DRIFTS", [str(each) for each in stale if each.natural_key() not in models])
    return seen


STORIES = {
    each.__name__: each
    for each in (
        alone,
        models_gone,
        next_migration,
        unloaded,
        fake_initial,
        orders,
        stopped,
        worn_out,
        content_types,
    )
}
