"""``matui why``: its formats, and the contract of its JSON."""

from __future__ import annotations

import json

import pytest

from matui.cli.main import run
from matui.live.signals.store import SignalStore
from matui.live.why.card import PARTS
from matui.resources.model import Resource
from matui.signals.findings import Finding


def test_the_json_has_the_parts_of_the_interface(line):
    tree = json.loads(line("why", "job", "11", "-o", "json").out)
    assert {"resource", "missing", *PARTS} <= set(tree)
    assert tree["resource"]["id"] == "11"
    for name in PARTS:
        assert tree[name] is not None or tree["missing"][name]


def test_the_text_begins_with_the_resource_and_its_state(line):
    out = line("why", "job", "11").out
    assert out.splitlines()[0].startswith("jobs ")
    assert "Missing" in out


def test_markdown_is_for_a_ticket(line):
    assert line("why", "job/11", "-o", "markdown").out.startswith("# jobs ")


@pytest.mark.parametrize("output", ["text", "markdown"])
def test_the_next_steps_are_command_lines_without_keys(line, output: str) -> None:
    steps = line("why", "job", "11", "-o", output).out.partition("Next")[2].splitlines()[1:]
    shown = [step.strip(" -") for step in steps if step.strip() and "Source" not in step]
    steps = [step for step in shown[: shown.index("Missing")] if step] if "Missing" in shown else shown
    assert steps
    assert all(step.startswith("matui ") for step in steps)
    assert not any("E goes" in step for step in steps)


def test_an_unknown_resource_exits_with_1(line):
    assert line("why", "job", "nope").code == 1


def test_the_text_states_what_the_numbers_of_the_log_say(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def find(_session: object, job: Resource) -> tuple[str, ...]:
        return (f"worker-3 of {job.name} is slow.",)

    monkeypatch.setattr("matui.cli.signals.jobs.read_job_findings", find)
    assert run(["--demo", "why", "job", "asr-conformer-aishell"]) == 0
    assert "worker-3 of asr-conformer-aishell is slow." in capsys.readouterr().out


def test_the_findings_are_those_of_the_ends_of_all_files(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    straggler = Finding("straggler", None, None, "worker-3: 40, the median of all workers is 100.")
    monkeypatch.setattr(SignalStore, "find_stragglers", lambda _self, _key: (straggler,))
    assert run(["--demo", "why", "job", "asr-conformer-aishell"]) == 0
    assert straggler.words in capsys.readouterr().out


def test_the_next_steps_are_for_the_profile_that_was_named(line):
    """They were for the default profile, where the same id may be another job."""
    out = line("why", "job", "11", "-p", "prod").out
    assert "matui -p prod rerun 11" in out
    assert "matui rerun 11" not in out
    assert "matui rerun 11" in line("why", "job", "11").out


def test_a_failure_of_a_cloud_without_logs_leads_to_its_details(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "-p", "demo-qianfan", "why", "job", "contract-qa"]) == 0
    assert "matui --demo -p demo-qianfan describe job job-" in capsys.readouterr().out
