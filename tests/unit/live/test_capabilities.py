"""What a cloud supports: the key beside a row of triage does something."""

from __future__ import annotations

from typing import Any

import pytest

from matui.live.capabilities import choose_helping_command
from matui.resources.model import Phase
from tests.unit.live.triage.samples import make_row
from tests.unit.live.why.logs import Logs


class NoLogs:
    name = "qianfan"
    kinds = ("jobs",)


@pytest.mark.parametrize(
    ("cloud", "named", "helps"),
    [(NoLogs(), "logs", "why"), (Logs({}), "logs", "logs"), (NoLogs(), "edit", "edit")],
)
def test_a_pane_that_the_cloud_lacks_does_not_help(cloud: Any, named: str, helps: str) -> None:
    assert choose_helping_command(cloud, make_row("Failed", Phase.FAILED, help=named)) == helps
