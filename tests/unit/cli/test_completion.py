"""``matui completion``: the script, run by bash itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from matui.cli.completion import (
    complete_catalogs,
    complete_goals,
    complete_kind_option,
    complete_kinds,
    complete_profiles,
)

BASH = shutil.which("bash")
CONFIG = '[profiles.prod]\nregion = "cn-north-4"\n[profiles.lab]\nregion = "cn-north-4"\n'


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    script = tmp_path / "bin" / "matui"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m matui "$@"\n')
    script.chmod(0o755)
    config = tmp_path / "matui.toml"
    config.write_text(CONFIG)
    config.chmod(0o600)
    return os.environ | {
        "PATH": f"{script.parent}:{os.environ['PATH']}",
        "MATUI_CONFIG": str(config),
        "HOME": str(tmp_path),
    }


def completed(environment: dict[str, str], *words: str) -> list[str]:
    """Return what bash offers for the last of the words."""
    line = " ".join(f"'{word}'" for word in ("matui", *words))
    script = (
        f"source <(matui completion bash); COMP_WORDS=({line}); COMP_CWORD={len(words)};"
        ' _matui_completion matui; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [str(BASH), "-c", script], capture_output=True, text=True, env=environment, timeout=60, check=True
    )
    return done.stdout.split()


@pytest.mark.skipif(BASH is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("des",), ["describe"]),
        (("get", "not"), ["notebooks", "notebook"]),
        (("get", "tri"), ["triage"]),
        (("stop", "jo"), ["jobs", "job"]),
        (("get", "jobs", "--no-h"), ["--no-headers"]),
        (("-p", ""), ["prod", "lab"]),
        (("get", "-p", "prod,l"), ["prod,lab"]),
        (("get", "jobs", "-o", "js"), ["json", "jsonl"]),
        (("wait", "job", "1", "--for", "done,en"), ["done,ended"]),
        (("catalog", "fl"), ["flavors"]),
    ],
)
def test_bash_completes(environment: dict[str, str], words: tuple[str, ...], offered: list[str]) -> None:
    assert completed(environment, *words) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(environment: dict[str, str], shell: str) -> None:
    done = subprocess.run(
        ["matui", "completion", shell],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=True,
    )
    assert f"_MATUI_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr == ""


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
