"""What tests of all folders share."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from matui.base.redaction import known as redaction
from tests.event_loop import VirtualTimeLoop, get_loop_time, make_event_loop, wait_for_idle

# The same examples in each run, and no limit of time: a busy machine fails no test.
settings.register_profile(
    "matui", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("matui")


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run the tests that use ``virtual_time`` on a loop of virtual time."""
    if "virtual_time" in getattr(item, "fixturenames", ()):
        return {"virtual": VirtualTimeLoop}
    return {"real": asyncio.SelectorEventLoop}


# A shell without job control starts its background jobs with SIGINT ignored, nohup with SIGHUP, and every
# child inherits that: ctrl+c on a terminal of a test, or its hang-up, would end nothing.
for _ignored, _handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_ignored) is signal.SIG_IGN:
        signal.signal(_ignored, _handler)

_parse_rules = Stylesheet._parse_rules
_parsed: dict[Any, list[RuleSet]] = {}


def parse_rules_once(sheet: Stylesheet, *args: Any, **kwargs: Any) -> list[RuleSet]:
    """Parse the same text with the same variables once in all consoles of this process."""
    key = (frozenset(sheet._variables.items()), args, frozenset(kwargs.items()))
    if key not in _parsed:
        _parsed[key] = _parse_rules(sheet, *args, **kwargs)
    return _parsed[key]


def pytest_collection_finish() -> None:
    """Keep what has been imported and collected out of every later garbage collection."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Collect once: pytest does it five times at its end, and would go through all that is left."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def virtual_time() -> Iterator[None]:
    """Let the timers of the console, and the pauses of its pilot, pass in virtual time.

    ``asyncio.run`` makes such a loop too, other threads keep theirs.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("asyncio.events.new_event_loop", make_event_loop)
        patch.setattr("textual._time.get_time", get_loop_time)
        for module in ("textual.pilot", "textual.app"):
            patch.setattr(f"{module}.wait_for_idle", wait_for_idle)
        patch.setattr("textual.css.stylesheet.Stylesheet._parse_rules", parse_rules_once)
        for module in ("screens.browse", "screens.confirm", "logs.saving", "bars.frame"):
            patch.setattr(f"matui.console.{module}.monotonic", get_loop_time)
        yield


@pytest.fixture(autouse=True)
def forget_secrets() -> Iterator[None]:
    """Forget the secrets that a test registers: they would be hidden in the texts of later tests."""
    before = set(redaction._known)
    yield
    redaction._known.intersection_update(before)
