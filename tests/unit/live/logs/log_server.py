"""A log service for tests, with every reading of the reference as a switch."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from matui.base.errors import NotFoundError, RateLimitedError, ServerFaultError, TimedOutError
from matui.clouds.protocols import LogBytes, LogPage
from matui.resources.model import Phase, Resource

_MOST_FAILURES = 2  # in a row: fewer than any reader tries
JOB = Resource(
    kind="jobs", id="7", name="train", status="JOBSTAT_RUNNING", phase=Phase.RUNNING, cloud="m", profile="p"
)


@dataclass(frozen=True, slots=True)
class Ways:
    """What the reference leaves open. ``echo``: which cursor repeats a given base, by direction.

    ``between_lines``: a cursor is the place between two lines, so that a page ends where the next one starts.
    """

    inclusive: bool = False
    echo: str = ""  # "" | "newer" | "both" | "swapped"
    double: bool = False
    last_newline: bool = True
    empty_end: str = ""  # what an empty page says: "" or "base"
    end_at_edge: bool = True  # whether a page that reaches the log's edge has a cursor there
    newest_first: bool = False
    counted: bool = True
    opaque: bool = False
    overlap: int = 0
    cap: int = 500
    top_page: bool = True
    cut: str = "replace"
    tells_end: bool = True
    between_lines: bool = False


@dataclass
class LogServer:
    """Serves ``lines``; before each answer some of ``coming`` are written, and some requests fail."""

    ways: Ways
    lines: list[str]
    coming: list[str] = field(default_factory=list)
    rng: Random = field(default_factory=lambda: Random(0))
    failing: float = 0.0
    grows: int = 3
    refuse: Exception | None = None
    forgotten: int = 0
    unterminated: bool = False
    requests: int = 0
    failed_in_row: int = 0

    def build_cursor(self, index: int) -> str:
        number = 1_609_121_886_518_240_330 + index * 7_000_003
        return f"c{Random(number).randrange(10**9)}-{index}" if self.ways.opaque else str(number)

    def find_index(self, cursor: str) -> int:
        if self.ways.opaque:
            return int(cursor.partition("-")[2])
        return (int(cursor) - 1_609_121_886_518_240_330) // 7_000_003

    def grow(self) -> None:
        for _ in range(self.rng.randint(0, self.grows)):
            if self.coming:
                self.lines.append(self.coming.pop(0))

    def _fail(self) -> None:
        self.requests += 1
        is_failing = self.rng.random() < self.failing / 2 and self.failed_in_row < _MOST_FAILURES
        self.failed_in_row = self.failed_in_row + 1 if is_failing else 0
        if is_failing:
            raise self.rng.choice(
                (
                    RateLimitedError("slow down", status=429, retry_after_s=1.0),
                    ServerFaultError("broken", status=500),
                    TimedOutError("no answer"),
                )
            )

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        return ("a.log",)

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        self._fail()
        if self.refuse is not None:
            raise self.refuse
        self.grow()
        if base and self.find_index(base) < self.forgotten:
            raise NotFoundError("no such line", status=404)
        first, end = self._find_range(base, older, min(limit, self.ways.cap))
        page = self._build_page(base, older, first, end)
        self._fail()
        return page

    def _find_range(self, base: str, older: bool, limit: int) -> tuple[int, int]:
        total = len(self.lines)
        low = self.forgotten
        if not base:
            if older and self.ways.top_page:
                return low, min(total, low + limit)
            return max(low, total - limit), total
        at = self.find_index(base)
        if self.ways.between_lines:
            at = max(low, min(total, at))
            return (max(low, at - limit), at) if older else (at, min(total, at + limit))
        if older:
            end = min(total, at + (1 if self.ways.inclusive else 0) + self.ways.overlap)
            return max(low, end - limit), end
        first = max(low, at + (0 if self.ways.inclusive else 1) - self.ways.overlap)
        return first, min(total, first + limit)

    def _build_page(self, base: str, older: bool, first: int, end: int) -> LogPage:
        ways, texts = self.ways, self.lines[first:end]
        if not texts:
            said = base if ways.empty_end == "base" else ""
            return LogPage("", said, said, 0 if ways.counted else None)
        start_line, end_line = (
            self.build_cursor(first),
            self.build_cursor(end if ways.between_lines else end - 1),
        )
        if not ways.end_at_edge and not older and end == len(self.lines):
            end_line = ""
        if base and ways.echo in ("newer", "both", "swapped") and not older:
            start_line = base
        if base and ways.echo == "both" and older:
            end_line = base
        if base and ways.echo == "swapped" and older:
            start_line, end_line = base, start_line
        if ways.newest_first:
            texts, start_line, end_line = texts[::-1], end_line, start_line
        joiner = "\n\n" if ways.double else "\n"
        content = joiner.join(texts) + ("\n" if ways.last_newline else "")
        return LogPage(content, start_line, end_line, len(texts) if ways.counted else None)

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        self._fail()
        self.grow()
        text = "".join(f"{line}\n" for line in self.lines)
        data = (text[:-1] if self.unterminated else text).encode("utf-8", "surrogatepass")
        begin = max(0, len(data) - length) if start == -1 else min(start, len(data))
        end = min(len(data), begin + length)
        part = data[begin:end]
        if self.ways.cut == "back_off":
            while part and part[0] & 0xC0 == 0x80:
                part = part[1:]
            whole = part.decode("utf-8", "ignore").encode()
            end, part = end - (len(part) - len(whole)), whole
        self._fail()
        told = self.ways.tells_end
        return LogBytes(part.decode("utf-8", "replace"), end if told else None, len(part))
