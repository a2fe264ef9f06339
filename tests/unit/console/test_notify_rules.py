"""Rules of notification are checked when the console is built."""

from __future__ import annotations

import pytest

from matui.base.errors import ConfigError
from matui.config.section_settings import NotifyRule
from matui.console.observers import _build_rule


def test_a_wrong_kind_or_filter_is_named_with_its_setting() -> None:
    with pytest.raises(ConfigError, match=r"^notify\.1\.kinds: There is no kind 'jobz'"):
        _build_rule(1, NotifyRule(kinds=["jobz"]))
    with pytest.raises(ConfigError, match=r"^notify\.0\.filter: The filter is wrong: age<1x"):
        _build_rule(0, NotifyRule(filter="age<1x"))


def test_a_wrong_state_before_is_named_with_its_setting() -> None:
    with pytest.raises(ConfigError, match=r"^notify\.0\.from: There is no phase or status 'runing'"):
        _build_rule(0, NotifyRule.model_validate({"from": ["runing"]}))
    rule = _build_rule(0, NotifyRule.model_validate({"from": ["Running", "new"]}))
    assert rule.before == ("running", "new")


def test_a_right_rule_is_built() -> None:
    rule = _build_rule(0, NotifyRule(kinds=["job"], filter="owner:li loss>10", to=["Failed"]))
    assert (rule.kinds, rule.to) == (("jobs",), ("failed",))
