"""The formats of ``matui get``, and the JSON that scripts rely on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from matui.cli.get.output import NameSink
from matui.resources.model import Phase, RawPage, RawRecord, Resource
from tests.unit.live.acting import make_notebook

ITEM_KEYS = ["kind", "id", "name", "status", "phase", "workspace", "owner", "created_at", "updated_at"]


ITEM_KEYS += ["duration_s", "actions", "cloud", "profile", "raw"]


def test_the_json_has_the_promised_keys_in_their_order(line):
    said = line("get", "notebooks", "-o", "json")
    tree = json.loads(said.out)
    assert list(tree) == ["kind", "profile", "fetched_at", "stale", "total", "items"]
    assert tree["kind"] == "notebooks"
    assert tree["fetched_at"] == "2020-09-13T12:26:40Z"
    assert (tree["stale"], tree["total"], len(tree["items"])) == (False, 3, 3)
    first = tree["items"][0]
    assert list(first) == ITEM_KEYS
    assert first["created_at"] == "2020-09-13T09:40:00Z"
    assert first["actions"] == ["stop", "save-image"]
    assert first["phase"] == "running"


def test_a_job_has_the_numbers_of_its_log_null_where_unknown(line):
    (job,) = json.loads(line("get", "jobs", "10", "-o", "json").out)["items"]
    added = ["step", "total_steps", "loss", "eta_at", "stalled", "loss_name"]
    assert list(job) == [*ITEM_KEYS, *added]
    assert {job[name] for name in added} == {None}


def test_a_read_only_profile_allows_no_action(line):
    line.profile_read_only = True
    assert all(item["actions"] == [] for item in json.loads(line("get", "nb", "-o", "json").out)["items"])


def test_jsonl_is_one_item_a_line(line):
    lines = line("get", "nb", "-o", "jsonl").out.splitlines()
    assert [json.loads(text)["id"] for text in lines] == ["id-1", "id-2", "id-3"]


def test_yaml_says_the_same_as_json(line):
    as_json = json.loads(line("get", "nb", "-o", "json").out)
    assert yaml.safe_load(line("get", "nb", "-o", "yaml").out) == as_json


def test_names_are_kind_and_id(line):
    assert line("get", "jobs", "-o", "name").out == "job/10\njob/11\njob/12\n"


def test_names_leave_out_what_no_command_takes(line, capsys):
    quota = Resource("lists", "quota GPUs", "quota GPUs", "", Phase.UNKNOWN, "modelarts", "prod")
    NameSink().write_all([quota, line.cloud.rows["10"]], 0, 2)
    said = capsys.readouterr()
    assert said.out == "job/10\n"
    assert "1 list or quota" in said.err


def make_hostile(value) -> Resource:
    raw = RawRecord(RawPage(b"", lambda _body: value))
    return Resource(
        "notebooks", "\x1b\x9b\u202e1", "n", "RUNNING", Phase.RUNNING, "modelarts", "prod", raw=raw
    )


@pytest.mark.parametrize(
    "raw",
    [
        {"a": float("nan"), "b": [float("inf"), -float("inf")]},
        {"a": 10**5000},
        {"a": "\x1b[2J \x9b \x7f \u202e \u2066 \ud800 大 😀"},
        {"\u202ekey": None},
    ],
)
@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_the_output_is_valid_json_that_moves_no_terminal(line, raw, output):
    line.cloud.rows = {"x": make_hostile(raw)}
    out = line("get", "nb", "-o", output).out
    json.loads(out, parse_constant=lambda word: pytest.fail(word))
    out.encode("utf-8")
    assert not set(out) & set("\x1b\x9b\x7f\u202e\u2066\ud800")


def test_other_characters_stay_readable(line):
    line.cloud.rows = {"x": make_hostile({"a": "大 😀"})}
    assert "大 😀" in line("get", "nb", "-o", "json").out


def test_yaml_moves_no_terminal(line):
    line.cloud.rows = {"x": make_hostile({"a": "\x1b \x9b \u202e", "n": float("nan")})}
    out = line("get", "nb", "-o", "yaml").out
    assert not set(out) & set("\x1b\x9b\x7f\u202e")
    assert yaml.safe_load(out)["items"][0]["raw"]["a"] == "\x1b \x9b \u202e"


def test_a_table_is_aligned_by_cells_and_moves_no_terminal(line):
    wide = Resource("notebooks", "1", "大模型 \x1b[31m", "RUNNING", Phase.RUNNING, "modelarts", "prod")
    line.cloud.rows = {"1": wide, "id-2": make_notebook(2)}
    header, *rows = line("get", "nb").out.splitlines()
    from rich.cells import cell_len

    at = header.index("STATUS")
    assert {cell_len(row[: row.index("●")]) for row in rows} == {at}
    assert "\x1b" not in "".join(rows)


def test_wide_shows_the_ids(line):
    assert "id-1" not in line("get", "nb").out
    assert "id-1" in line("get", "nb", "-o", "wide").out


def test_an_item_of_triage_says_what_is_wrong_and_since_when(line):
    items = json.loads(line("get", "triage", "-o", "json").out)["items"]
    item = next(item for item in items if item["kind"] == "notebooks")
    assert item["what"] == "failed"
    assert {item[name] for name in ("why", "why_source", "acknowledged")} == {None}


def test_a_table_without_headers_has_only_rows(line):
    assert len(line("get", "nb", "--no-headers").out.splitlines()) == 3


def test_secrets_in_raw_are_masked_unless_they_are_asked_for(line):
    url = "https://nb.example/lab?token={}&x=1"
    raw = {"token": "T0K", "url": url.format("T0K"), "max_tokens": 512, "note": "no token here"}
    line.cloud.rows = {"nb-1": replace(make_notebook(1), raw=RawRecord(RawPage(b"", lambda _body: raw)))}
    masked = json.loads(line("get", "nb", "-o", "json").out)["items"][0]["raw"]
    assert masked == raw | {"token": "***", "url": url.format("***")}
    shown = json.loads(line("get", "nb", "-o", "json", "--show-secrets").out)["items"][0]["raw"]
    assert shown == raw


def test_the_contract_of_an_item_of_triage(line):
    item = json.loads(line("get", "triage", "-o", "json").out)["items"][0]
    added = {"what", "since", "seen_since", "why", "why_source", "acknowledged"}
    assert added < set(item)
    assert {"kind", "id", "name", "status", "phase", "profile", "actions", "raw"} < set(item)
