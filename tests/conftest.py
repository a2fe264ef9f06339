"""What tests of all folders share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.event_loop import VirtualTimeLoop, loop_time, wait_for_idle


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run the tests that use ``virtual_time`` on a loop of virtual time."""
    if "virtual_time" in getattr(item, "fixturenames", ()):
        return {"virtual": VirtualTimeLoop}
    return {"real": asyncio.SelectorEventLoop}


@pytest.fixture
def virtual_time() -> Iterator[None]:
    """Let the timers of the console, and the pauses of its pilot, pass in virtual time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textual._time.get_time", loop_time)
        for module in ("textual.pilot", "textual.app"):
            patch.setattr(f"{module}.wait_for_idle", wait_for_idle)
        for module in ("screens.browse", "screens.confirm", "logs.saving", "bars.frame"):
            patch.setattr(f"matui.console.{module}.monotonic", loop_time)
        yield
