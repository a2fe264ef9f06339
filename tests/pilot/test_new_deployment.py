"""A new deployment out of the versions of a service's deployments, by key, over v2."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pilot.test_forms import Editor, editor, swap
from tests.pilot.test_v2 import run_v2_console

__all__ = ["editor"]


def plant(world: Any) -> None:
    world.add_service("front", status="running")


@pytest.mark.slow
async def test_a_deployment_is_created_out_of_the_versions_of_a_service(
    monkeypatch: pytest.MonkeyPatch,
    editor: Editor,
) -> None:
    editor.rewrites = [
        swap(
            ('name = ""', 'name = "canary"'),
            ('flavor = ""', 'flavor = "modelarts.vm.cpu.2u"'),
            ('swr_path = ""', 'swr_path = "org/image:1"'),
            ('cmd = ""', 'cmd = "serve"'),
        )
    ]
    async with run_v2_console(monkeypatch, plant) as console:
        await console.type(":services")
        await console.press("enter")
        service = console.app.browse.tables.table.cursor.resource
        await console.press("v")
        await console.press("a")
        assert editor.shown, console.read_text()
        assert f'service_id = "{service.id}"' in editor.shown[0]
        await console.press("y")
        assert [path for method, path in console.list_acted() if path.endswith("/deployments")], (
            console.read_text()
        )
        await console.advance(6)
        assert "canary" in console.read_text()
        assert console.app.browse.tables.kind.id == "services"
