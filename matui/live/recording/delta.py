"""Differences of JSON values: small where little has changed. Pure."""

from __future__ import annotations

from typing import Any, TypeAlias

Delta: TypeAlias = list[Any]
"""``["=", value]``; ``["{", {key: delta}, [removed keys]]``; ``["[", start, removed count, new items]``."""


def make_delta(old: Any, new: Any) -> Delta | None:
    """Return what turns ``old`` into ``new``, None where they are equal."""
    if old is new:
        return None
    if isinstance(old, dict) and isinstance(new, dict):
        return _delta_of_objects(old, new)
    if isinstance(old, list) and isinstance(new, list):
        return _delta_of_lists(old, new)
    return None if old == new and type(old) is type(new) else ["=", new]


def _delta_of_objects(old: dict[str, Any], new: dict[str, Any]) -> Delta | None:
    changed: dict[str, Delta] = {}
    for key, value in new.items():
        delta = make_delta(old[key], value) if key in old else ["=", value]
        if delta is not None:
            changed[key] = delta
    removed = [key for key in old if key not in new]
    return ["{", changed, removed] if changed or removed else None


def _delta_of_lists(old: list[Any], new: list[Any]) -> Delta | None:
    if old == new:
        return None
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    most -= start
    same_end = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return ["[", start, len(old) - start - same_end, new[start : len(new) - same_end]]


def apply_delta(old: Any, delta: Delta) -> Any:
    """Return ``old`` with a delta applied; ``old`` stays as it is. Raises ValueError for a wrong delta."""
    match delta:
        case ["=", value]:
            return value
        case ["{", dict() as changed, list() as removed] if isinstance(old, dict):
            new = dict(old)
            for key in removed:
                new.pop(key, None)
            for key, inner in changed.items():
                new[key] = apply_delta(old.get(key), inner)
            return new
        case ["[", int() as start, int() as count, list() as items] if isinstance(old, list):
            return [*old[:start], *items, *old[start + count :]]
    raise ValueError("not a delta")
