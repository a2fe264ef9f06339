"""A request as the operations see it, read with the limits that the reference's tables state."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from matui.sim.server.errors import Refusal
from matui.sim.world.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Codes:
    """A chapter's error codes for a bad value, a missing one, a wrong type, a wrong length or name."""

    bad: str
    missing: str
    kind: str
    length: str


CHAPTERS = {
    "4": Codes(bad="6336", missing="6335", kind="6332", length="6336"),
    "5": Codes(bad="0107", missing="0115", kind="0107", length="0104"),
    "6": Codes(bad="3037", missing="3037", kind="3037", length="3037"),
    "7": Codes(bad="0107", missing="0115", kind="0107", length="0107"),
    "8": Codes(bad="0104", missing="0104", kind="0104", length="0104"),
}

_INTEGER = re.compile(r"-?\d{1,18}\Z")


@dataclass(frozen=True, slots=True)
class Query:
    """The query of a request; an empty value counts as absent, an unknown name is ignored."""

    values: Mapping[str, str]
    codes: Codes

    def text(self, name: str, default: str = "", *, longest: int | None = None) -> str:
        """Return a text of at most ``longest`` characters."""
        value = self.values.get(name) or default
        if longest is not None and len(value) > longest:
            raise Refusal(self.codes.length, f"The length of {name} should be in [0,{longest}].")
        return value

    def required(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.values.get(name, "")
        if not value:
            raise Refusal(self.codes.missing, f"The parameter {name} is mandatory.")
        return value

    def integer(self, name: str, default: int, low: int | None = None, high: int | None = None) -> int:
        """Return a whole number within ``low`` and ``high``."""
        value = (self.values.get(name) or "").strip()
        if not value:
            return default
        if not _INTEGER.match(value):
            raise Refusal(self.codes.bad, f"The value of {name} must be an integer.")
        return _within(name, int(value), low, high, self.codes)

    def choice(self, name: str, options: Collection[str], default: str = "", *, code: str = "") -> str:
        """Return one of ``options``, compared exactly."""
        value = self.values.get(name, "")
        if not value:
            return default
        if value not in options:
            raise Refusal(code or self.codes.bad, f"The value of {name} must be one of {', '.join(options)}.")
        return value

    def flag(self, name: str) -> bool:
        """Return whether the parameter says true."""
        return self.choice(name, ("true", "false", "True", "False"), "false").lower() == "true"

    def descending(self, default: str) -> bool:
        """Return whether ``order`` asks for descending order."""
        return self.choice("order", ("asc", "desc"), default) == "desc"


class Fields:
    """A JSON object of a request body, read field by field; JSON null counts as absent."""

    def __init__(self, data: object, codes: Codes, where: str = "") -> None:
        if not isinstance(data, dict):
            raise Refusal(codes.kind, f"{where or 'The request body'} must be a JSON object.")
        self.data: dict[str, Any] = data
        self.codes = codes

    def __contains__(self, name: str) -> bool:
        return self.data.get(name) is not None

    def raw(self, name: str, default: Any = None) -> Any:
        """Return the value as it came."""
        value = self.data.get(name)
        return default if value is None else value

    def need(self, *names: str) -> None:
        """Refuse unless each of ``names`` is there and not empty."""
        for name in names:
            if self.data.get(name) in (None, "", []):
                raise Refusal(self.codes.missing, f"The parameter {name} is mandatory.")

    def text(self, name: str, default: str = "", *, longest: int | None = None, pattern: str = "") -> str:
        """Return a text no longer than ``longest`` that fits ``pattern`` entirely."""
        value = self.raw(name, default)
        if not isinstance(value, str):
            raise Refusal(self.codes.kind, f"The parameter {name} must be a string.")
        if longest is not None and len(value) > longest:
            raise Refusal(self.codes.length, f"The length of {name} should be in [0,{longest}].")
        if pattern and value and not re.fullmatch(pattern, value):
            raise Refusal(self.codes.length, f"Illegal {name}: {value}")
        return value

    def name(self, name: str, longest: int, *, chinese: bool = False, shortest: int = 1) -> str:
        """Return a mandatory name of letters, digits, hyphens and underscores."""
        self.need(name)
        letters = r"A-Za-z0-9_\-" + ("\u4e00-\u9fff" if chinese else "")
        value = self.text(name, longest=longest)
        if len(value) < shortest or not re.fullmatch(f"[{letters}]+", value):
            raise Refusal(self.codes.length, f"Illegal name: {value}")
        return value

    def integer(
        self,
        name: str,
        default: int = 0,
        low: int | None = None,
        high: int | None = None,
        *,
        lenient: bool = False,
    ) -> int:
        """Return a whole number; ``lenient`` takes digits in a string too."""
        value = self.raw(name, default)
        if lenient and isinstance(value, str) and _INTEGER.match(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refusal(self.codes.kind, f"The parameter {name} must be an integer.")
        return _within(name, value, low, high, self.codes)

    def choice(self, name: str, options: Collection[str], default: str = "") -> str:
        """Return one of ``options``."""
        value = self.text(name, default)
        if value and value not in options:
            raise Refusal(self.codes.bad, f"The value of {name} must be one of {', '.join(options)}.")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean."""
        value = self.raw(name, default)
        if not isinstance(value, bool):
            raise Refusal(self.codes.kind, f"The parameter {name} must be a boolean.")
        return value

    def child(self, name: str) -> Fields:
        """Return the object under ``name``, empty when absent."""
        return Fields(self.raw(name, {}), self.codes, f"The parameter {name}")

    def children(self, name: str) -> list[Fields]:
        """Return the objects of the array under ``name``."""
        value = self.raw(name, [])
        if not isinstance(value, list):
            raise Refusal(self.codes.kind, f"The parameter {name} must be an array.")
        return [Fields(item, self.codes, f"Each item of {name}") for item in value]


def _within(name: str, value: int, low: int | None, high: int | None, codes: Codes) -> int:
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"[{'-∞' if low is None else low},{'∞' if high is None else high}]"
        raise Refusal(codes.bad, f"The value of {name} should be in {bounds}.")
    return value


@dataclass(frozen=True, slots=True)
class Call:
    """A request for one operation; ``chapter`` decides the error codes of its parameters."""

    chapter: str
    path: Mapping[str, str]
    query: Query
    payload: bytes = b""

    @property
    def codes(self) -> Codes:
        """Return the codes this chapter uses for parameters."""
        return CHAPTERS[self.chapter]

    def fields(self) -> Fields:
        """Return the JSON object of the body."""
        try:
            data = json.loads(self.payload or b"null")
        except ValueError:
            raise Refusal(self.codes.kind, "The request body is not valid JSON.") from None
        return Fields(data, self.codes)

    def number(self, name: str) -> str:
        """Return a path parameter that must be a number, as its canonical text."""
        text = self.path[name]
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise Refusal(self.codes.bad, f"The {name} must be a number.")
        return str(int(text))

    def workspace_asked(self, world: World) -> str:
        """Return the workspace a list is scoped to, 0 unless stated."""
        workspace = self.query.text("workspace_id", "0")
        if workspace not in world.workspaces.rows:
            raise Refusal("0104", "Invalid workspace ID.")
        return workspace

    def workspace_for_new(self, world: World, workspace: str) -> str:
        """Return the workspace a new resource goes to, which must be there and in order."""
        found = world.workspaces.get(workspace or "0")
        if found is None:
            raise Refusal("7005", "The workspace does not exist.")
        if found.life.at(world.now) != "NORMAL":
            raise Refusal("7004", "Resources cannot be created in an abnormal workspace.")
        return found.id


def page_of(rows: Sequence[T], offset: int, limit: int) -> Sequence[T]:
    """Return ``limit`` rows from the item ``offset`` on."""
    return rows[offset : offset + limit]
