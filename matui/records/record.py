"""The base of records: fields are annotations, checked by pydantic's core when a record is made or read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, ClassVar, Final, Self, TypeVar, dataclass_transform

from pydantic_core import SchemaValidator

from matui.records.schemas import Config, Schema, after, schema
from matui.records.shapes import shape

F = TypeVar("F", bound=Callable[..., Any])
_NEEDED: Final = object()


@dataclass(frozen=True, slots=True)
class Declared:
    """A field: its default, and the names it goes by outside, each a path of keys."""

    default: Any = _NEEDED
    default_factory: Callable[[], Any] | None = None
    named: tuple[tuple[str, ...], ...] = ()


def field(
    *,
    default: Any = _NEEDED,
    default_factory: Callable[[], Any] | None = None,
    named: str | tuple[str | tuple[str, ...], ...] = (),
) -> Any:
    """Declare a field with more than a default.

    ``named`` is its name outside, or several of which the first that is there holds; a tuple among them is a
    path of keys.
    """
    names = (named,) if isinstance(named, str) else named
    return Declared(
        default, default_factory, tuple((name,) if isinstance(name, str) else name for name in names)
    )


def rule(check: F) -> F:
    """Mark a method that looks at a whole record once its fields fit, and returns it or raises ValueError."""
    check.__dict__["is_rule"] = True
    return check


class Base:
    """A value of declared fields. Making one of what does not fit raises pydantic's ValidationError."""

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")

    core_config: ClassVar[Config] = {}
    model_fields: ClassVar[Mapping[str, Declared]] = {}
    _rules: ClassVar[tuple[str, ...]] = ()
    _schema: ClassVar[Schema | None] = None
    _validator: ClassVar[SchemaValidator | None] = None
    __pydantic_fields_set__: set[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {name: _declared(cls, name) for name in cls.__annotations__ if _is_field(cls, name)}
        cls.model_fields = {**cls.model_fields, **own}
        rules = (name for name, member in vars(cls).items() if getattr(member, "is_rule", False))
        cls._rules = tuple(dict.fromkeys((*cls._rules, *rules)))
        cls._schema = cls._validator = None

    def __init__(self, **given: Any) -> None:
        self._checker().validate_python(given, self_instance=self)

    @classmethod
    def model_validate(cls, given: Any) -> Self:
        """Return a record of a mapping. Raises ValidationError."""
        made: Self = cls._checker().validate_python(given)
        return made

    @classmethod
    def model_validate_json(cls, text: bytes) -> Self:
        """Return a record of an object in JSON. Raises ValidationError."""
        made: Self = cls._checker().validate_json(text)
        return made

    @property
    def model_fields_set(self) -> set[str]:
        """The fields that were given."""
        return self.__pydantic_fields_set__

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """Return a record with other values in some fields, which are not checked again."""
        twin = type(self).__new__(type(self))
        own = object.__setattr__
        own(twin, "__dict__", {**self.__dict__, **update})
        own(twin, "__pydantic_fields_set__", {*self.__pydantic_fields_set__, *update})
        return twin

    @classmethod
    def outside_name(cls, name: str) -> str:
        """Return what a field is called outside where nothing else is declared."""
        return name

    @classmethod
    def around_fields(cls, fields: Schema) -> Schema:
        """Return the schema of all fields together; a record may look at the whole first."""
        return fields

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Schema:
        if cls._schema is None:
            hints = cls._hints()
            fields = {name: cls._field(hints[name], name) for name in cls.model_fields}
            whole = cls.around_fields(schema("model-fields", fields=fields, model_name=cls.__name__))
            made = schema("model", cls=cls, schema=whole, config=cls.core_config)
            for name in cls._rules:
                made = after(getattr(cls, name), made)
            cls._schema = made
        return cls._schema

    @classmethod
    def _field(cls, hint: Any, name: str) -> Schema:
        declared = cls.model_fields[name]
        inner = _defaulted(shape(hint), declared)
        return schema("model-field", schema=inner, validation_alias=cls._aliases(name, declared))

    @classmethod
    def _hints(cls) -> dict[str, Any]:
        """Return what the annotations say; a third of the time of typing.get_type_hints."""
        hints: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            if issubclass(base, Base) and base is not Base:
                hints |= get_annotations(base, eval_str=True)
        return hints

    @classmethod
    def sent_name(cls, name: str) -> str:
        """Return the first of the names a field goes by outside."""
        return cls._names(name, cls.model_fields[name])[0][0]

    @classmethod
    def _names(cls, name: str, declared: Declared) -> tuple[tuple[str, ...], ...]:
        return declared.named or ((cls.outside_name(name),),)

    @classmethod
    def _aliases(cls, name: str, declared: Declared) -> list[list[str | int]] | None:
        names = cls._names(name, declared)
        # A field can always be given by its own name too.
        return None if names == ((name,),) else [list(path) for path in dict.fromkeys((*names, (name,)))]

    @classmethod
    def _checker(cls) -> SchemaValidator:
        if cls._validator is None:
            made: Any = cls.__get_pydantic_core_schema__(cls, shape)
            config: Any = cls.core_config
            cls._validator = SchemaValidator(made, config)
        return cls._validator

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return ((name, getattr(self, name)) for name in self.model_fields)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self)})"


@dataclass_transform(kw_only_default=True, field_specifiers=(field,))
class Record(Base):
    """A record that may change; what it is given later is not checked."""

    __slots__ = ()


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class FrozenRecord(Base):
    """A record that stays as it was made."""

    __slots__ = ()

    def __setattr__(self, name: str, _value: Any) -> None:
        raise AttributeError(f"{name} of a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name} of a {type(self).__name__} cannot be changed")


def _is_field(cls: type, name: str) -> bool:
    return not name.startswith("_") and "ClassVar" not in str(cls.__annotations__[name])


def _declared(cls: type, name: str) -> Declared:
    given = cls.__dict__.get(name, _NEEDED)
    return given if isinstance(given, Declared) else Declared(given)


def _defaulted(inner: Schema, declared: Declared) -> Schema:
    if declared.default_factory is not None:
        return schema("default", schema=inner, default_factory=declared.default_factory)
    if declared.default is _NEEDED:
        return inner
    return {"type": "default", "schema": inner, "default": declared.default}
