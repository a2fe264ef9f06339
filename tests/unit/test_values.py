"""Our dataclasses are the standard library's in all that can be seen of them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import field
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from matui import values

T = TypeVar("T")
Maker = Callable[..., Any]


def _classes(dataclass: Maker) -> dict[str, type[Any]]:
    @dataclass(frozen=True, slots=True)
    class Plain:
        """What it says."""

        name: str
        size: int = 3
        parts: list[int] = field(default_factory=list)
        secret: str = field(default="s", repr=False, compare=False)
        shared: ClassVar[int] = 7

        @property
        def twice(self) -> int:
            """Twice the size."""
            return self.size * 2

    @dataclass(frozen=True, slots=True)
    class Below(Plain):
        """Another."""

        more: int = 1

    @dataclass(frozen=True, slots=True)
    class Written(Generic[T]):
        """Writes its own methods."""

        value: T

        def __post_init__(self) -> None:
            if self.value is None:
                raise ValueError("nothing")

        def __repr__(self) -> str:
            return "written"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Written)

    @dataclass(frozen=True, slots=True)
    class Empty:
        """Nothing in it."""

    @dataclass(frozen=True, slots=True)
    class Single:
        """One field."""

        only: int = 0

    made = (Plain, Below, Written, Empty, Single)
    return {cls.__name__: cls for cls in made}


OURS, STANDARD = _classes(values.dataclass), _classes(dataclasses.dataclass)
NAMES = sorted(OURS)
ARGUMENTS = {"Plain": ("a",), "Below": ("a", 2, [1], "x", 5), "Written": (1,), "Empty": (), "Single": (4,)}


def _both(name: str) -> list[Any]:
    return [classes[name](*ARGUMENTS[name]) for classes in (OURS, STANDARD)]


@pytest.mark.parametrize("name", NAMES)
def test_the_classes_look_the_same(name: str) -> None:
    ours, standard = OURS[name], STANDARD[name]
    assert [f.name for f in dataclasses.fields(ours)] == [f.name for f in dataclasses.fields(standard)]
    assert str(inspect.signature(ours)).partition(" -> ")[0].count(",") == len(dataclasses.fields(ours)[1:])
    assert ours.__slots__ == standard.__slots__
    assert ours.__match_args__ == standard.__match_args__
    assert ours.__doc__ == standard.__doc__
    assert dataclasses.is_dataclass(ours)


@pytest.mark.parametrize("name", NAMES)
def test_what_they_make_is_the_same(name: str) -> None:
    ours, standard = _both(name)
    assert repr(ours) == repr(standard)
    assert dataclasses.asdict(ours) == dataclasses.asdict(standard)
    assert ours == OURS[name](*ARGUMENTS[name])
    assert ours != standard
    assert copy.copy(ours) == copy.deepcopy(ours) == dataclasses.replace(ours) == ours
    assert not hasattr(ours, "__dict__")


@pytest.mark.parametrize("name", ["Empty", "Single", "Written"])
def test_equal_ones_have_equal_hashes(name: str) -> None:
    assert hash(_both(name)[0]) == hash(OURS[name](*ARGUMENTS[name]))


def test_defaults_are_made_anew_and_what_is_not_compared_is_not() -> None:
    plain = OURS["Plain"]
    assert plain("a").parts is not plain("a").parts
    assert plain("a", secret="b") == plain("a", secret="c")
    assert plain("a", 4) != plain("a", 5)
    assert (plain("a").twice, plain.shared) == (6, 7)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        plain()


@pytest.mark.parametrize(("name", "field_name"), [("Plain", "size"), ("Below", "name"), ("Single", "only")])
def test_none_can_be_changed(name: str, field_name: str) -> None:
    for one in _both(name):
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot assign to field '{field_name}'"):
            setattr(one, field_name, 3)
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot delete field '{field_name}'"):
            delattr(one, field_name)


def test_what_follows_the_fields_may_refuse_them() -> None:
    with pytest.raises(ValueError, match="nothing"):
        OURS["Written"](None)


@values.dataclass(frozen=True, slots=True)
class Kept:
    """Outside of any function, where it can be found again."""

    name: str
    size: int = 0


def test_they_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Kept("a", 2))) == Kept("a", 2)


def _others(dataclass: Maker) -> dict[str, type[Any]]:
    @dataclass(slots=True)
    class Loose:
        """May change."""

        size: int = 0

    @dataclass(slots=True, eq=False)
    class Itself:
        """Equal to nothing but itself."""

        size: int = 0

    @dataclass(frozen=True, slots=True, repr=False)
    class Quiet:
        """Says nothing of itself."""

        secret: str = "s"

    made = (Loose, Itself, Quiet)
    return {cls.__name__: cls for cls in made}


def _traits(cls: type[Any]) -> tuple[bool, bool, bool, bool]:
    one = cls()
    try:
        setattr(one, dataclasses.fields(one)[0].name, 2)
        changes = True
    except dataclasses.FrozenInstanceError:
        changes = False
    return changes, cls() == cls(), cls.__hash__ is None, "=" in repr(cls())


@pytest.mark.parametrize("name", ["Loose", "Itself", "Quiet"])
def test_other_options_mean_what_they_mean_to_the_standard_library(name: str) -> None:
    assert _traits(_others(values.dataclass)[name]) == _traits(_others(dataclasses.dataclass)[name])


def test_what_has_a_dict_is_refused() -> None:
    with pytest.raises(TypeError, match="for the standard library"):
        values.dataclass(slots=False)


def test_what_is_not_known_how_to_make_is_refused() -> None:
    with pytest.raises(TypeError, match="for the standard dataclass"):

        @values.dataclass(frozen=True, slots=True)
        class Odd:
            """One field is no parameter."""

            size: int = field(default=0, init=False)
