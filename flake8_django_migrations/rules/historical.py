"""2xx: what a data migration asks of historical models and tables that they do not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    UNKNOWN,
    Attribute,
    Code,
    Holder,
    ModelKey,
    Reference,
    RunPython,
    Unknown,
    Verb,
)
from flake8_django_migrations.rules import evidence, questions
from flake8_django_migrations.rules.relations import leads_back
from flake8_django_migrations.rules.rule import Finding, found, spell

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_OF_MODELS: Final = frozenset(
    """
    DoesNotExist MultipleObjectsReturned NotUpdated Meta objects pk id mro
    adelete arefresh_from_db asave check clean clean_fields date_error_message delete from_db
    full_clean get_constraints get_deferred_fields prepare_database_save refresh_from_db save
    save_base serializable_value unique_error_message validate_constraints validate_unique
    """.split()
)
_OF_QUERYSETS: Final = frozenset(
    """
    aaggregate abulk_create abulk_update acontains acount acreate adelete aearliest aexists
    aexplain afirst aget aget_or_create aggregate ain_bulk aiterator alast alatest alias all
    annotate as_manager aupdate aupdate_or_create auto_created bulk_create bulk_update check
    complex_filter contains contribute_to_class count create dates datetimes db db_manager
    deconstruct defer delete difference distinct earliest exclude exists explain extra filter
    first from_queryset get get_or_create get_queryset in_bulk intersection iterator last latest
    model none only order_by ordered prefetch_related query raw resolve_expression reverse
    select_for_update select_related union update update_or_create using values values_list fetch_mode
    """.split()
)
_FILLED_LATE: Final = frozenset(
    {
        ModelKey("auth", "permission"),
        ModelKey("contenttypes", "contenttype"),
        ModelKey("sites", "site"),
    }
)
"""Models whose rows Django makes when all migrations have run."""
_MAKERS: Final = frozenset(
    {"emit_post_migrate_signal", "create_permissions", "create_contenttypes", "create_default_site"}
)
"""Django's functions that make them sooner."""
_MAKES: Final = frozenset(
    {Verb.CREATE, Verb.BULK_CREATE, Verb.GET_OR_CREATE, Verb.UPDATE_OR_CREATE, Verb.SAVE}
)


def wrong_signature(subject: Subject) -> Iterator[Finding]:
    """A function that cannot take what Django calls it with."""
    for step in questions.on_database(subject):
        operation = step.operation
        if not isinstance(operation, RunPython):
            continue
        for code in (operation.code, operation.reverse_code):
            if isinstance(code, Code) and code.misfit:
                yield found(code.place, function=code.name, why=code.misfit)


def missing_on_model(subject: Subject) -> Iterator[Finding]:
    """A method, manager or constant that only the class of today has."""
    for step in questions.on_database(subject):
        for code in questions.codes(step.operation):
            body = questions.body_of(code)
            told: set[tuple[object, str]] = set()
            for asked in body.attributes if body is not None else ():
                what = _missing(step, asked)
                if what and (asked.place, what) not in told:
                    told.add((asked.place, what))
                    call = "()" if asked.is_called else ""
                    yield found(asked.place, model=what, name=f"{asked.name}{call}")


def _missing(step: Step, asked: Attribute) -> str:
    """What surely lacks the attribute, as messages name it; empty where it may be there."""
    if isinstance(asked.model, Unknown) or asked.is_tried:
        return ""
    model = step.before.find(asked.model)
    if not isinstance(model, ModelState) or model.is_doubtful or not _has_no_base(model):
        return ""
    if asked.holder is Holder.MANAGER:
        is_plain = model.managers == () and asked.name not in _OF_QUERYSETS
        return f"the manager of {spell(model.key)}" if is_plain else ""
    is_constant = asked.holder is Holder.CLASS and asked.name.isupper()
    is_told = asked.is_called or is_constant or asked.name.startswith("save(")
    if not is_told and not _is_manager(asked):
        return ""
    return spell(model.key) if not _may_have(step, model, asked.name) else ""


def _is_manager(asked: Attribute) -> bool:
    """Whether the class is asked for what is named as managers are."""
    return asked.holder is Holder.CLASS and asked.name.endswith(("objects", "manager"))


def _has_no_base(model: ModelState) -> bool:
    """Whether nothing but Django's own Model gives it attributes."""
    if isinstance(model.bases, Unknown):
        return False
    own = Reference("django.db.models.Model")
    return all(base == own for base in model.bases)


def _may_have(step: Step, model: ModelState, name: str) -> bool:
    """Whether the historical class may have the attribute; in doubt: True."""
    if name in _OF_MODELS or name.removesuffix("_id") in model.fields:
        return True
    if _may_have_manager(model, name):
        return True
    if name.startswith(("get_next_by_", "get_previous_by_")):
        return True
    if name.startswith("get_") and name.removeprefix("get_").rpartition("_")[0] in model.fields:
        return True
    added = (each for each, field in model.fields.items() if not field.is_django)
    return any(each in name for each in added) or leads_back(step.before, model, name)


def _may_have_manager(model: ModelState, name: str) -> bool:
    """Whether one of the managers has the name, or one that cannot be read."""
    if not isinstance(model.managers, tuple):
        return True
    names = [each[0] if isinstance(each, tuple) and each else UNKNOWN for each in model.managers]
    return any(not isinstance(each, str) or each == name for each in names)


def row_not_made_yet(subject: Subject) -> Iterator[Finding]:
    """A row asked for that Django makes only when all migrations have run."""
    bodies = questions.forward_bodies(subject)
    if not any(fetch.model in _FILLED_LATE for *_, body in bodies for fetch in body.fetches):
        return
    makers = set(_made(evidence.earlier(subject)))
    for step, _operation, _code, body in bodies:
        makers |= set(_made([step.operation]))
        for fetch in body.fetches if body.is_complete else ():
            if fetch.model in _FILLED_LATE and not makers & {fetch.model, None}:
                yield found(fetch.place, model=spell(fetch.model))


def _made(operations: Iterable[Operation]) -> Iterator[ModelKey | None]:
    """The models that the functions may make rows of; None stands for all that Django makes."""
    for operation in operations:
        body = questions.body_of(operation.code) if isinstance(operation, RunPython) else None
        for write in body.writes if body is not None else ():
            if write.verb in _MAKES and isinstance(write.model, ModelKey):
                yield write.model
        for asked in body.attributes if body is not None else ():
            if asked.name.startswith("get_for_") and isinstance(asked.model, ModelKey):
                yield asked.model
        for effect in body.effects if body is not None else ():
            if effect.path.rpartition(".")[2] in _MAKERS:
                yield None
