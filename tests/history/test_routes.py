"""Where the relations that a data migration follows lead."""

from __future__ import annotations

import pytest
from history.made import field

from flake8_django_migrations.history.routes import End, follow, settled
from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import (
    NOWHERE,
    UNKNOWN,
    USERS,
    Attribute,
    Body,
    Code,
    Field,
    Holder,
    Loop,
    ModelKey,
    Reference,
    Route,
    RunPython,
    Verb,
    Write,
)

ORDER = ModelKey("shop", "order")
LINE = ModelKey("shop", "line")
TAG = ModelKey("shop", "tag")
BILL = ModelKey("bills", "bill")
GROUP = ModelKey("auth", "group")


def model(name, app="shop", **fields):
    return ModelState(app_label=app, name=name, fields={"id": field("AutoField"), **fields})


def many(**keywords):
    return field("ManyToManyField", **keywords)


def one(**keywords):
    return field("ForeignKey", **keywords)


USER = Reference("django.conf.settings.AUTH_USER_MODEL")
OTHERS = {
    ModelKey("pay", "payer"): model("Payer", "pay", parent=one(to="self"), card=one(to="Card")),
    ModelKey("pay", "card"): model("Card", "pay", payer=one(to="pay.payer")),
}


def find(key):
    return OTHERS.get(key, UNKNOWN if key.app_label == "auth" else None)


BILLS = ProjectState(
    app_label="bills",
    models={
        BILL: model(
            "Bill",
            "bills",
            payer=one(to="pay.Payer", related_name="bills"),
            other=one(to="pay.Payer", related_name="debts"),
            third=one(to="pay.Payer", related_name="debts"),
        )
    },
)


def pointing(keys):
    return (BILLS,) if ModelKey("pay", "payer") in keys else ()


MODELS = (
    model(
        "Order",
        code=field("CharField"),
        total=Field("shop.fields.MoneyField"),
        owner=one(to=USER, related_name="orders"),
        parent=one(to="self"),
        payer=one(to="pay.Payer"),
        group=one(to="auth.Group"),
        boss=one(to=USER, related_name="doubles"),
        tags=many(to="shop.tag", related_name="+"),
        labels=many(to="tag", through="shop.OrderLabel", related_name="labelled"),
    ),
    model(
        "Line",
        order=one(to="shop.order"),
        gift=one(to="shop.Order", related_name="gifts"),
        second=one(to="shop.Order", related_name="doubles"),
    ),
    model("Slip", order=field("OneToOneField", to="shop.order")),
    model("Note", order=one(to="shop.order", related_name="%(class)ss")),
    model("Left", order=one(to="shop.order", related_name="twins")),
    model("Right", order=one(to="shop.order", related_name="twins")),
    model("Tag"),
)
STATE = ProjectState(
    app_label="shop", models={each.key: each for each in MODELS}, elsewhere=find, pointing=pointing
)


@pytest.mark.parametrize(
    ("names", "end"),
    [
        ("parent", End(ORDER)),
        ("parent parent", End(ORDER)),
        ("owner", End(USERS)),
        ("owner orders", End(ORDER, is_many=True)),
        ("owner line_set", End(UNKNOWN)),
        ("owner groups", End(UNKNOWN)),
        ("line_set", End(LINE, is_many=True)),
        ("line_set order", End(ORDER)),
        ("line_set through", End(LINE, is_many=True)),
        ("gifts", End(LINE, is_many=True)),
        ("notes", End(ModelKey("shop", "note"), is_many=True)),
        ("slip", End(ModelKey("shop", "slip"))),
        ("tags", End(TAG, is_many=True)),
        ("tags through", End(ModelKey("shop", "order_tags"), is_many=True, is_link=True)),
        ("labels through", End(ModelKey("shop", "orderlabel"), is_many=True, is_link=True)),
        ("payer", End(ModelKey("pay", "payer"))),
        ("payer parent", End(ModelKey("pay", "payer"))),
        ("payer card", End(ModelKey("pay", "card"))),
        ("payer card_set", End(ModelKey("pay", "card"), is_many=True)),
        ("payer nothing_set", End(UNKNOWN)),
        ("payer bills", End(BILL, is_many=True)),
        ("payer debts", End(UNKNOWN)),
        ("doubles", End(LINE, is_many=True)),
        ("group", End(GROUP)),
        ("group user_set", End(USERS, is_many=True)),
        ("group user_set orders", End(ORDER, is_many=True)),
        ("group user_set through", End(UNKNOWN)),
        ("parent user_set", End(UNKNOWN)),
        ("twins", End(UNKNOWN)),
        ("through", End(UNKNOWN)),
        ("total", End(UNKNOWN)),
        ("code", End(None)),
        ("code upper", End(None)),
        ("parent_id", End(None)),
        ("pk", End(None)),
        ("unheard_of", End(UNKNOWN)),
    ],
)
def test_a_route_ends_where_the_state_says(names, end):
    assert follow(STATE, Route(ORDER, tuple(names.split()))) == end


def test_the_other_way_of_a_relation_to_the_users_model_is_found_by_its_name():
    user = ModelKey("auth", "user")
    OTHERS[user] = model("User", "auth")
    try:
        assert follow(STATE, Route(user, ("orders",))) == End(ORDER, is_many=True)
    finally:
        del OTHERS[user]


def test_a_model_that_is_not_there_leads_nowhere():
    assert follow(STATE, Route(ModelKey("shop", "gone"), ("a",))) == End(None)


# Bodies -----------------------------------------------------------------------------------


def operation(**body):
    code = Code("go", is_noop=False, body=Body(**body), place=NOWHERE)
    return RunPython(code=code, reverse_code=None, place=NOWHERE)


def body_of(**body):
    return settled(operation(**body), STATE).code.body


def write(verb, *names):
    return Write(verb, UNKNOWN, is_bounded=True, route=Route(ORDER, names))


@pytest.mark.parametrize(
    "given",
    [
        RunPython(code=UNKNOWN, place=NOWHERE),
        operation(),
        operation(writes=(Write(Verb.SAVE, ORDER),)),
    ],
)
def test_what_has_no_routes_stays_as_it_is(given):
    assert settled(given, STATE) is given


def test_both_ways_are_settled():
    way = operation(writes=(write(Verb.SAVE, "parent"),)).code
    found = settled(RunPython(code=way, reverse_code=way, place=NOWHERE), STATE)
    assert found.code.body.writes[0].model == ORDER
    assert found.reverse_code == found.code


@pytest.mark.parametrize(
    ("verb", "names", "told"),
    [
        (Verb.SAVE, "parent", (Verb.SAVE, ORDER)),
        (Verb.UPDATE, "line_set", (Verb.UPDATE, LINE)),
        (Verb.UPDATE, "unheard_of", (Verb.UPDATE, UNKNOWN)),
        (Verb.LINK, "tags through", (Verb.LINK, ModelKey("shop", "order_tags"))),
        (Verb.UNLINK, "line_set through", (Verb.UPDATE, LINE)),
    ],
)
def test_a_write_is_to_the_model_its_route_leads_to(verb, names, told):
    (found,) = body_of(writes=(write(verb, *names.split()),)).writes
    assert (found.verb, found.model) == told


@pytest.mark.parametrize(
    ("verb", "names"),
    [(Verb.UPDATE, "code"), (Verb.LINK, "code through"), (Verb.LINK, "unheard_of through")],
)
def test_what_only_looks_like_a_write_is_none(verb, names):
    assert body_of(writes=(write(verb, *names.split()),)).writes == ()


def test_a_loop_is_over_the_model_its_route_leads_to():
    def loop(*names):
        return Loop(
            UNKNOWN, is_bounded=True, is_filtered=False, place=NOWHERE, route=Route(ORDER, names)
        )

    other = Loop(TAG, is_bounded=True, is_filtered=False, place=NOWHERE)
    saved = Write(Verb.SAVE, TAG)
    found = body_of(loops=(loop("line_set"), loop("code"), other), writes=(saved,))
    assert [each.model for each in found.loops] == [LINE, TAG]
    assert found.writes == (saved,)


def test_an_attribute_is_asked_of_one_row_and_not_of_a_manager():
    def asked(holder, *names):
        route = Route(ORDER, names) if names else None
        return Attribute(UNKNOWN, "pay", holder, NOWHERE, route=route)

    given = (
        asked(Holder.RELATION, "parent"),
        asked(Holder.RELATION, "line_set"),
        asked(Holder.ROW, "line_set"),
        asked(Holder.RELATION, "code"),
        asked(Holder.RELATION),
        asked(Holder.ROW),
    )
    found = [(each.model, each.holder) for each in body_of(attributes=given).attributes]
    assert found == [(ORDER, Holder.ROW), (LINE, Holder.ROW), (UNKNOWN, Holder.ROW)]
