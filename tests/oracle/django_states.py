"""Run by the oracle tests in a process of its own: what Django makes of a project's migrations.

``python django_states.py ROOT APP…`` prints, as JSON, the state of each app after each of its
migrations, and the graph.
"""

import json
import sys

import django
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Field
from django.db.models.constraints import BaseConstraint
from django.db.models.indexes import Index

CONTRIB = ("django.contrib.auth", "django.contrib.contenttypes")


class OwnFields(ProjectState):
    """A state that copies what it takes: Django renames in the operations' own fields."""

    def add_model(self, model_state):
        model_state.fields = {name: each.clone() for name, each in model_state.fields.items()}
        super().add_model(model_state)

    def add_field(self, app_label, model_name, name, field, preserve_default):
        super().add_field(app_label, model_name, name, field.clone(), preserve_default)

    def alter_field(self, app_label, model_name, name, field, preserve_default):
        super().alter_field(app_label, model_name, name, field.clone(), preserve_default)


def plain(value):
    """The value in JSON; ``*`` for what no text shows."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if type(value) is str:
        return value
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain, value))
    if isinstance(value, (list, tuple)):
        return list(map(plain, value))
    return "*"


def field(definition: Field):
    _, path, arguments, keywords = definition.deconstruct()
    return [path, plain(arguments), {name: plain(value) for name, value in keywords.items()}]


def index(definition: Index):
    return [definition.name, list(definition.fields)]


def constraint(definition: BaseConstraint):
    return [type(definition).__name__, definition.name]


def model(state):
    return {
        "name": state.name,
        "fields": {name: field(each) for name, each in state.fields.items()},
        "options": {
            name: plain(value)
            for name, value in state.options.items()
            if name not in {"indexes", "constraints"}
        },
        "indexes": list(map(index, state.options["indexes"])),
        "constraints": list(map(constraint, state.options["constraints"])),
        "bases": [base if isinstance(base, str) else "*" for base in state.bases],
        "managers": [name for name, _ in state.managers],
    }


def answer(labels):
    graph = MigrationLoader(None).graph
    states, plans = {}, {}
    for key in sorted(graph.nodes):
        if key[0] in labels:
            plan = graph.forwards_plan(key)
            state = OwnFields()
            for each in plan:
                state = graph.nodes[each].mutate_state(state, preserve=False)
            plans["/".join(key)] = ["/".join(each) for each in plan if each[0] in labels]
            states["/".join(key)] = {
                name: model(each) for (label, name), each in state.models.items() if label == key[0]
            }
    return {
        "states": states,
        "plans": plans,
        "roots": {label: graph.root_nodes(label) for label in labels},
        "leaves": {label: graph.leaf_nodes(label) for label in labels},
    }


if __name__ == "__main__":
    root, *apps = sys.argv[1:]
    sys.path.insert(0, root)
    settings.configure(
        INSTALLED_APPS=[*dict.fromkeys([*CONTRIB, *apps])],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    sys.stdout.write(json.dumps(answer([app.rpartition(".")[2] for app in apps])))
