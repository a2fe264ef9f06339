"""Formats the sections of details: labels and values, with secrets masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matui.base.redaction.assignments import hide_command_secrets
from matui.base.redaction.masking import is_secret
from matui.base.text.formatting import format_bytes, format_duration, join_unit
from matui.base.text.sanitize import clean
from matui.clouds.wire_types import to_text
from matui.resources.detail import DetailRow, Instant, Section
from matui.resources.model import Resource

MASK = "••••••"


def mask_value(name: str, value: Any) -> str:
    """Return a value as text, masked where its name is that of a secret."""
    reported = to_text(value)
    return MASK if reported and is_secret(name) else clean(reported)


def mask_command(command: str) -> str:
    """Return a command line with the values of secret options masked."""
    return clean(hide_command_secrets(command, MASK))


def build_section(title: str, rows: Iterable[DetailRow]) -> tuple[Section, ...]:
    """Return a section of the rows that have a value, ``–`` for a missing label; none when no row has."""
    reported = tuple((label or "–", value) for label, value in rows if value)
    return (Section(title, reported),) if reported else ()


def build_overview(resource: Resource, rows: Iterable[DetailRow]) -> tuple[Section, ...]:
    """Return the section that begins with the name, the id and the status of a resource."""
    head = (("Name", resource.name), ("ID", clean(resource.id)), ("Status", resource.status))
    return build_section("Overview", (*head, *rows))


def build_settings(title: str, values: Mapping[str, Any]) -> tuple[Section, ...]:
    """Return a section of names and values, secrets masked."""
    return build_section(title, ((clean(name), mask_value(name, value)) for name, value in values.items()))


def build_instant(ms: int | None) -> Instant | str:
    """Return ms since the epoch as an instant, to be shown in the reader's zone; ``""`` when unknown."""
    return Instant(ms) if ms is not None else ""


def build_countdown(ms: int | None) -> Instant | str:
    """Return ms since the epoch as an instant with the time left until then; ``""`` when unknown."""
    return Instant(ms, counts_down=True) if ms is not None else ""


def get_integer_fact(resource: Resource, name: str) -> int | None:
    """Return a fact as a whole number, None when there is none."""
    value = resource.get_number(name)
    return None if value is None else int(value)


def format_seconds(seconds: float | None) -> str:
    """Return a duration, ``""`` when unknown."""
    return format_duration(seconds) if seconds is not None else ""


def format_millis(ms: float | None) -> str:
    """Return a duration given in ms, ``""`` when unknown."""
    return format_seconds(ms / 1000) if ms is not None else ""


def format_size(count: float | None) -> str:
    """Return a size in bytes, ``""`` when unknown."""
    return format_bytes(count) if count is not None else ""


def format_number(value: float | None, unit: str = "") -> str:
    """Return a number with its unit, ``""`` when unknown."""
    if value is None:
        return ""
    text = f"{value:g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return join_unit(text, unit)


def format_megabytes(count: float | None) -> str:
    """Return a size in MB, ``""`` when unknown."""
    return format_size(count * 1024 * 1024) if count is not None else ""


def format_yes_no(flag: bool | None) -> str:
    """Return ``yes``, ``no``, or ``""`` when unknown."""
    return "" if flag is None else ("yes" if flag else "no")


def join_text(*texts: str) -> str:
    """Return the texts that are not empty with a space between, safe to show."""
    return clean(" ".join(text for text in texts if text))
