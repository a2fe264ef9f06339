"""Dataclasses with slots that cost a start little.

``dataclasses`` compiles each method of a class for itself, and a start makes eighty such classes. Only
``__init__`` is compiled here; all that can be seen of the classes is the same.
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

    def dataclass(*, slots: bool, frozen: bool = False, eq: bool = True, repr: bool = True) -> Any:  # noqa: A002
        """Return what makes a dataclass of a class, asked for in the standard library's words."""
        if not slots:
            raise TypeError("a dataclass without slots is for the standard library")
        return lambda cls: _made(cls, frozen=frozen, eq=eq, shown=repr)


def _made(cls: type, *, frozen: bool, eq: bool, shown: bool) -> type:
    written = {name for name, value in vars(cls).items() if value is not None}  # __eq__ makes __hash__ None
    cls.__doc__ = cls.__doc__ or cls.__name__  # else the standard library words one, which takes it a while
    made: Any = _standard(init=False, repr=False, eq=False, slots=True)(cls)
    own = fields(made)
    methods: dict[str, Any] = {"__init__": _init(made, own)}
    if shown:
        methods["__repr__"] = _repr([field.name for field in own if field.repr])
    if eq:
        methods |= _comparing([field.name for field in own if field.compare], frozen=frozen)
    if frozen:
        methods |= _FREEZING
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


def _comparing(names: list[str], *, frozen: bool) -> dict[str, Callable[..., Any] | None]:
    parts: Callable[[Any], Any] = attrgetter(*names) if names else lambda _self: ()

    def equal(self: Any, other: object) -> Any:
        return parts(self) == parts(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(parts(self))

    return {"__eq__": equal, "__hash__": hashed if frozen else None}


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
