"""The state of a kind that the bars and the table show."""

from __future__ import annotations

from collections import Counter

import pytest

from matui.console.bars import overview as module


async def test_an_update_computes_the_state_of_a_kind_once(console, monkeypatch: pytest.MonkeyPatch):
    async with console() as c:
        seen: Counter[str] = Counter()
        computed = module.build_overview

        def count(fleet, kind):
            seen[kind.id] += 1
            return computed(fleet, kind)

        monkeypatch.setattr(module, "build_overview", count)
        poller = c.app.browse.session.pollers.get_poller("jobs")
        updates = poller.snapshot
        from matui.console.messages import Updated
        from matui.live.poll.poller import Update
        from matui.live.poll.rows import Diff

        c.app.browse.show_update(Updated(Update(updates, Diff())))
        assert seen == {"jobs": 1}
