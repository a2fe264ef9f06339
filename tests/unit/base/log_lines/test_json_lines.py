"""Records in JSON as lines: the message first, and the whole record."""

from __future__ import annotations

import pytest

from matui.base.log_lines.json_lines import FIELD_STYLE, format_json_line, format_record, read_json_line


def format_shape(text: str, *, with_time: bool = True) -> str:
    line = read_json_line(text)
    shaped = format_json_line(line, with_time=with_time) if line else None
    return shaped.text if shaped else ""


@pytest.mark.parametrize(
    ("text", "shaped"),
    [
        (
            '{"ts":"2026-11-28T20:55:33Z","level":"info","msg":"step done","step":   12,"loss":0.41}',
            "2026-11-28T20:55:33Z INFO step done  step=12  loss=0.41",
        ),
        ('{"a": 1, "message": "hello"}', "hello  a=1"),
        ('[rank3]: {"msg": "x", "where": {"file": "a b"}}', '[rank3]: x  where={"file":"a b"}'),
        ('{"log":"Traceback\\n","stream":"stderr"}', "Traceback  stream=stderr"),
        ('{"msg":"esc \\u001b[31m","note":"two words"}', 'esc ␛[31m  note="two words"'),
        ('{"level":50,"msg":"bad"}', "50 bad"),
        (
            '{"msg":"x","loss":0.40,"lr":[1e-05,3],"ts":1700000000.50}',
            "1700000000.50 x  loss=0.40  lr=[1e-05,3]",
        ),
        ('{"msg":"only"}', "only"),
    ],
)
def test_the_message_stands_before_the_fields(text: str, shaped: str) -> None:
    assert format_shape(text) == shaped


def test_the_fields_have_a_style_of_their_own() -> None:
    line = read_json_line('{"msg":"done","step":3}')
    assert line
    shaped = format_json_line(line)
    assert shaped
    assert shaped.spans == ((6, 12, FIELD_STYLE),)
    assert shaped.text[6:12] == "step=3"


def test_the_time_is_left_out_where_it_stands_apart() -> None:
    assert format_shape('{"ts":"2026-11-28T20:55:33Z","msg":"done"}', with_time=False) == "done"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}x",
        "loss {1}",
        '{"msg": }',
        "[1, 2]",
        '{"a": 1}',
        "{'loss': 1.2}",
        '{"msg":"x"} tail',
        "[" * 9000 + "}",
    ],
)
def test_other_lines_stay_as_they_are(text: str) -> None:
    assert format_shape(text) == ""


def test_a_record_is_opened_with_its_long_strings_below() -> None:
    text = '[rank1]: {"msg":"failed","exc":"Traceback\\n  File x\\nKeyError: 1","n":{"a":[1.50]}}'
    lines = format_record(text)
    assert lines[0] == "[rank1]:"
    assert '  "msg": "failed",' in lines
    assert "      1.50" in lines
    assert lines[-4:] == ["exc:", "Traceback", "  File x", "KeyError: 1"]
    assert format_record("no record") == ["no record"]
