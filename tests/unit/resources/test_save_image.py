"""The argument of save-image."""

from __future__ import annotations

import pytest

from matui.base.errors import UsageError
from matui.resources.model import Phase, Resource
from matui.resources.save_image import SAVE_IMAGE, parse_image


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("my-org/debug", {"namespace": "my-org", "name": "debug"}),
        ("my-org/debug:v1.2", {"namespace": "my-org", "name": "debug", "tag": "v1.2"}),
        ("o/d:t worker-0 ", {"namespace": "o", "name": "d", "tag": "t", "task": "worker-0"}),
    ],
)
def test_image_and_task_are_read(argument: str, options: dict[str, str]) -> None:
    assert parse_image(argument) == options


@pytest.mark.parametrize("argument", ["", "debug", "Org/debug", "org/Debug", "org/debug:", "org/debug:a/b"])
def test_other_arguments_are_refused_with_an_example(argument: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_image(argument)
    assert "my-org/llm-debug:night-1" in caught.value.remedy


@pytest.mark.parametrize(("phase", "reason"), [(Phase.RUNNING, None), (Phase.STOPPED, "it is not running")])
def test_only_what_runs_is_saved(phase: Phase, reason: str | None) -> None:
    row = Resource("notebooks", "1", "nb", "x", phase, "modelarts", "prod")
    assert SAVE_IMAGE.why_not(row) == reason
