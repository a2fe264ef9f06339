"""The parts of a row that the journal keeps: packed content, time of the last change, reason, code."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from matui.base.redaction.masking import (
    get_known_secrets,
    hide_in_bytes,
    hide_in_text,
    hide_known,
    is_secret_field,
    mask_secrets,
)
from matui.resources.model import Phase, Resource, drop_empty
from matui.resources.times import find_stated_end

_CODE = re.compile(
    r"\b(?:(?:ModelArts|APIGW|APIG)[._ ]\d{4}|E[A-Z0-9]\d{4}|ERR\d{5}|exit code -?\d{1,3})\b", re.I
)
_LONGEST_REASON = 500
_LONGEST_WORD = 200
_WORDS = 4096
_TROUBLE = (Phase.FAILED, Phase.DEGRADED)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def hide_in_word(text: str) -> str:
    """Return a name, a status or another word without secrets; most come with every poll."""
    return _hide(text, get_known_secrets()) if len(text) <= _LONGEST_WORD else hide_in_text(text)


@lru_cache(maxsize=_WORDS)
def _hide(text: str, _known: frozenset[str]) -> str:
    hidden = str(hide_known(_mask_word(text)))
    return text if hidden == text else hidden


def _mask(text: str) -> str:
    return _mask_word(text) if len(text) <= _LONGEST_WORD else str(mask_secrets(text))


@lru_cache(maxsize=_WORDS)
def _mask_word(text: str) -> str:
    masked = str(mask_secrets(text))
    return text if masked == text else masked  # most are kept once, as key and as value


@lru_cache(maxsize=256)
def _are_plain(names: tuple[str, ...]) -> bool:
    return not any(map(is_secret_field, names))


def pack_row(row: Resource) -> str:
    """Return a row as JSON, without its account and its raw record."""
    facts: dict[str, Any] = dict(drop_empty(row.facts))
    if _are_plain(tuple(facts)):
        for name, value in facts.items():
            if isinstance(value, str):
                facts[name] = _mask(value)
    else:
        facts = mask_secrets(facts)
    content = [
        _mask(row.name), _mask(row.status), row.phase, _mask(row.workspace), _mask(row.owner),
        row.created_at, row.updated_at, row.duration_ms, facts,
    ]  # fmt: skip
    data = _encode(content).encode("utf-8", "backslashreplace")
    return hide_in_bytes(data, get_known_secrets()).decode()


def find_state_change_time(row: Resource, updated_before: int | None) -> int | None:
    """Return the time of a row's newest change of state in ms since the epoch, None where nothing states it.

    It is the end of what has ended, else the time of the record's update, where that has moved with the
    state. Of a job with several versions the list states the creation of the first and the duration of the
    newest: they are never added up.
    """
    ended_at = find_stated_end(row)
    if row.phase.ended and ended_at is not None:
        return ended_at
    if row.updated_at is not None and updated_before is not None and row.updated_at > updated_before:
        return row.updated_at
    return None


def get_reason(row: Resource) -> str:
    """Return why a row is in trouble in the cloud's words, ``""`` where they do not say it."""
    return row.get_text("failure")[:_LONGEST_REASON] if row.phase in _TROUBLE else ""


def get_code(row: Resource) -> str:
    """Return the code of what went wrong, ``""`` without one."""
    if row.phase not in _TROUBLE:
        return ""
    found = _CODE.search(row.get_text("failure"))
    return row.get_text("error_code") or row.get_text("exit_code") or (found.group() if found else "")
