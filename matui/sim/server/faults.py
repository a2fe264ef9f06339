"""Configuration of faults: named kinds with rates, picked by a seeded generator."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from matui.base.errors import UsageError
from matui.sim.world.random import make_random

KINDS = {
    "429": "too many requests, with Retry-After",
    "429bare": "too many requests, without Retry-After",
    "0114": "too many requests, ModelArts.0114",
    "400": "ModelArts.0107",
    "401": "ModelArts.0203, the token is refused",
    "403": "ModelArts.0112, a permission is missing",
    "404": "ModelArts.0102",
    "409": "ModelArts.0105",
    "500": "ModelArts.0010",
    "501": "APIGW.0106, not supported",
    "502": "an HTML page of a gateway",
    "503": "APIGW.0201 and a short text",
    "504": "APIGW.0201, the backend timed out",
    "hang": "no answer for 120 s, then the connection breaks",
    "reset": "the connection breaks before an answer",
    "truncate": "the connection breaks within the body",
    "drip": "the body comes in small pieces, slowly",
    "html": "200 with an HTML page",
    "proxy": "200 with the login page of a proxy",
    "redirect": "302 to another host",
    "301": "301 to another host",
    "empty": "200 with no body",
    "wrongtype": "200 with JSON of the wrong types",
    "garbage": "200 with half a JSON document",
    "huge": "200 with a body of 50 MB",
    "lost": "the request is done, then the connection breaks",
}
_SETTINGS = ("expire", "latency", "skew", "limit")


class FaultRule(NamedTuple):
    """A kind of fault with its rate in [0, 1], for paths that contain ``path``."""

    kind: str
    rate: float
    path: str = ""


@dataclass(slots=True)
class Faults:
    """The faults in force.

    ``latency_s`` delays every response, ``skew_s`` is added to the server's clock, ``token_ttl_s`` is the
    lifetime of tokens, ``limit_per_minute`` limits requests. ``queue`` holds the kinds of the next
    requests, one each, which take precedence over the rules; None passes a request.
    """

    rules: tuple[FaultRule, ...] = ()
    latency_s: float = 0.0
    skew_s: float = 0.0
    token_ttl_s: float | None = None
    limit_per_minute: int | None = None
    seed: int = 1
    queue: deque[str | None] = field(default_factory=deque)
    random: Random = field(default_factory=lambda: make_random("faults", 1), repr=False)
    minute: tuple[int, int] = (0, 0)

    def pick(self, path: str, now: float) -> str | None:
        """Return the kind of fault for a request to ``path`` at ``now`` (seconds), or None."""
        if self.queue:
            return self.queue.popleft()
        if self._over_limit(now):
            return "429"
        for rule in self.rules:
            if rule.path in path and self.random.random() < rule.rate:
                return rule.kind
        return None

    def next(self, kinds: Iterable[str | None]) -> None:
        """Queue ``kinds`` for the next requests, one each; None passes a request."""
        self.queue.extend(kinds)

    def _over_limit(self, now: float) -> bool:
        if self.limit_per_minute is None:
            return False
        minute = int(now // 60)
        count = self.minute[1] + 1 if self.minute[0] == minute else 1
        self.minute = (minute, count)
        return count > self.limit_per_minute


def parse_faults(spec: str, *, seed: int = 1) -> Faults:
    """Return the faults of ``kind:rate[@path]`` and ``expire|latency|skew|limit:number``, comma-separated.

    Raises UsageError naming the part that is wrong.
    """
    faults = Faults(seed=seed, random=make_random("faults", seed))
    rules = []
    for part in filter(None, (part.strip() for part in spec.split(","))):
        name, _, rest = part.partition(":")
        amount, _, path = rest.partition("@")
        if name in _SETTINGS and not path:
            _set(faults, name, _number(part, amount, None))
        elif name in KINDS:
            rules.append(FaultRule(name, _number(part, amount or "1", 1.0), path))
        else:
            raise UsageError(
                f"Unknown fault in “{part}”.", remedy=f"Known are {', '.join((*KINDS, *_SETTINGS))}."
            )
    faults.rules = tuple(rules)
    return faults


def _number(part: str, text: str, most: float | None) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not (-1e9 < value < 1e9) or (most is not None and not 0 <= value <= most):
        kind = "a rate from 0 to 1" if most else "a number"
        raise UsageError(
            f"The fault “{part}” needs {kind} after the colon.", remedy="For example 429:0.1 or expire:30."
        )
    return value


def _set(faults: Faults, name: str, value: float) -> None:
    if name == "expire":
        faults.token_ttl_s = value
    elif name == "latency":
        faults.latency_s = value
    elif name == "skew":
        faults.skew_s = value
    else:
        faults.limit_per_minute = int(value)
