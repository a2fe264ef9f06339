"""Records: declared by annotations, checked by pydantic's core."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic_core import ValidationError, core_schema

from matui.records.record import FrozenRecord, Record, field, rule
from matui.records.schemas import Config, Schema, after, before, either, made_by, schema
from matui.records.shapes import After, Before, Checked, Length, shape, text, whole


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("is odd")
    return value


class Wheel(Record):
    """A part."""

    size: int = 0
    name: str = field(default="", named=("wheelName", "label"))


class Cart(FrozenRecord):
    """Every shape a field may have."""

    core_config: ClassVar[Config] = {"extra_fields_behavior": "forbid", "strict": True}

    name: Annotated[str, text(min_length=1, strip_whitespace=True)]
    colour: Literal["red", "blue"] = "red"
    load: Annotated[int, whole(ge=0, le=10), After(_even)] | None = None
    wheels: Annotated[list[Wheel], Length(max=2)] = field(default_factory=list)
    owner: str = field(default="", named=(("papers", "owner"),))
    notes: dict[str, int] = field(default_factory=dict)
    _private: str = "no field"


class Wagon(Cart):
    """A cart with rules of its own."""

    horses: Annotated[int, Before(lambda value: len(value) if isinstance(value, list) else value)] = 1
    drivers: int = 1

    @classmethod
    def around_fields(cls, fields: Schema) -> Schema:
        """Take a name for the whole."""
        return before(cls._of_a_name, fields)

    @classmethod
    def _of_a_name(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @rule
    def _somebody_drives(self) -> Wagon:
        if not self.drivers:
            raise ValueError("nobody drives")
        return self


class BigWagon(Wagon):
    """One with another rule beside the one it inherits."""

    @rule
    def _pulled_by_many(self) -> BigWagon:
        if self.horses < 2:
            raise ValueError("too heavy")
        return self


def _problem(model: type[Any], given: dict[str, Any]) -> tuple[str, tuple[str | int, ...]]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    (error,) = caught.value.errors()
    return error["type"], error["loc"]


def test_what_fits_is_taken_and_the_rest_has_its_default() -> None:
    cart = Cart.model_validate({"name": " hay ", "load": 4, "wheels": [{"size": 3}]})
    assert (cart.name, cart.colour, cart.load, cart.owner) == ("hay", "red", 4, "")
    assert cart.wheels == [Wheel(size=3)]
    assert cart.model_fields_set == {"name", "load", "wheels"}
    assert "_private" not in Cart.model_fields


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, ("missing", ("name",))),
        ({"name": ""}, ("string_too_short", ("name",))),
        ({"name": 7}, ("string_type", ("name",))),
        ({"name": "a", "colour": "green"}, ("literal_error", ("colour",))),
        ({"name": "a", "load": 11}, ("less_than_equal", ("load",))),
        ({"name": "a", "load": 3}, ("value_error", ("load",))),
        ({"name": "a", "wheels": [{}] * 3}, ("too_long", ("wheels",))),
        ({"name": "a", "wheels": [{"size": []}]}, ("int_type", ("wheels", 0, "size"))),
        ({"name": "a", "notes": {"b": None}}, ("int_type", ("notes", "b"))),
        ({"name": "a", "wings": 2}, ("extra_forbidden", ("wings",))),
    ],
)
def test_what_does_not_fit_is_named(given: dict[str, Any], problem: tuple[str, tuple[str, ...]]) -> None:
    assert _problem(Cart, given) == problem


def test_a_field_is_found_by_each_of_its_names_and_down_a_path() -> None:
    assert [Wheel.model_validate({name: "w"}).name for name in ("wheelName", "label", "name")] == ["w"] * 3
    assert Wheel.sent_name("name") == "wheelName"
    assert Cart.model_validate({"name": "a", "papers": {"owner": "me"}}).owner == "me"


def test_defaults_are_made_anew_for_each_record() -> None:
    first, second = Cart(name="a"), Cart(name="b")
    assert first.wheels == []
    assert first.wheels is not second.wheels


def test_a_frozen_record_stays_as_it_is_and_a_copy_differs_where_asked() -> None:
    cart = Cart(name="a")
    with pytest.raises(AttributeError, match="name of a Cart"):
        cart.name = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del cart.name
    other = cart.model_copy(update={"load": 2})
    assert (cart.load, other.load, other.name) == (None, 2, "a")
    assert other.model_fields_set == {"name", "load"}


def test_rules_look_at_the_whole_and_are_inherited() -> None:
    assert BigWagon(name="a", horses=2).horses == 2
    assert _problem(BigWagon, {"name": "a"}) == ("value_error", ())
    assert _problem(BigWagon, {"name": "a", "horses": 2, "drivers": 0}) == ("value_error", ())
    assert Wagon.model_validate({"name": "a"}).horses == 1


def test_a_record_may_look_at_what_came_before_its_fields_do() -> None:
    class Yard(Record):
        """Holds one."""

        wagon: Wagon

    assert Yard.model_validate({"wagon": "hay"}).wagon == Wagon(name="hay")
    assert Wagon(name="a", horses=["x", "y"]).horses == 2  # type: ignore[arg-type]


def test_json_is_read_without_a_tree_between() -> None:
    assert Cart.model_validate_json(b'{"name": "a", "wheels": [{"label": "w"}]}').wheels[0].name == "w"


def test_a_record_tells_what_it_holds_and_equals_its_like() -> None:
    assert repr(Wheel(size=3)) == "Wheel(size=3, name='')"
    assert dict(Wheel(size=3)) == {"size": 3, "name": ""}
    assert Wheel(size=3) == Wheel(size=3) != Wheel(size=4)


@pytest.mark.parametrize("annotation", [set[int], object, Annotated[int, "a remark"]])
def test_an_annotation_that_says_nothing_to_the_core_is_refused(annotation: Any) -> None:
    with pytest.raises(TypeError, match="cannot hold"):
        shape(annotation)


def test_annotations_are_understood_by_pydantics_own_models_too() -> None:
    from pydantic import BaseModel

    class Model(BaseModel):
        count: Annotated[int, whole(ge=1)]
        name: Annotated[str, Checked(schema("str")), After(str.upper)]

    assert Model(count=1, name="a").name == "A"
    with pytest.raises(ValidationError):
        Model(count=0, name="a")


def test_schemas_are_what_pydantics_own_helpers_make() -> None:
    text_, number_ = schema("str", max_length=3, pattern=None), schema("int", ge=1, strict=True)
    assert text_ == core_schema.str_schema(max_length=3)
    assert number_ == core_schema.int_schema(ge=1, strict=True)
    assert before(str, text_) == core_schema.no_info_before_validator_function(str, text_)
    assert after(str, text_) == core_schema.no_info_after_validator_function(str, text_)
    assert made_by(str) == core_schema.no_info_plain_validator_function(str)
    assert either(text_, number_) == core_schema.union_schema([text_, number_], mode="left_to_right")
