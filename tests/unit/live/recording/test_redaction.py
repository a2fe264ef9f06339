"""Names stand in more places than values: labels of details, groups of metrics, titles."""

from __future__ import annotations

import json

import pytest

from matui.live.recording.redaction import Redactor


def test_labels_groups_and_titles_hold_no_names() -> None:
    redactor = Redactor()
    for name, label in (("llama-pretrain", "job"), ("asr-model", "model"), ("gpu-pool", "pool")):
        redactor.replace(name, label)
    value = {
        "sections": [
            {
                "title": "Workloads of gpu-pool",
                "rows": [["llama-pretrain", "Running"], ["Status", "Running"]],
            },
            {"title": "Nodes", "rows": [["os-node-gpu-pool-000", "Available"]]},
        ],
        "gauges": [{"label": "CPU", "unit": "cores", "group": "asr-model 1.0.0"}],
    }
    text = json.dumps(redactor.redact_tree(value))
    assert not [name for name in ("llama-pretrain", "asr-model", "gpu-pool") if name in text]
    for kept in (
        "Workloads of pool-1",
        '["job-1", "Running"]',
        '"Status"',
        "os-node-pool-1-000",
        "model-1 1.0.0",
    ):
        assert kept in text


def test_short_names_of_people_and_chinese_names_are_found_in_texts() -> None:
    redactor = Redactor()
    redactor.replace("王伟", "owner")
    redactor.replace("li", "owner")
    redactor.replace("对话", "job")
    text = redactor.redact_text("user 王伟停止了对话; user=li asked for help with a list of li.")
    assert text == "user owner-1停止了job-1; user=owner-2 asked for help with a list of owner-2."


def test_a_text_that_is_redacted_again_stays() -> None:
    redactor = Redactor()
    text = redactor.redact_text("reading obs://team-bucket/li-wei/run-7/x.json of li-wei at 10.0.0.7")
    assert redactor.redact_text(text) == text


def test_folders_named_for_what_they_hold_stay_and_so_do_words_with_them() -> None:
    redactor = Redactor()
    text = redactor.redact_text("reading obs://team-bucket/li-wei/train/x.json\ntrain_step(model) of li-wei")
    assert text == "reading obs://path-1/path-2/train/path-3.json\ntrain_step(model) of path-2"


def test_the_id_of_a_sample_configuration_leaves_the_word_in_logs() -> None:
    redactor = Redactor()
    assert redactor.replace_id("sample/mnist-tf") == "sample/id-1"
    assert redactor.redact_text("consumed samples: 512 of mnist-tf") == "consumed samples: 512 of id-1"


def test_ids_and_people_beside_other_labels_are_replaced() -> None:
    rows = [["Parent version", "20096"], ["Versions", "2"], ["VPC", "vpc-7f"], ["Granted to", "li.wei"]]
    redacted = [["Parent version", "id-1"], ["Versions", "2"], ["VPC", "id-2"], ["Granted to", "owner-1"]]
    assert Redactor().redact_tree({"rows": rows}) == {"rows": redacted}


def test_a_volume_named_for_what_it_holds_leaves_the_word_in_texts() -> None:
    redactor = Redactor()
    assert redactor.redact_tree({"volumes": [{"name": "data"}]}) == {"volumes": [{"name": "data"}]}
    assert redactor.redact_text("no behaviour data") == "no behaviour data"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("The job 10041 does not exist. Step 10041.", "The job id-1 does not exist. Step 10041."),
        ("job_id=10041, version 201 of job #10041.", "job_id=id-1, version id-2 of job #id-1."),
        ('{"job_id": "10041", "loss": 10041}', '{"job_id": "id-1", "loss": 10041}'),
        ("作业10041不存在", "作业id-1不存在"),
        (
            "iteration 10041/ 20000, version 201.5, jobs: 12",
            "iteration 10041/ 20000, version 201.5, jobs: 12",
        ),
    ],
)
def test_a_short_number_is_an_id_behind_the_word_for_a_resource(text: str, redacted: str) -> None:
    redactor = Redactor()
    redactor.replace_id("10041/201")
    assert redactor.redact_text(text) == redacted
