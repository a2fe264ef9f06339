"""Dataclasses whose methods are compiled late behave as any other, and cost nothing after the first call."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any

import pytest

from matui.cli.process.late_methods import compile_methods_late

pytestmark = pytest.mark.skipif(
    not hasattr(dataclasses, "_create_fn"), reason="this Python compiles all methods of a class at once"
)
_METHODS = ("__eq__", "__lt__", "__hash__", "__setattr__", "__delattr__")


def _build() -> tuple[type[Any], type[Any]]:
    @dataclass(frozen=True, slots=True, order=True)
    class Point:
        x: int
        y: list[int] = field(default_factory=list, compare=False)

    @dataclass(frozen=True)
    class Named(Point):
        name: str = ""

    return Point, Named


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> tuple[type[Any], type[Any]]:
    """Return the two classes, their methods not compiled yet."""
    monkeypatch.setattr(dataclasses, "_create_fn", dataclasses._create_fn)  # type: ignore[attr-defined]
    compile_methods_late()
    return _build()


def test_objects_behave_as_those_of_other_dataclasses(late: tuple[type[Any], type[Any]]) -> None:
    for cls, plain in zip(late, _build(), strict=True):
        one, other = cls(1, [2]), cls(2)
        assert repr(one) == repr(plain(1, [2]))
        assert one == cls(1)
        assert one != other
        assert one != (1, [2])
        assert one < other <= other
        assert other > one >= one
        assert hash(one) == hash(plain(1))
        assert len({one, cls(1), other}) == 2
        assert copy.deepcopy(one) == one
        assert dataclasses.replace(one, x=2) == other
        for change in (lambda of: setattr(of, "x", 5), lambda of: delattr(of, "x")):
            with pytest.raises(FrozenInstanceError):
                change(one)
        assert inspect.signature(cls) == inspect.signature(plain)
        assert cls.__doc__ == plain.__doc__


def test_the_compiled_method_takes_its_place_at_the_first_call(late: tuple[type[Any], type[Any]]) -> None:
    point = late[0]
    stubs = {name: vars(point)[name] for name in _METHODS}
    assert stubs["__eq__"].__qualname__ == "_build.<locals>.Point.__eq__"
    one = point(1)
    assert one == point(1) < point(2)
    assert len({one, point(1)}) == 1
    for change in (lambda: setattr(one, "x", 2), lambda: delattr(one, "x")):
        with pytest.raises(FrozenInstanceError):
            change()
    for name, stub in stubs.items():
        now = vars(point)[name]
        assert now is not stub
        assert now.__qualname__ == stub.__qualname__
        assert now.__code__.co_filename == "<string>"  # the text that dataclass has written
    assert one == point(1)


def test_a_python_without_that_function_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(dataclasses, "_create_fn")
    compile_methods_late()
    assert not hasattr(dataclasses, "_create_fn")
