"""Work postponed until a request travels."""

from __future__ import annotations

import sys

import pytest

from matui.base import late_imports
from matui.base.late_imports import LazyModule


def test_postponed_work_is_done_once_and_in_order() -> None:
    late_imports.do_postponed()
    done: list[int] = []
    late_imports.postpone(lambda: done.append(1))
    late_imports.postpone(lambda: done.append(2))
    late_imports.do_postponed()
    late_imports.do_postponed()
    assert done == [1, 2]


def test_a_lazy_module_is_imported_with_its_first_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    module = LazyModule("colorsys")
    assert "colorsys" not in sys.modules
    assert module.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    assert "colorsys" in sys.modules
