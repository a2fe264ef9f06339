"""Candidates of shell completion."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from matui.cli.completion_values import (
    complete_catalogs,
    complete_goals,
    complete_kind_option,
    complete_kinds,
    complete_profiles,
)

PARAM = click.Argument(["kind"])


def context(command: str, **params: object) -> click.Context:
    ctx = click.Context(click.Command(command))
    ctx.params = dict(params)
    return ctx


def test_kinds_are_completed_in_both_numbers() -> None:
    assert complete_kinds(context("stop"), PARAM, "notebook") == ["notebooks", "notebook"]
    assert complete_kind_option(context("audit"), PARAM, "ser") == ["services"]


def test_only_get_lists_triage_and_all() -> None:
    assert complete_kinds(context("get"), PARAM, "tri") == ["triage"]
    assert complete_kinds(context("stop"), PARAM, "tri") == []


def test_after_the_kind_come_ids_that_are_not_known() -> None:
    assert complete_kinds(context("get", kind="jobs"), PARAM, "") == []


def test_profiles_come_from_the_config_file(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[profiles.prod]\n[profiles.preview]\n[profiles.dev]\n")
    ctx = context("matui", config=config)
    assert complete_profiles(ctx, PARAM, "pr") == ["prod", "preview"]
    assert complete_profiles(ctx, PARAM, "dev,pro") == ["dev,prod"]


@pytest.mark.parametrize("text", [None, "profiles = 3", "not toml"])
def test_a_config_file_that_cannot_be_read_has_no_profiles(tmp_path: Path, text: str | None) -> None:
    config = tmp_path / "c.toml"
    if text is not None:
        config.write_text(text)
    assert complete_profiles(context("matui", config=config), PARAM, "") == []


def test_goals_and_catalogs() -> None:
    assert complete_goals(context("wait"), PARAM, "running,d") == [
        "running,done",
        "running,degraded",
        "running,deleted",
    ]
    assert "flavors" in complete_catalogs(context("catalog"), PARAM, "")
