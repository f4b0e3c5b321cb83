"""Calls that reach outside the database: commands, mail, network, queues, threads."""

from __future__ import annotations

import re
from typing import Final

from flake8_django_migrations.migration import Effect
from flake8_django_migrations.reader.scope import Made

_HTTP: Final = r"(get|post|put|patch|delete|head|options|request|stream)"

_OUTSIDE: Final = re.compile(
    rf"""
    (requests|httpx)\.(api\.)?{_HTTP}
    | (requests|httpx)\.(Session|Client)\.{_HTTP}
    | urllib\.request\.(urlopen|urlretrieve)
    | smtplib\.SMTP(_SSL)?
    | django\.core\.mail\.(send_mail|send_mass_mail|mail_admins|mail_managers)
    | subprocess\.(run|call|check_call|check_output|Popen)
    | os\.(system|popen)
    | threading\.Thread | multiprocessing\.(Process|Pool)
    | concurrent\.futures\.(\w+\.)?(ThreadPoolExecutor|ProcessPoolExecutor)
    | .+\.(delay|apply_async)
    """,
    re.VERBOSE,
)
_COMMANDS: Final = re.compile(r"django\.core\.management\.(call_command|execute_from_command_line)")
_SIGNALS: Final = re.compile(
    r".+\.(emit_post_migrate_signal|create_permissions|create_contenttypes|create_default_site)"
)
TASK_CALLS: Final = frozenset({"delay", "apply_async"})


def effect(path: str, made: Made) -> Effect | None:
    """The call as an effect, None where it is none."""
    if not any(each.fullmatch(path) for each in (_OUTSIDE, _COMMANDS, _SIGNALS)):
        return None
    first = made.arguments[0] if made.arguments else ""
    return Effect(path, made.place, first if isinstance(first, str) else "")
