"""``matui completion``: the script, run by bash itself."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import click
import pytest
from click.shell_completion import CompletionItem

from matui.base.clock import ManualClock
from matui.cli.completion import candidates, shells
from matui.cli.completion.filters import complete_filter_option
from matui.cli.completion.known_rows import TypedLine
from matui.cli.completion.shells import split_line
from matui.cli.group import cli
from matui.config.paths import make_state_dir
from matui.live.journal.change import Account, ListScope, Reading
from matui.live.journal.journal import open_journal
from matui.resources.model import Phase, Resource

BASH, FISH = shutil.which("bash"), shutil.which("fish")
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


def complete_words(environment: dict[str, str], *words: str) -> list[str]:
    """Return what bash offers for the last of the words."""
    line = " ".join(("matui", *words))
    script = (
        f"source <(matui completion bash); COMP_LINE={shlex.quote(line)}; COMP_POINT={len(line)};"
        ' _matui_completion matui; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [str(BASH), "-c", script], capture_output=True, text=True, env=environment, timeout=60, check=True
    )
    return [line for line in done.stdout.splitlines() if line]


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
        (("get", "jobs", "--sort", "-lo"), ["-loss"]),
        (("get", "jobs", "--sort=-lo"), ["-loss"]),
        (("wait", "job", "1", "--for", "done,en"), ["done,ended"]),
        (("get", "jobs", "--filter", "phase:fa"), ["failed"]),
        (("get", "jobs", "--filter=phase:fa"), ["failed"]),
        (("get", "jobs", "--filter", "'owner:li phase:fa"), ["owner:li phase:failed"]),
        (("get", "jobs", "--filter", "ag"), ["age\\<"]),
        (("catalog", "fl"), ["flavors"]),
    ],
)
def test_bash_completes(environment: dict[str, str], words: tuple[str, ...], offered: list[str]) -> None:
    assert complete_words(environment, *words) == offered


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


@pytest.mark.skipif(FISH is None, reason="fish is not installed")
def test_fish_completes(environment: dict[str, str]) -> None:
    script = "matui completion fish | source; complete -C 'matui get jobs --filter phase:done,fa'"
    done = subprocess.run(
        [str(FISH), "--no-config", "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["phase:done,failed"]


@pytest.mark.parametrize("shell", [shells.MatuiZsh, shells.MatuiFish])
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("--filter=phase:fa", ["--filter=phase:failed"]),
        ("--filter=phase:done,fa", ["--filter=phase:done,failed"]),
        ("--sort=-lo", ["--sort=-loss"]),
        ("--output=js", ["--output=json", "--output=jsonl"]),
    ],
)
def test_a_value_behind_its_option_is_offered_with_it(
    shell: type[shells.MatuiZsh], typed: str, offered: list[str]
) -> None:
    completer = shell(cli, {}, "matui", "_MATUI_COMPLETE")
    assert [item.value for item in completer.get_completions(["get", "jobs"], typed)] == offered


PARAM = click.Argument(["words"], nargs=-1)
ACCOUNT = Account("modelarts", "https://x.invalid", "0a", "cn-north-4")
ROWS = (
    ("11", "train-bert", "JOBSTAT_RUNNING", Phase.RUNNING),
    ("12", "train-vit", "JOBSTAT_FAILED", Phase.FAILED),
    ("13", "twice", "JOBSTAT_FAILED", Phase.FAILED),
    ("14", "twice", "JOBSTAT_FAILED", Phase.FAILED),
    ("15", "a name; rm", "JOBSTAT_FAILED", Phase.FAILED),
)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("MATUI_CONFIG", str(tmp_path / "none.toml"))
    return make_state_dir()


@pytest.fixture
def known_jobs(state: Path) -> None:
    """Jobs of the profile prod that an earlier command has read."""
    with closing(open_journal(state, clock=ManualClock())) as journal:
        rows = [
            Resource("jobs", ident, name, status, phase, "modelarts", "prod", created_at=at)
            for at, (ident, name, status, phase) in enumerate(ROWS)
        ]
        scope = ListScope(ACCOUNT, "prod", "jobs", "")
        journal.record(Reading(scope, 1_600_000_000_000, tuple(rows), (), True, frozenset()))


Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def make_context(command: str, *typed: str, profile: str = "", **params: object) -> click.Context:
    ctx = click.Context(click.Command(command), obj=TypedLine(profile, typed))
    ctx.params = dict(params)
    return ctx


def list_offered(complete: Completer, ctx: click.Context, incomplete: str) -> list[str]:
    return [item.value for item in complete(ctx, PARAM, incomplete)]


def test_kinds_are_completed_in_both_numbers() -> None:
    assert list_offered(candidates.complete_targets, make_context("stop"), "notebook") == [
        "notebooks",
        "notebook",
    ]
    assert list_offered(candidates.complete_kind_option, make_context("audit"), "ser") == ["services"]


def test_only_get_lists_triage_and_all() -> None:
    assert list_offered(candidates.complete_targets, make_context("get"), "tri") == ["triage"]
    assert list_offered(candidates.complete_targets, make_context("stop"), "tri") == []


def test_after_the_kind_come_ids_that_are_not_known() -> None:
    assert list_offered(candidates.complete_targets, make_context("get", words=("jobs",)), "") == []


@pytest.mark.usefixtures("known_jobs")
@pytest.mark.parametrize(
    ("words", "incomplete", "names"),
    [
        (("jobs",), "", ["train-vit", "train-bert", "15", "14", "13"]),
        (("jobs",), "train-b", ["train-bert"]),
        (("job", "train-vit"), "tr", ["train-bert"]),
        (("jobs",), "1", ["15", "14", "13", "12", "11"]),
        ((), "jobs/train-v", ["jobs/train-vit"]),
        (("nb",), "", []),
        (("nothing",), "", []),
    ],
)
def test_names_come_from_the_journal(words: tuple[str, ...], incomplete: str, names: list[str]) -> None:
    found = list_offered(candidates.complete_targets, make_context("stop", words=words), incomplete)
    assert sorted(found) == sorted(names)
    if words == ("jobs",) and incomplete == "train-b":
        assert list_offered(candidates.complete_jobs, make_context("logs"), incomplete) == names


@pytest.mark.usefixtures("known_jobs")
def test_names_are_those_of_the_profile_and_none_in_the_demo() -> None:
    assert list_offered(candidates.complete_jobs, make_context("logs", profile="prod"), "train-b") == [
        "train-bert"
    ]
    assert list_offered(candidates.complete_jobs, make_context("logs", profile="other"), "train-b") == []
    assert list_offered(candidates.complete_jobs, make_context("logs", demo=True), "train-b") == []


def test_a_damaged_journal_completes_nothing_and_stays(state: Path) -> None:
    file = state / "journal.db"
    file.write_bytes(b"no database" * 500)
    assert list_offered(candidates.complete_jobs, make_context("logs"), "") == []
    assert file.exists()


@pytest.mark.usefixtures("known_jobs")
@pytest.mark.parametrize(
    ("incomplete", "words"),
    [
        ("pha", ["phase:"]),
        ("!pha", ["!phase:"]),
        ("since", ["since<"]),
        ("train phase:do", ["train phase:done"]),
        ("!phase:failed,de", ["!phase:failed,degraded"]),
        ("status:f", ["status:failed", "status:finish", "status:fail"]),
        ("status:sub", ["status:submit_trying", "status:submit_failed", "status:submit_model_failed"]),
        ("name:train-v", ["name:train-vit"]),
        ("stalled:", ["stalled:yes", "stalled:no"]),
        ("name:TRAIN-V", ["name:train-vit"]),
        ("cloud:q", ["cloud:qianfan"]),
        ("vers", ["version:", "version_count:"]),
        ("age<", []),
        ("/re", []),
        ("bogus:", []),
    ],
)
def test_a_filter_is_completed_by_the_fields_of_the_kind(incomplete: str, words: list[str]) -> None:
    assert (
        list_offered(complete_filter_option, make_context("get", "get", "jobs", "--filter"), incomplete)
        == words
    )


def test_columns_are_those_of_the_kind_that_is_typed() -> None:
    assert list_offered(candidates.complete_columns, make_context("get", "get", "jobs", "--sort"), "lo") == [
        "loss"
    ]
    assert list_offered(candidates.complete_columns, make_context("get", "get", "nb", "--sort"), "lo") == []
    assert list_offered(candidates.complete_columns, make_context("get"), "") == []


@pytest.mark.parametrize(
    ("words", "incomplete", "begins"),
    [
        ((), "ModelArts.001", "ModelArts.0010"),
        ((), "sigk", "SIGKILL"),
        (("exit",), "13", "130"),
        ((), "zz", ""),
    ],
)
def test_codes_are_completed_word_by_word(words: tuple[str, ...], incomplete: str, begins: str) -> None:
    assert [*list_offered(candidates.complete_codes, make_context("explain", words=words), incomplete), ""][
        0
    ] == begins


def test_themes_topics_and_times() -> None:
    assert "matui-dark" in list_offered(candidates.complete_themes, make_context("matui"), "matui-d")
    assert list_offered(candidates.complete_topics, make_context("help"), "filt") == ["filters"]
    assert "2h" in list_offered(candidates.complete_times, make_context("logs"), "")
    assert list_offered(candidates.complete_capsules, make_context("show"), "") == []


@pytest.mark.parametrize(
    ("line", "words", "kept", "quote"),
    [
        ("matui get ", ["matui", "get", ""], "", ""),
        ("matui get jo", ["matui", "get", "jo"], "", ""),
        ("matui a:b", ["matui", "a:b"], "a:", ""),
        ("matui 'a b:c", ["matui", "a b:c"], "", "'"),
        ("matui --x='a b", ["matui", "--x=a b"], "--x=", "'"),
        ('matui "a\\"b" c', ["matui", 'a"b', "c"], "", ""),
        ("matui a\\ b", ["matui", "a b"], "", ""),
        ("matui '' ", ["matui", "", ""], "", ""),
        ("", [""], "", ""),
    ],
)
def test_a_line_is_split_as_bash_does(line: str, words: list[str], kept: str, quote: str) -> None:
    assert split_line(line, " :=<>") == (words, kept, quote)


def test_every_option_with_known_values_is_completed() -> None:
    """A new option or argument of these names is completed too."""
    known = {"words", "expression", "sort", "theme", "profile", "workspace", "since", "until", "topic"}
    ctx = click.Context(cli, info_name="matui")
    for name in cli.list_commands(ctx):
        command = cli.get_command(ctx, name)
        assert command is not None
        if name in ("lock", "unlock", "drain", "reboot", "reset"):  # nodes are in no list of the journal
            continue
        for param in command.params:
            if param.name in known and not isinstance(param.type, click.Choice):
                assert param._custom_shell_complete is not None, (name, param.name)


def test_profiles_come_from_the_config_file(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[profiles.prod]\n[profiles.preview]\n[profiles.dev]\n")
    ctx = make_context("matui", config=config)
    assert list_offered(candidates.complete_profiles, ctx, "pr") == ["prod", "preview"]
    assert list_offered(candidates.complete_profiles, ctx, "dev,pro") == ["dev,prod"]


@pytest.mark.parametrize("text", [None, "profiles = 3", "not toml"])
def test_a_config_file_that_cannot_be_read_has_no_profiles(tmp_path: Path, text: str | None) -> None:
    config = tmp_path / "c.toml"
    if text is not None:
        config.write_text(text)
    assert list_offered(candidates.complete_profiles, make_context("matui", config=config), "") == []


def test_goals_and_catalogs() -> None:
    assert list_offered(candidates.complete_goals, make_context("wait"), "running,d") == [
        "running,done",
        "running,degraded",
        "running,deleted",
    ]
    assert "flavors" in list_offered(candidates.complete_catalogs, make_context("catalog"), "")


def test_completion_asks_no_cloud_and_never_loads_its_client(environment: dict[str, str]) -> None:
    """What is needed to answer a TAB is imported, and nothing that sends."""
    script = (
        "import sys; sys.argv=['matui']\n"
        "from matui.__main__ import main\n"
        "try: main()\n"
        "finally: print(sorted({'httpx', 'textual', 'pydantic'} & set(sys.modules)))"
    )
    line = "matui stop jobs t"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment | {"COMP_LINE": line, "_MATUI_COMPLETE": "bash_complete"},
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["[]"]
