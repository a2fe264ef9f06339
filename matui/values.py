"""Frozen dataclasses with slots, made in a fifth of the standard library's time.

``dataclasses`` compiles each method of a class for itself, half a millisecond in all, and a start makes sixty
such classes. Only ``__init__`` is compiled here; in all that can be seen of them the classes are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from dataclasses import dataclass as _standard
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # type checkers know what this one makes
else:

    def dataclass(cls: type | None = None, /, **options: bool) -> Any:
        """Make a dataclass; a frozen one with slots and nothing else asked for is made quickly."""
        if cls is None and options == {"frozen": True, "slots": True}:
            return _made
        return _standard(cls, **options)


def _made(cls: type) -> type:
    written = {name for name, value in vars(cls).items() if value is not None}  # __eq__ makes __hash__ None
    made: Any = _standard(init=False, repr=False, eq=False, slots=True)(cls)
    own = fields(made)
    methods = {
        "__init__": _init(made, own),
        "__repr__": _repr([field.name for field in own if field.repr]),
        **_comparing([field.name for field in own if field.compare]),
        **_FREEZING,
    }
    for name, method in methods.items():
        if name not in written:
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]


def _init(made: Any, own: tuple[Field[Any], ...]) -> Callable[..., None]:
    """Compile ``__init__``: it is called often, and by the fields' names."""
    known: dict[str, Any] = {"_missing": MISSING}
    parameters, lines = ["self"], []
    for field in own:
        if field.kw_only or not field.init:
            raise TypeError(f"{field.name} of {made.__name__} is for the standard dataclass")
        parameter = value = name = field.name
        known[f"_set_{name}"] = getattr(made, name).__set__
        if field.default is not MISSING:
            known[f"_default_{name}"] = field.default
            parameter = f"{name}=_default_{name}"
        elif field.default_factory is not MISSING:
            known[f"_make_{name}"] = field.default_factory
            parameter, value = f"{name}=_missing", f"_make_{name}() if {name} is _missing else {name}"
        parameters.append(parameter)
        lines.append(f" _set_{name}(self, {value})")
    lines.append(" self.__post_init__()" if hasattr(made, "__post_init__") else " return")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines), known)  # noqa: S102  our own names
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _repr(names: list[str]) -> Callable[[Any], str]:
    def shown(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return shown


def _comparing(names: list[str]) -> dict[str, Callable[..., Any]]:
    parts: Callable[[Any], Any] = attrgetter(*names) if names else lambda _self: ()

    def equal(self: Any, other: object) -> Any:
        return parts(self) == parts(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(parts(self))

    return {"__eq__": equal, "__hash__": hashed}


def _refuse_setting(_self: Any, name: str, _value: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(_self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_FREEZING: dict[str, Callable[..., Any]] = {
    "__setattr__": _refuse_setting,
    "__delattr__": _refuse_deleting,
    "__getstate__": _state,
    "__setstate__": _restore,
}
