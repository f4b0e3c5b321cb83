"""Relations between models, asked about from the side that only knows them by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_migrations.migration import UNKNOWN

if TYPE_CHECKING:
    from flake8_django_migrations.history.state import ModelState, ProjectState


def leads_back(state: ProjectState, model: ModelState, name: str) -> bool:
    """Whether a relation of this app to the model may have the name on the way back."""
    for other in state.models.values():
        relations = [each for each in other.fields.values() if "to" in each.keywords]
        for field in relations:
            names = {field.get("related_name"), field.get("related_query_name")}
            names |= {other.name.lower(), f"{other.name.lower()}_set"}
            target = state.resolve(field.get("to"), other.name)
            if name in names and target in {model.key, UNKNOWN}:
                return True
    return False
