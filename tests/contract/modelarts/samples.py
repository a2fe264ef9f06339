"""The reference's own sample bodies, and a session that answers with what it is given."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from matui.base.clock import ManualClock
from matui.clouds.http.messages import Answer, Call
from matui.clouds.modelarts.v1.cloud import ModelArtsCloud
from matui.clouds.protocols import BudgetState
from matui.resources.detail import Detail

T = TypeVar("T")

FILE = Path(__file__).parent.parent / "data" / "modelarts-operations.json"
OPERATIONS: dict[str, Any] = {entry["section"]: entry for entry in json.loads(FILE.read_text("utf-8"))}


def list_answers(section: str) -> list[Any]:
    """Return the sample answers of an operation."""
    return [s["json"] for s in OPERATIONS[section]["samples"] if s["kind"] == "response"]


def answer(section: str) -> Any:
    """Return the one sample answer of an operation."""
    return list_answers(section)[0]


def list_requests(section: str) -> list[tuple[str | None, Any]]:
    """Return the sample requests of an operation: line and body."""
    return [(s["line"], s["json"]) for s in OPERATIONS[section]["samples"] if s["kind"] == "request"]


Responder = Callable[[Call], Any]


class FakeSession:
    """Answers every call with a body, or with what a function makes of the call."""

    project_id, clock_offset_s = "project", None

    def __init__(self, body: Any) -> None:
        self.body = body
        self.calls: list[Call] = []

    async def send(self, call: Call) -> Answer:
        self.calls.append(call)
        body = self.body(call) if callable(self.body) else self.body
        if isinstance(body, Exception):
            raise body
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Answer(200, sent, "req-1", "https://modelarts.example/v1")

    def get_budget(self) -> BudgetState:
        return BudgetState(0, 300)

    async def aclose(self) -> None:
        return None


def build_cloud(body: Any, workspace: str = "") -> ModelArtsCloud:
    """Return a cloud that gets ``body`` for every question."""
    session, clock = FakeSession(body), ManualClock()
    return ModelArtsCloud(session, profile="prod", region="cn-north-4", workspace=workspace, clock=clock)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run to the end."""
    return asyncio.run(coroutine)


def map_values(detail: Detail) -> dict[tuple[str, str], Any]:
    """Return a detail's values by section and label; of several with the same label the last."""
    return {(s.title, label): value for s in detail.sections for label, value in s.rows}
