"""Describes variables of the environment that have no effect: unknown names and values."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from matui.base.process import FALSE, STARTUP_OFF, STOCK_TERMINAL, TRUE
from matui.base.text.near_names import format_suggestion
from matui.base.text.sanitize import clean

_PREFIX = "MATUI_"
_NAMES = (
    "MATUI_CONFIG",
    "MATUI_ENDPOINT",
    "MATUI_IAM_ENDPOINT",
    "MATUI_OPENSEARCH_APP",
    "MATUI_OPENSEARCH_FUNCTIONS",
    "MATUI_PAGER",
    "MATUI_PROFILE",
    "MATUI_READ_ONLY",
    "MATUI_REGION",
    "MATUI_THEME",
    STARTUP_OFF,
    STOCK_TERMINAL,
)
_SWITCHES = {  # what they take, and how it is called
    STOCK_TERMINAL: (TRUE | FALSE, "1 or 0"),
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED": (frozenset(("true", "false")), "true or false"),
}
_LEAST_ALIKE = 0.82


def describe_odd_variables(environ: Mapping[str, str], measures: Collection[str]) -> list[str]:
    """Return a sentence for each variable that has no effect, or not the one meant.

    ``measures`` are the names that ``MATUI_STARTUP_OFF`` may list. Variables of the user's own with the
    prefix, such as those that hold secrets, are not named: only those whose name is near one of matui.
    """
    found = [_describe_name(name) for name in environ if name.startswith(_PREFIX) and name not in _NAMES]
    for name, (values, words) in _SWITCHES.items():
        value = environ.get(name, "").strip().lower()
        if value and value not in values:
            found.append(f"{name} is {clean(value)!r}: the value must be {words}.")
    for word in environ.get(STARTUP_OFF, "").split(","):
        if word.strip() and word.strip() not in measures:
            near = format_suggestion(word.strip(), measures) or f" There are: {', '.join(measures)}."
            found.append(f"{STARTUP_OFF} names no measure with {clean(word.strip())!r}.{near}")
    return [sentence for sentence in found if sentence]


def _describe_name(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, _NAMES, n=1, cutoff=_LEAST_ALIKE)
    return f"{clean(name)} has no effect. Did you mean {near[0]}?" if near else ""
