"""What the operations need of a session."""

from __future__ import annotations

from typing import Protocol

from matui.clouds.calls import Answer, Call
from matui.clouds.port import BudgetState


class Transport(Protocol):
    """Transport one call."""

    async def send(self, call: Call) -> Answer:
        """Return a 2xx answer; raises the errors of :mod:`matui.errors`."""
        ...


class ApiSession(Transport, Protocol):
    """A profile's session with one ModelArts endpoint."""

    @property
    def project_id(self) -> str:
        """The project's id, ``""`` until it is known."""
        ...

    @property
    def clock_offset_s(self) -> float | None:
        """The cloud's clock minus this machine's in seconds; None before the first answer."""
        ...

    def budget(self) -> BudgetState:
        """Return the request budget as it stands."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
