"""The rules for a text are found by their signs, with few looks."""

from __future__ import annotations

from matui.base.redaction.rules import selection
from matui.base.redaction.rules.rule import MaskRule

S = "Zq7Xw9Lk2mVb4Tn8"


def get_signs(rule: MaskRule) -> tuple[str, ...]:
    return (rule.signs,) if isinstance(rule.signs, str) else rule.signs


class CountedText(str):
    """A text that counts how often something is looked for in it."""

    __slots__ = ("looks",)

    def __contains__(self, part: str) -> bool:
        self.looks = getattr(self, "looks", 0) + 1
        return super().__contains__(part)


def test_few_signs_are_looked_for_in_a_healthy_line() -> None:
    rules = len(selection.ALL_RULES)
    line = CountedText("2026-11-29 10:00:00 INFO step 100/2000 loss 0.1234 lr 1e-4 tokens 812")
    assert list(selection.find_rules(line)) == []
    assert rules > 150
    assert line.looks < rules * 2 // 3


def test_the_rules_of_a_text_are_those_whose_sign_it_has_in_their_order() -> None:
    text = f"login({S}) KEY: base64:{S} hf_{S} curl -b a=1 | sudo -S gh https://h/?tk={S}@ PASS=1 口令 ~"
    found = [rule for rule in selection.ALL_RULES if any(sign in text for sign in get_signs(rule))]
    assert len(found) > 10
    assert list(selection.find_rules(text)) == found
    for rule in selection.ALL_RULES:
        assert rule in tuple(selection.find_rules(f"a {get_signs(rule)[-1]} b"))
