"""Run where Django is: a project's migrations through Django's own loader, told as JSON lines.

The first line of the input says what to load. The answer is the graph, then the state after every
migration, each field and each model told once. After that, questions: what would Django make of a
field, or of a value, that is written like this?
"""

import copy
import json
import os
import sys
from importlib import import_module
from pathlib import Path

import statements
import stubs
from django.apps import AppConfig, apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Field
from values import made, plain

REFUSED = {
    "socket.connect",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.system",
    "os.posix_spawn",
}
ALWAYS = {
    "USE_TZ": True,
    "USE_I18N": False,
    "SECRET_KEY": "none",
    "LOGGING_CONFIG": None,
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "none"}},
}


class Quiet:
    """An app that is known by its label, its models imported only when someone asks for one."""

    def import_models(self):
        self.models = self.apps.all_models[self.label]

    def ready(self):
        pass

    def get_model(self, model_name, *_given, **_keywords):
        if model_name.lower() not in self.models:
            import_module(f"{self.name}.models")
        return super().get_model(model_name, require_ready=False)


def quiet(entry):
    known = AppConfig.create(entry)
    kind = type("Quiet", (Quiet, type(known)), {"label": known.label, "path": known.path})
    return kind(known.name, known.module)


class OwnFields(ProjectState):
    """A state whose fields are its own: Django renames in fields that clones share."""

    def clone(self):
        clone = super().clone()
        clone.__class__ = OwnFields
        return clone

    def rename_field(self, app_label, model_name, old_name, new_name):
        for model in self.models.values():
            model.fields = {name: copy.deepcopy(each) for name, each in model.fields.items()}
        self._relations = None
        super().rename_field(app_label, model_name, old_name, new_name)


class Teller:
    """Tells states, fields and models, each of them once."""

    def __init__(self, channel):
        self.channel = channel
        self.fields = []
        self._field_ids = {}
        self._known = {}

    def say(self, **line):
        self.channel.write(json.dumps(line, separators=(",", ":")) + "\n")

    def once(self, kind, told):
        key = json.dumps([kind, told], sort_keys=True)
        if key not in self._known:
            self._known[key] = len(self._known)
            self.say(**{kind: self._known[key], **told})
        return self._known[key]

    def field(self, field):
        if id(field) not in self._field_ids:
            told = self.once("field", deconstructed(field))
            self._field_ids[id(field)] = (told, field)  # kept, so that no other gets its id
        return self._field_ids[id(field)][0]

    def model(self, state):
        options = {
            name: plain(value)
            for name, value in state.options.items()
            if name not in {"indexes", "constraints"}
        }
        told = {
            "name": state.name,
            "fields": [[name, self.field(each)] for name, each in state.fields.items()],
            "options": options,
            "indexes": [plain(each) for each in state.options["indexes"]],
            "constraints": [plain(each) for each in state.options["constraints"]],
            "bases": [based(each) for each in state.bases],
            "managers": [[name, plain(each)] for name, each in state.managers],
        }
        return self.once("model", told)

    def state(self, key, state):
        label = key[0]
        models = {
            name: self.model(each) for (own, name), each in state.models.items() if own == label
        }
        self.say(state=list(key), models=models)


def based(base):
    return base.lower() if isinstance(base, str) else plain(base)


def deconstructed(field):
    if not isinstance(field, Field) or stubs.is_stub(field):
        raise TypeError(f"{field!r} is no field of Django's or of the project")
    _, path, positional, keywords = field.deconstruct()
    told = {"path": path, "args": plain(positional), "kwargs": plain_keywords(keywords)}
    for relation in {"to", "through"} & told["kwargs"].keys():
        if isinstance(told["kwargs"][relation], str):
            told["kwargs"][relation] = told["kwargs"][relation].lower()
    return told


def plain_keywords(keywords):
    return {name: plain(value) for name, value in keywords.items()}


def states(graph, keys):
    """The state after each migration and the one before, its own ancestors applied and no other.

    Plans that begin alike share the states of their beginning.
    """
    stack = []
    for plan in sorted(graph.forwards_plan(key) for key in keys):
        common = 0
        while common < min(len(stack), len(plan)) and stack[common][0] == plan[common]:
            common += 1
        del stack[common:]
        for key in plan[common:]:
            state = stack[-1][1].clone() if stack else OwnFields()
            stack.append((key, graph.nodes[key].mutate_state(state, preserve=False)))
        yield plan[-1], stack[-1][1], stack[-2][1] if len(stack) > 1 else OwnFields()


def graph_told(loader, labels):
    graph = loader.graph
    own = [key for key in sorted(graph.nodes) if key[0] in labels]
    return {
        "nodes": own,
        "parents": [[key, sorted(each.key for each in graph.node_map[key].parents)] for key in own],
        "roots": {label: graph.root_nodes(label) for label in labels},
        "leaves": {label: graph.leaf_nodes(label) for label in labels},
        "plans": [
            [key, [each for each in graph.forwards_plan(key) if each[0] in labels]] for key in own
        ],
        "linear": {
            label: [
                key
                for key in graph._generate_plan(graph.leaf_nodes(label), at_end=True)
                if key[0] == label
            ]
            for label in labels
        },
        "swappable": [
            [key, sorted({each[0] for each in migration.dependencies if hasattr(each, "setting")})]
            for key, migration in loader.disk_migrations.items()
        ],
        "run_before": [
            [key, list(each)]
            for key, migration in loader.disk_migrations.items()
            for each in migration.run_before
        ],
        "symbols": [
            [key, list(each)]
            for key, migration in loader.disk_migrations.items()
            for each in migration.dependencies
            if each[1] in {"__first__", "__latest__"} and key[0] in labels
        ],
    }


def homes(loader, label):
    """The modules of an app's migrations: where a local name may come from."""
    return [
        import_module(migration.__module__)
        for key, migration in loader.disk_migrations.items()
        if key[0] == label
    ]


def answer(question, places):
    """What Django makes of what we say, from each module that its local names may come from."""
    found = []
    for home in places:
        try:
            value = made(question["value"], home)
            told = deconstructed(value) if question["is_field"] else plain(value)
        except Exception as error:  # noqa: BLE001 - the answer is that it cannot be made
            told = {"error": f"{type(error).__name__}: {error}"}
        if told not in found:
            found.append(told)
    return found


def configure(wanted):
    """The project's own settings, with what is always so and what our file says in their place."""
    chosen = {**ALWAYS, **wanted["settings"], "INSTALLED_APPS": wanted["apps"]}
    if not wanted["settings_module"]:
        settings.configure(**chosen)
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = wanted["settings_module"]
    for name, value in chosen.items():
        setattr(settings, name, value)


def refuse(event, given):
    """Keep what projects do when they are imported from reaching the network or other programs."""
    # Packages built on Django's get_version ask git for the date of their last change.
    if event in REFUSED and "git log" not in str(given):
        raise PermissionError(f"{event} is refused: migrations are loaded without it")


def main():
    sys.addaudithook(refuse)
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    wanted = json.loads(sys.stdin.readline())
    sys.path.remove(str(Path(__file__).parent))  # a project may have modules named like ours
    stubs.install(wanted["stubs"])
    configure(wanted)
    configs = {entry: quiet(entry) for entry in wanted["apps"]}
    apps.populate(configs.values())
    loader = MigrationLoader(None)
    own = {
        config.label: str(
            Path(import_module(loader.migrations_module(config.label)[0]).__file__).parent
        )
        for config in map(configs.get, wanted["own"])
    }
    teller = Teller(channel)
    teller.say(graph=graph_told(loader, sorted(own)), folders=own)
    keys = [key for key in sorted(loader.graph.nodes) if key[0] in own]
    statements.prepare()
    for key, state, before in states(loader.graph, keys):
        teller.state(key, state)
        for sent in statements.told(loader.graph.nodes[key], before):
            teller.say(plan=list(key), **sent)
    teller.say(end=True)
    channel.flush()
    for line in sys.stdin:
        question = json.loads(line)
        places = homes(loader, question["app"]) if question["is_local"] else [None]
        teller.say(answers=answer(question, places))
        channel.flush()


if __name__ == "__main__":
    main()
