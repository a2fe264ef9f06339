"""Find the rules for a text. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from matui.base.redaction.manifests import MANIFESTS
from matui.base.redaction.rules.addresses import ADDRESSES
from matui.base.redaction.rules.calls import CALLS
from matui.base.redaction.rules.commands import COMMANDS
from matui.base.redaction.rules.hashes import HASHES
from matui.base.redaction.rules.markup import MARKUP
from matui.base.redaction.rules.protocols import PROTOCOLS
from matui.base.redaction.rules.rule import MaskRule
from matui.base.redaction.rules.settings import SETTINGS
from matui.base.redaction.rules.sql import SQL
from matui.base.redaction.rules.tokens import TOKENS

ALL_RULES = (
    *COMMANDS,
    *TOKENS,
    *CALLS,
    *PROTOCOLS,
    *ADDRESSES,
    *HASHES,
    *SETTINGS,
    *SQL,
    *MANIFESTS,
    *MARKUP,
)
# From the rarest in logs and source to the most frequent.
_BY_RARITY = (
    r"""&ZQ$~!X^<;J?Y+V\@}K{`Hz%>*jq|WLPUG#BCMASDRx'TE]"vw[kg=)(b_mufd95OF/I347682N01-yh,:pc.lnaoirste """
)


@cache
def _group_rules() -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """Return the signs of the rules with their places, by the rarest character of each sign.

    One look for a character rules out all rules of its group: few texts hold more than some of them.
    """
    groups: dict[str, list[tuple[str, int]]] = {}
    for place, rule in enumerate(ALL_RULES):
        for sign in (rule.signs,) if isinstance(rule.signs, str) else rule.signs:
            groups.setdefault(min(sign, key=_BY_RARITY.find), []).append((sign, place))
    return tuple((rarest, tuple(signs)) for rarest, signs in groups.items())


def find_rules(text: str) -> Iterator[MaskRule]:
    """Yield the rules whose sign is in a text, in the order in which they are applied."""
    places = {
        place for rarest, signs in _group_rules() if rarest in text for sign, place in signs if sign in text
    }
    return (ALL_RULES[place] for place in sorted(places))
