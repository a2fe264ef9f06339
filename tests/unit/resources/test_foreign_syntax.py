"""Operators and wildcards of other filter languages are named, and what to write instead is a filter."""

from __future__ import annotations

import re

import pytest

from matui.resources.filters import parse_filter
from matui.resources.model import Phase, Resource

ROW = Resource("jobs", "1", "train*(1", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "prod", owner="a|b")


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        ("train*", "train"),
        ("*train*", "train"),
        (".*train.*", "train"),
        ("train-*-v2", "/train-.*-v2/"),
        ("tr?in", "/tr.in/"),
        ("^train", "/^train/"),
        ("v2$", "/v2$/"),
        ("~train", "train"),
        ("%train%", "train"),
        ("name:*bert*", "name:bert"),
        ("name:^bert", "/^bert/"),
        ("name:~bert", "name:bert"),
        ("owner:%li%", "owner:li"),
        ("status:!failed", "!status:failed"),
        ("status!failed", "!status:failed"),
        ("status!:failed", "!status:failed"),
        ("-status:failed", "!status:failed"),
        ("status:-failed", "!status:failed"),
        ("phase:!running", "!phase:running"),
        ("status=>failed", "status:failed"),
        ("status:<failed", "status:failed"),
        ("status::failed", "status:failed"),
        ("age<2 h", "age<2h"),
        ("!age>=1.5 days", "!age>=1.5days"),
        ("status:/failed/", "status:failed"),
        ("owner=/li/", "owner:li"),
        ("age=>2h", "age>=2h"),
        ("age:<2h", "age<2h"),
        ("loss:>3", "loss>3"),
        ("age:1h..2h", "age>=1h age<=2h"),
        ("status:failed|stopped", "status:failed,stopped"),
        ("status:failed||stopped", "status:failed,stopped"),
        ("train|bert", "/train|bert/"),
        ("train,bert", "name:train,bert"),
        ("train&&bert", "train bert"),
        ("status:failed;owner:li", "status:failed owner:li"),
        ("status:failed&&owner:li", "status:failed owner:li"),
        ("NOT(status:failed)", "!status:failed"),
        ("status:in(failed,stopped)", "status:failed,stopped"),
        ("status:(failed)", "status:failed"),
        ("/bert/i", "/bert/"),
        ("!!train", "!train"),
        ("status != failed", "!status:failed"),
        ("status = failed", "status=failed"),
        ("status== failed", "status=failed"),
        ("status!= failed", "!status:failed"),
        ("((train))", "train"),
        ("age <2h", "age<2h"),
        ("age< 2h", "age<2h"),
        ("status in (failed,stopped)", "status:failed,stopped"),
        ("name LIKE bert", "name:bert"),
        ("status：failed", "status:failed"),
        ("name:“bert”", 'name:"bert"'),
    ],
)
def test_what_to_write_instead_is_a_filter(typed: str, instead: str) -> None:
    parsed = parse_filter(typed)
    assert len(parsed.errors) == 1
    assert re.search(
        rf"(?:[:;] |write |is )(?:before the term: )?{re.escape(instead)}(?:[,;]|$)", parsed.errors[0]
    )
    assert not parsed.matches(ROW, 0)
    assert parse_filter(instead).errors == ()


@pytest.mark.parametrize("typed", ["(train", "train)", "[train", "status:failed)", "name:{a", "a(b]"])
def test_a_bracket_without_the_other_is_named(typed: str) -> None:
    (words,) = parse_filter(typed).errors
    assert "there are no brackets" in words
    assert parse_filter(words.rpartition("; ")[2].split(" in quotes")[0]).errors == ()


@pytest.mark.parametrize("typed", ["owner:null", "owner=nil", 'owner:""', "status=null"])
def test_a_test_for_nothing_is_named(typed: str) -> None:
    assert "a field without a value" in parse_filter(typed).errors[0]


@pytest.mark.parametrize(
    "typed", ['"train*"', "'train*'", 'name:"*"', '"(1"', 'owner:"a|b"', 'owner="a|b"', "/\\*\\(/"]
)
def test_the_signs_are_searched_in_quotes(typed: str) -> None:
    assert parse_filter(typed).matches(ROW, 0)


@pytest.mark.parametrize(
    "typed",
    [
        "job(1)",
        "llama[v2]",
        "v1.0+cu118",
        "name:-v2",
        "-v2",
        "image:10.0.0.1:80/a",
        "why:rc=1",
        "90%",
        "why:a(b)",
        "name:a..b",
        "d’Arc",
        "owner:d’Arc",
        "loss<1e-3",
    ],
)
def test_signs_within_names_and_values_are_none(typed: str) -> None:
    assert parse_filter(typed).errors == ()


@pytest.mark.parametrize("typed", ["http://a/b?c=d", "nofield:x*"])
def test_a_field_that_does_not_exist_is_named_before_the_signs_of_its_value(typed: str) -> None:
    assert "there is no field" in parse_filter(typed).errors[0]
