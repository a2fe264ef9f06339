"""The user's guide: one Markdown file a topic, shipped with the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

# In reading order.
TOPICS = (
    "start",
    "keys",
    "triage",
    "why",
    "changes",
    "incident",
    "filters",
    "logs",
    "signals",
    "actions",
    "forms",
    "headless",
    "configuration",
    "profiles",
    "clouds",
    "notifications",
    "report",
    "capacity",
    "capsules",
    "recording",
    "terminal",
    "kinds",
    "errors",
    "performance",
    "zh",
)


class Topic(NamedTuple):
    """One topic; ``summary`` is the first paragraph of its Markdown ``text``, without marks."""

    name: str
    summary: str
    text: str


@cache
def read_topic(name: str) -> Topic:
    """Return a topic of TOPICS. Raises KeyError for any other name."""
    if name not in TOPICS:
        raise KeyError(name)
    text = files("matui.guide").joinpath(f"{name}.md").read_text("utf-8")
    return Topic(name, text.split("\n\n", 2)[1].replace("\n", " ").replace("`", ""), text)


def list_topics() -> list[Topic]:
    """Return every topic in reading order."""
    return [read_topic(name) for name in TOPICS]
