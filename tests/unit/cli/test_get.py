"""``matui get``: formats, filters, names, and the JSON that scripts rely on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from matui.resources.model import Phase, RawPage, RawRecord, Resource
from tests.unit.live.acting import notebook

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
    assert first["actions"] == ["stop"]
    assert first["phase"] == "running"


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


def hostile(value) -> Resource:
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
    line.cloud.rows = {"x": hostile(raw)}
    out = line("get", "nb", "-o", output).out
    json.loads(out, parse_constant=lambda word: pytest.fail(word))
    out.encode("utf-8")
    assert not set(out) & set("\x1b\x9b\x7f\u202e\u2066\ud800")


def test_other_characters_stay_readable(line):
    line.cloud.rows = {"x": hostile({"a": "大 😀"})}
    assert "大 😀" in line("get", "nb", "-o", "json").out


def test_yaml_moves_no_terminal(line):
    line.cloud.rows = {"x": hostile({"a": "\x1b \x9b \u202e", "n": float("nan")})}
    out = line("get", "nb", "-o", "yaml").out
    assert not set(out) & set("\x1b\x9b\x7f\u202e")
    assert yaml.safe_load(out)["items"][0]["raw"]["a"] == "\x1b \x9b \u202e"


def test_a_table_is_aligned_by_cells_and_moves_no_terminal(line):
    wide = Resource("notebooks", "1", "大模型 \x1b[31m", "RUNNING", Phase.RUNNING, "modelarts", "prod")
    line.cloud.rows = {"1": wide, "id-2": notebook(2)}
    header, *rows = line("get", "nb").out.splitlines()
    from rich.cells import cell_len

    at = header.index("STATUS")
    assert {cell_len(row[: row.index("●")]) for row in rows} == {at}
    assert "\x1b" not in "".join(rows)


def test_wide_shows_the_ids(line):
    assert "id-1" not in line("get", "nb").out
    assert "id-1" in line("get", "nb", "-o", "wide").out


@pytest.mark.parametrize("name", ["notebooks", "notebook", "nb", "NB"])
def test_a_kind_has_several_names(line, name):
    assert "nb-1" in line("get", name).out


def test_a_filter_chooses(line):
    assert line("get", "jobs", "--filter", "status:failed !10", "-o", "name").out == "job/11\njob/12\n"


def test_a_filter_that_finds_nothing_says_so_on_stderr(line):
    said = line("get", "jobs", "--filter", "nothing")
    assert (said.code, said.out) == (0, "")
    assert "of 3" in said.err


def test_a_wrong_filter_is_a_usage_error(line):
    said = line("get", "jobs", "--filter", "statsu:failed age<soon")
    assert said.code == 2
    assert "did you mean status" in said.err
    assert "not a duration" in said.err
    assert line.options == []


def test_rows_are_sorted_by_a_column_either_way(line):
    assert line("get", "nb", "--sort", "name", "-o", "name").out.split() == [
        "notebook/id-1",
        "notebook/id-2",
        "notebook/id-3",
    ]
    assert line("get", "nb", "--sort=-NAME", "-o", "name").out.split()[0] == "notebook/id-3"
    assert line("get", "nb", "--sort", "status", "-o", "name").out.split()[0] == "notebook/id-3"


def test_an_unknown_column_is_a_usage_error(line):
    said = line("get", "nb", "--sort", "size")
    assert said.code == 2
    assert "Columns: name status" in said.err


def test_ids_and_unique_names_choose(line):
    assert line("get", "nb", "id-2", "nb-1", "id-1", "-o", "name").out.split() == [
        "notebook/id-1",
        "notebook/id-2",
    ]


def test_an_unknown_id_exits_1_after_the_others(line):
    said = line("get", "nb", "id-1", "nope", "-o", "name")
    assert said.code == 1
    assert said.out == "notebook/id-1\n"
    assert "There is no notebook nope" in said.err


def test_an_ambiguous_name_lists_the_ids(line):
    said = line("get", "jobs", "twin")
    assert said.code == 2
    assert "11, 12" in said.err


def test_an_id_wins_over_a_name(line):
    line.cloud.rows["99"] = Resource("jobs", "99", "10", "S", Phase.UNKNOWN, "modelarts", "prod")
    assert line("get", "jobs", "10", "-o", "name").out == "job/10\n"


def test_a_watch_cannot_be_one_document(line):
    assert line("get", "jobs", "--watch", "-o", "json").code == 2


def watched(line, *arguments: str, changes) -> list[str]:
    """Watch while ``changes`` are made, one a poll, and return the lines written."""

    def step(count: int) -> None:
        if count > 8 * len(changes):
            raise KeyboardInterrupt
        if count % 8 == 0:
            changes[count // 8 - 1]()

    line.clock.on_sleep = step
    said = line("get", "nb", "--watch", *arguments)
    assert said.code == 130
    return said.out.splitlines()


def test_a_watch_appends_what_changed(line):
    lines = watched(
        line,
        changes=[
            lambda: line.cloud.turn(1, "STOPPING", Phase.PENDING),
            lambda: line.cloud.rows.pop("id-2"),
            lambda: None,
        ],
    )
    assert lines[0].startswith("NAME")
    assert [text.split()[0] for text in lines[1:4]] == ["nb-1", "nb-2", "nb-3"]
    assert "STOPPING" in lines[4]
    assert lines[5].endswith("(gone)")
    assert len(lines) == 6


def test_a_watch_as_jsonl_is_one_item_a_change(line):
    lines = watched(
        line,
        "-o",
        "jsonl",
        "id-1",
        changes=[lambda: line.cloud.turn(1, "STOPPING", Phase.PENDING), lambda: line.cloud.rows.pop("id-1")]
        * 1
        + [lambda: None],
    )
    items = [json.loads(text) for text in lines]
    assert [item["status"] for item in items] == ["RUNNING", "STOPPING", "STOPPING"]
    assert [item.get("gone") for item in items] == [None, None, True]


@pytest.mark.parametrize("kind", ["triage", "all"])
def test_every_kind_is_listed_at_once(line, kind):
    tree = json.loads(line("get", kind, "-o", "json").out)
    assert tree["kind"] == kind
    phases = {item["phase"] for item in tree["items"]}
    assert phases == {"failed"} if kind == "triage" else phases > {"failed"}
    assert {item["kind"] for item in tree["items"]} == {"notebooks", "jobs"}
    table = line("get", kind).out.splitlines()
    assert table[0].split()[:2] == ["KIND", "NAME"]
    assert len(table) == len(tree["items"]) + 1
    assert len(line("get", kind, "-o", "name").out.splitlines()) == len(tree["items"])


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
    line.cloud.rows = {"nb-1": replace(notebook(1), raw=RawRecord(RawPage(b"", lambda _body: raw)))}
    masked = json.loads(line("get", "nb", "-o", "json").out)["items"][0]["raw"]
    assert masked == raw | {"token": "***", "url": url.format("***")}
    shown = json.loads(line("get", "nb", "-o", "json", "--show-secrets").out)["items"][0]["raw"]
    assert shown == raw


@pytest.mark.parametrize(("typed", "meant"), [("jbos", "jobs"), ("notebok", "notebook"), ("triag", "triage")])
def test_a_mistyped_kind_is_answered_with_the_nearest(line, typed, meant):
    said = line("get", typed)
    assert said.code == 2
    assert f"Did you mean {meant}?" in said.err


def test_names_are_taken_as_they_are_printed(line):
    names = line("get", "jobs", "-o", "name").out.split()
    assert line("get", *names, "-o", "name").out.split() == names


def test_a_watch_of_an_unknown_id_is_refused(line):
    assert line("get", "nb", "nope", "--watch").code == 1


def test_a_field_that_the_kind_lacks_is_a_usage_error(line):
    said = line("get", "jobs", "--filter", "flavor:p100")
    assert (said.code, said.out) == (2, "")
    assert "flavor:p100: jobs have no such field here" in said.err
