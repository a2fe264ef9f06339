"""Requests: what is sent is checked against the reference's limits first."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple, TypeAlias, TypeVar, get_args
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from matui.base.errors import RefusedError, UsageError
from matui.base.text.sanitize import clean

S = TypeVar("S", bound="RequestModel")
PathIds: TypeAlias = tuple[int | str, ...]

NAME_64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
NAME_20 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
WIDE_NAME_64 = Annotated[str, StringConstraints(pattern=r"^[\p{Han}A-Za-z0-9_-]{1,64}$")]
TEXT_100 = Annotated[str, StringConstraints(max_length=100)]
TEXT_256 = Annotated[str, StringConstraints(max_length=256)]
DESCRIPTION_512 = Annotated[str, StringConstraints(max_length=512, pattern=r"^[^<>]*$")]
SEARCH_64 = Annotated[str, StringConstraints(max_length=64)]
FILLED = Annotated[str, StringConstraints(min_length=1)]
COUNT = Annotated[int, Field(ge=1)]
OFFSET = Annotated[int, Field(ge=0)]
SIZE_100 = Annotated[int, Field(ge=1, le=100)]
SIZE_1000 = Annotated[int, Field(ge=1, le=1000)]
ORDER = Annotated[str, StringConstraints(pattern=r"^(asc|desc)$")]


_SENTENCES = {
    "missing": "it is needed",
    "extra_forbidden": "there is no such field",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "too_long": "at most {max_length} of them",
    "too_short": "at least {min_length} of them",
    "greater_than_equal": "the least is {ge}",
    "less_than_equal": "the most is {le}",
    "literal_error": "it has to be {expected}",
    "string_type": "it has to be a text",
    "list_type": "it has to be a list",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "it has to be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "it has to be a number"),
    **dict.fromkeys(("bool_parsing", "bool_type"), "it has to be true or false"),
    **dict.fromkeys(("dict_type", "model_type"), "it has to be a map"),
}

_LETTERS = "letters, digits, hyphens and underscores"
_PATTERNS = {
    r"^[A-Za-z0-9_-]{1,64}$": f"1 to 64 {_LETTERS}",
    r"^[A-Za-z0-9_-]{1,20}$": f"1 to 20 {_LETTERS}",
    r"^[\p{Han}A-Za-z0-9_-]{1,64}$": f"1 to 64 Chinese characters, {_LETTERS}",
    r"^[\p{Han}A-Za-z0-9_-]{1,128}$": f"1 to 128 Chinese characters, {_LETTERS}",
    r"^[^<>]*$": "none of < >",
    r"^[\p{Han}A-Za-z0-9_-]{4,64}$": f"4 to 64 Chinese characters, {_LETTERS}",
    r"^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9_-]{0,47}$": (
        f"1 to 48 Chinese characters, {_LETTERS}, beginning with a letter or a Chinese character"
    ),
    r"""^[^<>"'/]*$""": "none of < > \" ' /",
    r"""^[^&<>"'/]*$""": "none of & < > \" ' /",
    r"""^[^&!'"\\<>=]*$""": "none of & ! ' \" \\ < > =",
    r"""^[A-Za-z][^\p{Han}&!'"\\<>=]{0,35}$""": "at most 36 characters beginning with a letter",
    r"^[A-Za-z0-9_.-]{1,64}$": "1 to 64 letters, digits, hyphens, underscores and dots",
    r"^[a-z][A-Za-z0-9_.-]{0,63}$": (
        "1 to 64 letters, digits, hyphens, underscores and dots, beginning with a small letter"
    ),
    r"^[a-z0-9_.-]{1,512}$": "1 to 512 small letters, digits, hyphens, underscores and dots",
    r"^[a-z0-9]([a-z0-9_.-]{0,126}[a-z0-9])?$": (
        "1 to 128 small letters, digits, hyphens, underscores and dots, with a letter or digit at both ends"
    ),
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$": (
        "small letters, digits and hyphens, with a letter or digit at both ends"
    ),
    r"^[1-9][0-9]?(\.(0|[1-9][0-9]?)){2}$": (
        "three numbers up to 99 such as 1.0.2, the first from 1, none with a leading 0"
    ),
    r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$": "a time in UTC such as 2026-01-31T18:00:00Z",
    r"^(asc|desc)$": "asc or desc",
    r"^https?://": "an address that begins with http:// or https://",
    r"^(0|[1-9][0-9]?)(\.(0|[1-9][0-9]?)){2}$": "three numbers up to 99 such as 1.0.2, none with a leading 0",
}


class RequestModel(BaseModel):
    """A request's body or query. Only the fields that were given are sent; an unknown field is refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, protected_namespaces=(), defer_build=True
    )

    def encode_body(self) -> bytes:
        """Return the JSON to send."""
        return self.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True).encode()

    def list_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the query to send."""
        return tuple((name, _format_query_value(value)) for name, value in self.dump_tree().items())

    def dump_tree(self) -> dict[str, Any]:
        """Return what is sent as plain data, by the names it has on the wire."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)


def _format_query_value(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


class FieldProblem(NamedTuple):
    """A problem of one field; ``path`` is dotted (``config.0.weight``), ``""`` for the whole."""

    path: str
    sentence: str


class InvalidRequestError(UsageError):
    """The request breaks the reference's limits; nothing was sent. ``problems`` names each field."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        text = "; ".join(f"{p.path}: {p.sentence}" if p.path else p.sentence for p in problems)
        super().__init__(f"ModelArts would refuse this: {text}.")
        self.problems = problems


def validate_request(model: type[S], given: Any) -> S:
    """Make a request of plain data. Raises InvalidRequestError."""
    try:
        made = model.model_validate(given)
    except ValidationError as error:
        problems = [_describe_problem(e) for e in error.errors()]
        problems += _find_broken_rules(model, given, [e["loc"] for e in error.errors()])
        raise InvalidRequestError(tuple(problems)) from None
    if flags := tuple(_find_flags(made, given)):
        raise InvalidRequestError(flags)
    return made


def _find_broken_rules(
    model: type[RequestModel], given: Any, wrong: Sequence[PathIds], path: PathIds = ()
) -> Iterator[FieldProblem]:
    """Yield what the rules between fields say of objects with a ``wrong`` field, for which they did not run.

    A rule about a wrong field says nothing.
    """
    inner = [at[len(path) :] for at in wrong if at[: len(path)] == path]
    if not isinstance(given, dict) or not inner:
        return
    for name, field in model.model_fields.items():
        nested = next(_iterate_models(field.annotation), None)
        if nested is not None:
            rows = given.get(name)
            places = enumerate(rows) if isinstance(rows, list) else [(None, rows)]
            for place, row in places:
                at = (*path, name) if place is None else (*path, name, place)
                yield from _find_broken_rules(nested, row, wrong, at)
    if () in inner:
        return
    stand_in = model.model_construct(**{name: given[name] for name in model.model_fields if name in given})
    for at in inner:
        stand_in.__dict__.pop(str(at[0]), None)
    for rule in model.__pydantic_decorators__.model_validators.values():
        try:
            rule.func(stand_in)
        except (AttributeError, TypeError):
            continue
        except ValueError as error:
            yield FieldProblem(clean(".".join(map(str, path))), clean(_lower_first(str(error))))


def _iterate_models(annotation: Any) -> Iterator[type[RequestModel]]:
    if isinstance(annotation, type) and issubclass(annotation, RequestModel):
        yield annotation
    for part in get_args(annotation):
        yield from _iterate_models(part)


def _find_flags(made: Any, given: Any, path: str = "") -> Iterator[FieldProblem]:
    """Yield each ``true`` and ``false`` that was read as the number 1 or 0."""
    if isinstance(given, bool):
        if isinstance(made, int | float) and not isinstance(made, bool):
            yield FieldProblem(clean(path), "it has to be a number")
    elif isinstance(given, list) and isinstance(made, list):
        for place, (one, value) in enumerate(zip(made, given, strict=False)):
            yield from _find_flags(one, value, f"{path}.{place}")
    elif isinstance(given, dict) and isinstance(made, RequestModel):
        for name, field in type(made).model_fields.items():
            key = next((key for key in (field.serialization_alias, name) if key in given), None)
            if key is not None:
                yield from _find_flags(getattr(made, name), given[key], f"{path}.{key}".lstrip("."))


def _describe_problem(error: Any) -> FieldProblem:
    path = ".".join(str(step) for step in error["loc"])
    return FieldProblem(
        clean(path), clean(_describe_limit(error["type"], error.get("ctx") or {}, str(error["msg"])))
    )


def _describe_limit(kind: str, limits: dict[str, Any], text: str) -> str:
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(limits["pattern"], f"it has to match {limits['pattern']}")
    if kind in _SENTENCES:
        plain = {name: f"{limit:g}" if isinstance(limit, float) else limit for name, limit in limits.items()}
        return _SENTENCES[kind].format(**plain)
    return _lower_first(text.removeprefix("Value error, "))


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def quote_segment(wire_id: str) -> str:
    """Return an id as one path segment, whatever it holds. Raises RefusedError where none can hold it."""
    if wire_id in ("", ".", ".."):
        raise RefusedError(f"The id {wire_id!r} cannot be asked for.", remedy="It would name another path.")
    return quote(wire_id.encode("utf-8", "surrogatepass"), safe="")
