"""What each operation makes of the state; Django itself is asked in tests/oracle."""

import dataclasses
import typing

import pytest
from history.made import NOOP, add, create, field, foreign, migration

from flake8_django_migrations import migration as contracts
from flake8_django_migrations.history.replay import apply, run
from flake8_django_migrations.history.state import ModelState, ProjectState, unseen
from flake8_django_migrations.migration import (
    NOWHERE,
    UNKNOWN,
    AddConstraint,
    AddIndex,
    AlterConstraint,
    AlterField,
    AlterIndexTogether,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    Constraint,
    CreateExtension,
    CreateModel,
    Custom,
    DeleteModel,
    Field,
    Index,
    ModelKey,
    OpaqueOperation,
    Reference,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
    RunSQL,
    SeparateDatabaseAndState,
    SqlText,
    ValidateConstraint,
)

EMPTY = ProjectState(app_label="shop")
DOUBTFUL = EMPTY.doubt(None)


def after(*operations, state=EMPTY):
    for operation in operations:
        state = apply(state, operation)
    return state


def made(operation, **values):
    return operation(**values, place=NOWHERE)


def rename(old, new):
    return made(RenameModel, old_name=old, new_name=new)


def rename_field(model, old, new):
    return made(RenameField, model_name=model, old_name=old, new_name=new)


ORDER = create("Order", id=field("AutoField", primary_key=True), number=field(null=True))


def test_a_created_model_is_there_with_all_that_was_written():
    index, check = Index("I", "by_day", ("day",)), Constraint("C", "positive")
    operation = CreateModel(
        name="Order",
        fields=(("day", field("DateField")),),
        options={"ordering": ("day",)},
        bases=("shop.base",),
        managers=(("objects", Reference("M")),),
        indexes=(index,),
        constraints=(check,),
        place=NOWHERE,
    )
    assert after(operation).model("ORDER") == ModelState(
        app_label="shop",
        name="Order",
        fields={"day": field("DateField")},
        options={"ordering": ("day",)},
        bases=("shop.base",),
        managers=(("objects", Reference("M")),),
        indexes=(index,),
        constraints=(check,),
    )


def test_a_model_of_which_a_field_was_not_read_is_doubtful():
    model = after(dataclasses.replace(ORDER, is_complete=False)).model("order")
    assert model.is_doubtful
    assert model.find("other") is UNKNOWN


def test_a_deleted_model_is_surely_gone():
    assert after(ORDER, made(DeleteModel, name="order")).model("Order") is None


def test_a_one_off_default_is_not_remembered():
    operation = add("order", "total", field(default=0, null=True), preserve_default=False)
    assert after(ORDER, operation).model("order").find("total") == field(null=True)


def test_a_default_that_stays_is_remembered():
    operation = add("order", "total", field(default=0))
    assert after(ORDER, operation).model("order").find("total") == field(default=0)
    without = add("order", "total", field(null=True), preserve_default=False)
    assert after(ORDER, without).model("order").find("total") == field(null=True)


def test_an_altered_field_is_the_new_one_in_its_old_place():
    operation = made(
        AlterField,
        model_name="order",
        name="id",
        field=field("BigAutoField", default=1),
        preserve_default=False,
    )
    model = after(ORDER, operation).model("order")
    assert list(model.fields.items()) == [
        ("id", field("BigAutoField")),
        ("number", field(null=True)),
    ]


def test_a_field_that_was_not_read_is_unknown_and_the_model_doubtful():
    for operation in (
        add("order", "total", UNKNOWN),
        made(AlterField, model_name="order", name="number", field=UNKNOWN),
    ):
        model = after(ORDER, operation).model("order")
        assert model.is_doubtful
        assert model.find(operation.name) is UNKNOWN


def test_a_removed_field_is_surely_gone():
    operation = made(RemoveField, model_name="order", name="number")
    model = after(ORDER, operation, operation).model("order")
    assert model.find("number") is None
    assert list(model.fields) == ["id"]


# Renames ----------------------------------------------------------------------------------


def test_a_renamed_field_is_found_under_its_new_name_only():
    model = after(ORDER, rename_field("order", "number", "code")).model("order")
    assert model.find("code") == field(null=True)
    assert model.find("number") is None


def test_a_renamed_field_is_followed_by_meta_and_by_foreign_keys_to_it():
    state = after(
        create("Order", number=field(), day=field()),
        create("Line", order=foreign("Order", to_field="number"), other=foreign("shop.line")),
        made(AlterUniqueTogether, name="order", unique_together=(("number", "day"),)),
        made(AlterIndexTogether, name="order", index_together=(("day", "number"),)),
        made(AlterModelOptions, name="order", options={"ordering": ("number",)}),
        rename_field("order", "number", "code"),
    )
    order = state.model("order")
    assert order.unique_together == (("code", "day"),)
    assert order.index_together == (("day", "code"),)
    assert order.options["ordering"] == ("number",)
    assert state.model("line").find("order").get("to_field") == "code"


def test_a_renamed_field_is_followed_by_fields_that_list_their_own_model():
    state = after(
        create(
            "Pair",
            pk=field("CompositePrimaryKey", field_names=("left", "right")),
            both=field("ForeignObject", to="x.Y", from_fields=("left", UNKNOWN)),
            left=field(),
        ),
        rename_field("pair", "left", "port"),
    )
    assert state.model("pair").find("pk").get("field_names") == ("port", "right")
    assert state.model("pair").find("both").get("from_fields") == ("port", UNKNOWN)


def test_a_renamed_field_that_is_not_there_changes_nothing():
    assert after(ORDER, rename_field("order", "total", "sum")).model("order") == after(ORDER).model(
        "order"
    )


def test_a_renamed_model_is_followed_by_fields_but_not_by_bases():
    state = after(
        create("Order", parent=foreign("self"), root=foreign("shop.Order"), number=field()),
        create(
            "Customer",
            orders=field("ManyToManyField", to="Order", through="shop.ORDER"),
            other=foreign("people.Order"),
            user=foreign(Reference("django.conf.settings.AUTH_USER_MODEL")),
        ),
        dataclasses.replace(create("Special"), bases=("shop.order", Reference("M"), "x.order")),
        dataclasses.replace(create("Unread"), bases=UNKNOWN),
        rename("order", "Purchase"),
    )
    assert state.model("purchase").name == "Purchase"
    assert state.model("purchase").find("parent").get("to") == "self"
    assert state.model("purchase").find("root").get("to") == "shop.Purchase"
    orders = state.model("customer").find("orders")
    assert (orders.get("to"), orders.get("through")) == ("shop.Purchase", "shop.Purchase")
    assert state.model("customer").find("other").get("to") == "people.Order"
    assert state.model("special").bases == ("shop.order", Reference("M"), "x.order")
    assert state.model("unread").bases is UNKNOWN
    assert set(state.models) == {
        ModelKey("shop", name) for name in ("purchase", "customer", "special", "unread")
    }


def test_the_old_name_of_a_model_still_leads_to_it_until_another_takes_it():
    state = after(ORDER, rename("Order", "Purchase"), rename("Purchase", "Sale"))
    assert state.model("order") is state.model("sale")
    assert state.resolve("Order", "Line") == ModelKey("shop", "sale")
    taken = after(create("Order", other=field()), state=state)
    assert list(taken.model("order").fields) == ["other"]


def test_models_can_change_their_names_with_each_other():
    state = after(
        create("A", a=field()),
        create("B", a=foreign("A")),
        rename("A", "Temp"),
        rename("B", "A"),
        rename("Temp", "B"),
    )
    assert list(state.model("b").fields) == ["a"]
    assert state.model("a").find("a").get("to") == "shop.B"


def test_a_name_that_changes_only_its_case_stays():
    state = after(ORDER, rename("Order", "ORDER"))
    assert state.model("order").name == "ORDER"
    assert not state.renamed


def test_a_model_of_unknown_past_is_known_by_its_new_name():
    state = after(rename("Order", "Purchase"), state=DOUBTFUL)
    assert state.model("purchase").is_doubtful
    assert state.model("purchase").name == "Purchase"


# Meta -------------------------------------------------------------------------------------


def test_options_that_are_not_named_are_taken_away_but_for_those_of_the_database():
    state = after(
        dataclasses.replace(
            ORDER,
            options={"ordering": ("id",), "db_table": "orders", "verbose_name": "order"},
        ),
        made(AlterModelOptions, name="Order", options={"verbose_name": "purchase"}),
    )
    assert state.model("order").options == {"db_table": "orders", "verbose_name": "purchase"}


def test_options_that_were_not_read_leave_the_fields_alone():
    model = after(ORDER, made(AlterModelOptions, name="Order", options=UNKNOWN)).model("order")
    assert model.is_managed is UNKNOWN
    assert not model.is_doubtful
    assert model.table == "shop_order"


@pytest.mark.parametrize(
    ("operation", "option", "value"),
    [
        (made(AlterModelTable, name="order", table="orders"), "db_table", "orders"),
        (made(AlterModelTable, name="order", table=None), "db_table", None),
        (made(AlterModelTableComment, name="order", table_comment="c"), "db_table_comment", "c"),
        (
            made(AlterOrderWithRespectTo, name="order", order_with_respect_to="customer"),
            "order_with_respect_to",
            "customer",
        ),
        (made(AlterUniqueTogether, name="order", unique_together=()), "unique_together", ()),
        (
            made(AlterIndexTogether, name="order", index_together=UNKNOWN),
            "index_together",
            UNKNOWN,
        ),
    ],
)
def test_one_option_is_changed(operation, option, value):
    assert after(ORDER, operation).model("order").options[option] is value


def test_managers_are_replaced():
    managers = (("objects", Reference("M")),)
    operation = made(AlterModelManagers, name="order", managers=managers)
    assert after(ORDER, operation).model("order").managers == managers


# Indexes and constraints ------------------------------------------------------------------


def add_index(name, *fields):
    index = Index("django.db.models.Index", name, fields, {"fields": fields})
    return made(AddIndex, model_name="order", index=index)


def add_constraint(name):
    return made(AddConstraint, model_name="order", constraint=Constraint("C", name))


def rename_index(new_name, old_name=None, old_fields=None):
    return made(
        RenameIndex, model_name="order", new_name=new_name, old_name=old_name, old_fields=old_fields
    )


def names(entries):
    return [each.name for each in entries]


def test_indexes_are_added_renamed_and_removed_by_name():
    state = after(
        ORDER,
        add_index("a", "number"),
        add_index("b", "number"),
        rename_index("c", old_name="a"),
        made(RemoveIndex, model_name="order", name="b"),
    )
    assert names(state.model("order").indexes) == ["c"]
    assert state.model("order").index("c").fields == ("number",)
    assert state.model("order").index("a") is None


def test_an_entry_of_index_together_becomes_an_index_with_a_name():
    state = after(
        ORDER,
        made(AlterIndexTogether, name="order", index_together=(("id", "number"), ("number", "id"))),
        rename_index("pair", old_fields=("id", "number")),
    )
    assert state.model("order").index("pair").fields == ("id", "number")
    assert state.model("order").index_together == (("number", "id"),)


def test_an_index_of_unread_index_together_is_known_all_the_same():
    renaming = rename_index("pair", old_fields=("id", "number"))
    unread = made(AlterIndexTogether, name="order", index_together=UNKNOWN)
    assert names(after(ORDER, unread, renaming).model("order").indexes) == ["pair"]
    state = after(ORDER, renaming)
    assert names(state.model("order").indexes) == ["pair"]
    assert "index_together" not in state.model("order").options


def test_constraints_are_added_altered_and_removed_by_name():
    state = after(
        ORDER,
        add_constraint("a"),
        add_constraint("b"),
        made(AlterConstraint, model_name="order", name="a", constraint=Constraint("D", "a")),
        made(RemoveConstraint, model_name="order", name="b"),
    )
    assert state.model("order").constraints == (Constraint("D", "a"),)
    assert state.model("order").constraint("a").path == "D"
    assert state.model("order").constraint("b") is None


NOT_VALID = made(AddConstraint, model_name="order", constraint=Constraint("C", "a"), not_valid=True)


def sql(*texts):
    return made(RunSQL, sql=tuple(SqlText(each, NOWHERE) for each in texts))


@pytest.mark.parametrize(
    "operation",
    [
        made(ValidateConstraint, model_name="order", name="a"),
        sql(UNKNOWN, 'ALTER TABLE "shop_order" validate  constraint "a"'),
        made(SeparateDatabaseAndState, database_operations=(sql("VALIDATE CONSTRAINT a"),)),
        made(
            SeparateDatabaseAndState,
            database_operations=(made(ValidateConstraint, model_name="order", name="a"),),
        ),
    ],
)
def test_a_constraint_that_was_not_valid_holds_once_it_is_validated(operation):
    state = after(ORDER, add_constraint("b"), NOT_VALID)
    assert not state.model("order").constraint("a").is_validated
    after_it = apply(state, operation)
    assert after_it.model("order").constraint("a").is_validated
    assert after_it.model("order").constraint("b").is_validated


@pytest.mark.parametrize(
    "operation",
    [
        made(ValidateConstraint, model_name="order", name="b"),
        sql(UNKNOWN, "VALIDATE CONSTRAINT b"),
        made(RunSQL, sql=UNKNOWN),
        NOOP,
    ],
)
def test_a_constraint_stays_not_valid_while_nothing_validates_it(operation):
    state = apply(after(ORDER, NOT_VALID), operation)
    assert not state.model("order").constraint("a").is_validated


def test_an_index_without_a_known_name_may_be_any():
    model = after(ORDER, add_index(UNKNOWN, "number"), add_constraint(UNKNOWN)).model("order")
    assert model.index("a") is UNKNOWN
    assert model.constraint("a") is UNKNOWN


def test_a_doubtful_model_may_have_any_index_and_constraint():
    model = unseen("shop", "Order")
    assert model.index("a") is UNKNOWN
    assert model.constraint("a") is UNKNOWN


# The rest ---------------------------------------------------------------------------------


def test_of_a_separated_operation_only_the_state_side_counts():
    operation = made(
        SeparateDatabaseAndState,
        database_operations=(add("order", "a"),),
        state_operations=(
            add("order", "b"),
            made(SeparateDatabaseAndState, state_operations=(add("order", "c"),)),
        ),
    )
    assert list(after(ORDER, operation).model("order").fields) == ["id", "number", "b", "c"]


def test_sql_changes_the_state_by_its_state_operations_only():
    silent = made(RunSQL, sql=())
    assert after(silent) == EMPTY
    told = made(RunSQL, sql=(), state_operations=(ORDER,))
    assert after(told) == after(ORDER)


@pytest.mark.parametrize(
    "operation",
    [
        NOOP,
        made(CreateExtension, name="hstore"),
        made(ValidateConstraint, model_name="order", name="a"),
    ],
)
def test_what_concerns_the_database_alone_changes_no_state(operation):
    state = after(ORDER)
    assert apply(state, operation) is state


def test_an_opaque_operation_makes_what_it_names_doubtful():
    state = after(ORDER, create("Line"), made(OpaqueOperation, path="x.Y", models=("Order", "New")))
    assert state.model("order").is_doubtful
    assert not state.model("line").is_doubtful
    assert state.model("new").is_doubtful
    assert not state.is_doubtful


def test_an_opaque_operation_that_names_nothing_may_have_touched_all():
    state = after(ORDER, made(OpaqueOperation, path=UNKNOWN), create("Line"))
    assert state.is_doubtful
    assert state.model("order").is_doubtful
    assert not state.model("line").is_doubtful
    assert state.model("other") is UNKNOWN


def test_operations_that_were_not_read_make_the_state_after_the_migration_doubtful():
    assert not run(EMPTY, migration("0001", "", ORDER)).is_doubtful
    assert run(EMPTY, migration("0001", "", ORDER, is_complete=False)).is_doubtful


def sample(operation):
    """Any operation of that class, about a model that is not there."""
    values = {
        "model_name": "nothing",
        "name": "nothing",
        "old_name": "nothing",
        "new_name": "other",
        "field": field(),
        "options": {},
        "index": Index("I", "i", ()),
        "constraint": Constraint("C", "c"),
        "path": "x.Y",
        "models": ("nothing",),
    }
    needed = {each.name: values.get(each.name, ()) for each in dataclasses.fields(operation)}
    return operation(**{**needed, "place": NOWHERE})


ALL = typing.get_args(contracts.Operation)


@pytest.mark.parametrize("operation", ALL)
def test_no_operation_fails_on_a_model_that_is_not_there(operation):
    if operation is not CreateModel and operation is not OpaqueOperation:
        assert apply(EMPTY, sample(operation)) == EMPTY


@pytest.mark.parametrize("operation", ALL)
def test_no_operation_fails_on_a_model_of_which_nothing_is_known(operation):
    state = apply(DOUBTFUL, sample(operation))
    assert state.is_doubtful
    for model in state.models.values():
        assert model.is_doubtful or operation is CreateModel


def test_a_field_added_to_a_model_of_unknown_past_is_known():
    model = after(add("Order", "total"), state=DOUBTFUL).model("order")
    assert model.find("total") == field()
    assert model.find("number") is UNKNOWN
    assert model.bases is UNKNOWN


OWN = Field(
    "django.db.models.ForeignKey",
    {"to": "shop.Order", "default": 1, "to_field": "code", "db_index": True},
    custom=Custom("own.Key", {"to": "shop.Order", "default": 1, "to_field": "code", "flag": 1}),
)


def test_a_field_of_the_projects_own_class_follows_what_is_renamed_as_it_is_written():
    state = after(
        create("Order", code=field()),
        create("Line", order=OWN),
        RenameModel(old_name="Order", new_name="Sale", place=NOWHERE),
        RenameField(model_name="sale", old_name="code", new_name="number", place=NOWHERE),
    )
    found = state.model("Line").fields["order"]
    wanted = {"to": "shop.Sale", "default": 1, "to_field": "number"}
    assert found.keywords == {**wanted, "db_index": True}
    assert found.custom == Custom("own.Key", {**wanted, "flag": 1})


def test_a_default_for_once_is_forgotten_as_it_is_written():
    state = after(create("Line"), add("line", "order", OWN, preserve_default=False))
    found = state.model("Line").fields["order"]
    assert "default" not in found.keywords
    assert "default" not in found.written.keywords
    kept = Field("django.db.models.TextField", {"default": ""}, custom=Custom("own.Text"))
    state = after(create("Line"), add("line", "note", kept, preserve_default=False))
    assert state.model("Line").fields["note"] == kept
