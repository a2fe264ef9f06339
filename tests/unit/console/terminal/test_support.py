"""What is required of Textual is checked by name, and what is missing leads to stock output."""

from __future__ import annotations

import subprocess
import sys

import pytest
from textual._compositor import Compositor
from textual.screen import Screen

from matui.console.terminal import support


def test_the_textual_that_the_tests_are_pinned_to_is_supported() -> None:
    assert support.explain_unsupported({}) is None


def test_the_environment_switches_to_stock_output() -> None:
    assert support.explain_unsupported({"MATUI_STOCK_TERMINAL": "1"}) == "MATUI_STOCK_TERMINAL is set"
    assert support.explain_unsupported({"MATUI_STOCK_TERMINAL": "0"}) is None


@pytest.mark.parametrize(("version", "reason"), [("8.3.0", "Textual 8.3.0 is untested"), ("8.2.99", None)])
def test_another_minor_version_is_untested(
    version: str, reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(support, "_find_textual_version", lambda: version)
    assert support.find_missing_parts.__wrapped__() == reason


def test_a_method_with_other_parameters_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Compositor, "render_full_update", lambda self, layers: None)
    assert support.find_missing() == "Compositor.render_full_update has changed"


def test_an_attribute_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Screen, "__init__", lambda self: None)
    assert support.find_missing() == "Screen._compositor is missing"


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert support._find_textual_version() == version("textual")


def test_stock_output_imports_no_private_module() -> None:
    """A Textual that has renamed its private modules can still be used."""
    program = (
        "import sys\n"
        "from matui.console.terminal import support\n"
        "support.missing_parts = lambda: 'Textual 9 is untested'\n"
        "import matui.console.app\n"
        "print([name for name in sys.modules if name.startswith('matui.console.terminal.')])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "terminal.compositor" not in run.stdout
    assert "terminal.driver" not in run.stdout
