"""Each profile of a console writes to its journal; one whose settings turn the journal off to none."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from matui.base.clock import ManualClock
from matui.config.settings import Settings
from matui.console.changes.journals import Journals


def make_opened(*, enabled: bool) -> Any:
    settings = Settings.model_validate({"journal": {"enabled": enabled}})
    return SimpleNamespace(settings=settings, clock=ManualClock(1.7e9))


async def test_a_capsule_beside_a_profile_writes_nothing(tmp_path: Path) -> None:
    host = SimpleNamespace(state_dir=lambda: tmp_path, show_warning=lambda _words: None)
    journals = Journals(host)  # type: ignore[arg-type]
    journal = journals.open_journal(make_opened(enabled=True), is_demo=True)
    assert journal.is_on
    assert not journals.open_journal(make_opened(enabled=False), is_demo=True).is_on
    assert journals.open_journal(make_opened(enabled=True), is_demo=True) is journal
    await journals.close()
