"""Every kind of dataclass behaves the same whether its methods are compiled late or at once."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import sys
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from typing import Any, ClassVar

import pytest

from matui.cli.process.late_methods import compile_methods_late

pytestmark = pytest.mark.skipif(
    not hasattr(dataclasses, "_create_fn"), reason="this Python compiles all methods of a class at once"
)
_KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "slots": {"slots": True},
    "frozen": {"frozen": True},
    "frozen with slots": {"frozen": True, "slots": True},
    "order": {"order": True},
    "by identity": {"eq": False},
    "frozen by identity": {"eq": False, "frozen": True},
    "hashed though mutable": {"unsafe_hash": True},
    "keywords only": {"kw_only": True, "frozen": True, "order": True},
    "without repr": {"repr": False},
}


def _build(options: dict[str, Any], name: str) -> tuple[type[Any], type[Any]]:
    """Return a class with these options and one derived from it, so named that they can be pickled."""

    @dataclass(**options)
    class Base:
        x: int
        y: list[int] = field(default_factory=list, compare=False)
        start: InitVar[int] = 0
        count: ClassVar[int] = 7

        def __post_init__(self, start: int) -> None:
            self.y.append(start)

    @dataclass(**options)
    class Derived(Base):
        z: str = field(default="", repr=False)

    for cls, title in ((Base, name), (Derived, f"{name}_derived")):
        cls.__name__ = cls.__qualname__ = title
        cls.__module__ = __name__
        setattr(sys.modules[__name__], title, cls)
    return Base, Derived


def _try(call: Callable[[], Any]) -> str:
    """Return what a call returns, or the error that it raises, as text without addresses and class names."""
    try:
        return repr(call())
    except Exception as error:  # noqa: BLE001 - whatever both raise has to be the same
        return f"{type(error).__name__}: {error}"


def _observe(cls: type[Any]) -> dict[str, str]:
    """Return what objects of a class do."""
    one, same, other = cls(x=1), cls(x=1), cls(x=2, start=5)
    calls: dict[str, Callable[[], Any]] = {
        "repr": lambda: dataclasses.astuple(one) if cls.__repr__ is object.__repr__ else repr(one),
        "equal": lambda: (one == same, one != same, one == other, one == (1, [0])),
        "order": lambda: (one < other, one <= same, other > one, one >= other),
        "order with others": lambda: one < (1, [0]),
        "hash": lambda: hash(one) == hash(same),
        "set": lambda: len({one, same, other}),
        "assign": lambda: setattr(one, "x", 1),
        "assign an unknown field": lambda: setattr(cls(x=3), "w", 1),
        "delete": lambda: delattr(cls(x=4), "x"),
        "replace": lambda: dataclasses.astuple(dataclasses.replace(other, x=9, start=1)),
        "copies": lambda: [dataclasses.astuple(copy.deepcopy(one)), dataclasses.astuple(copy.copy(one))],
        "pickle": lambda: dataclasses.asdict(pickle.loads(pickle.dumps(other))),
        "match": lambda: cls.__match_args__,
        "fields": lambda: [one.name for one in dataclasses.fields(cls)],
    }
    return {name: _try(call).replace(cls.__qualname__, "Cls") for name, call in calls.items()}


@pytest.mark.parametrize("options", _KINDS.values(), ids=_KINDS)
def test_a_dataclass_behaves_the_same(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = [_observe(cls) for cls in _build(options, "AtOnce")]
    monkeypatch.setattr(dataclasses, "_create_fn", dataclasses._create_fn)  # type: ignore[attr-defined]
    compile_methods_late()
    late = _build(options, "Late")
    assert [_observe(cls) for cls in late] == at_once
    assert [_observe(cls) for cls in reversed(late)] == at_once[::-1]  # and after the first call


def test_objects_of_a_class_and_a_derived_one_are_never_equal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dataclasses, "_create_fn", dataclasses._create_fn)  # type: ignore[attr-defined]
    compile_methods_late()
    base, derived = _build({"order": True}, "Mixed")
    assert derived(x=1) != base(x=1)
    assert base(x=1) != derived(x=1)
    with pytest.raises(TypeError):
        assert base(x=1) < derived(x=2)
