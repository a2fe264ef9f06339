"""Key bindings: the default key of each binding id, and the overrides of ``[keys]``.

The keys that show a kind come from the kinds themselves and are passed in.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Mapping

DEFAULT_KEYS: dict[str, str] = {
    "triage": "0",
    "command": "colon",
    "palette": "ctrl+p",
    "filter": "slash",
    "help": "question_mark",
    "detail": "enter,d",
    "logs": "l",
    "events": "e",
    "metrics": "m",
    "versions": "v",
    "raw": "y",
    "updates": "U",
    "nodes": "h",
    "why": "Y",
    "acknowledge": "K",
    "errors": "exclamation_mark",
    "next_pane": "tab",
    "zoom": "z",
    "split_grow": "ctrl+up",
    "split_shrink": "ctrl+down",
    "mark": "space",
    "mark_all": "asterisk",
    "mark_down": "shift+down",
    "refresh": "ctrl+r",
    "pause": "p",
    "start": "s",
    "stop": "x",
    "restart": "R",
    "delete": "ctrl+d",
    "delete-versions": "D",
    "edit": "i",
    "add": "a",
    "rerun": "A",
    "sort": "o",
    "sort_reverse": "O",
    "copy": "c",
    "audit": "H",
    "changes": "C",
    "notify": "N",
    "utc": "u",
    "bytes": "L",
    "workspace": "w",
    "quit": "q",
    "quit_now": "ctrl+q",
    "follow": "f",
    "next_match": "n",
    "previous_match": "N",
    "next_error": "E",
    "previous_file": "left_square_bracket",
    "next_file": "right_square_bracket",
    "top": "g",
    "bottom": "G",
    "half_page_down": "ctrl+d",
    "half_page_up": "ctrl+u",
    "wrap": "W",
    "times": "t",
    "save": "S",
    "merge": "a",
    "choose_files": "F",
    "line_numbers": "number_sign",
    "only": "ampersand",
    "previous_error": "ctrl+e",
    "mark_line": "M",
    "next_marked": "apostrophe",
    "goto_time": "T",
    "select": "V",
    "pipe": "vertical_line",
    "alert": "B",
    "ranks": "r",
    "fold_repeats": "Z",
    "fold_platform": "P",
    "open_line": "enter",
    "json": "J",
    "compare": "equals_sign",
    "curve_left": "left",
    "curve_right": "right",
    "curve_pan_left": "shift+left",
    "curve_pan_right": "shift+right",
    "curve_zoom_in": "plus",
    "curve_zoom_out": "minus",
    "curve_axis": "x",
    "curve_log": "L",
    "curve_smooth": "tilde",
    "curve_previous": "up,k",
    "curve_next": "down,j",
    "curve_series": "space",
    "curve_line": "enter",
    "curve_file": "right_square_bracket",
    "replay_play": "space",
    "replay_step": "full_stop",
    "replay_back": "comma",
    "replay_faster": "greater_than_sign",
    "replay_slower": "less_than_sign",
    "replay_goto": "T",
    "back": "escape",
}

# A key may mean one thing on a table and another in a log: the focus decides which.
_ON_A_TABLE = frozenset(
    {
        "mark",
        "mark_all",
        "mark_down",
        "sort",
        "sort_reverse",
        "add",
        "rerun",
        "errors",
        "detail",
        "delete",
        "delete-versions",
        "notify",
    }
)
_IN_A_LOG = frozenset(
    {
        "half_page_down",
        "half_page_up",
        "follow",
        "next_error",
        "previous_error",
        "previous_file",
        "next_file",
        "times",
        "save",
        "merge",
        "choose_files",
        "line_numbers",
        "only",
        "mark_line",
        "next_marked",
        "goto_time",
        "select",
        "pipe",
        "alert",
        "ranks",
        "fold_repeats",
        "fold_platform",
        "open_line",
        "json",
        "previous_match",
    }
)
_IN_CURVES = frozenset(binding for binding in DEFAULT_KEYS if binding.startswith("curve_"))
_IN_A_REPLAY = frozenset(binding for binding in DEFAULT_KEYS if binding.startswith("replay_"))

_MODIFIERS = {"ctrl", "alt", "shift", "super", "hyper", "meta"}
_CURSOR = {"up", "down", "left", "right", "home", "end", "pageup", "pagedown"}
_EDIT = {"enter", "tab", "space", "escape", "insert", "delete", "backspace"}
_RENAMED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "plus_sign": "plus",
    "hyphen_minus": "minus",
    "low_line": "underscore",
}


def _get_character_name(character: str) -> str:
    """Return the name that Textual gives a character's key: ``:`` is ``colon``."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


_SIGNS = {_get_character_name(character): character for character in string.punctuation}
_TYPED = _SIGNS | {"space": " ", "enter": "\r", "tab": "\t"}
_KNOWN = _CURSOR | _EDIT | set(_SIGNS) | {f"f{number}" for number in range(1, 25)}


class KeyBindingError(ValueError):
    """An entry of ``[keys]`` is wrong; ``binding`` is its id."""

    def __init__(self, binding: str, problem: str) -> None:
        super().__init__(problem)
        self.binding = binding


def build_default_keys(kind_keys: Mapping[str, str]) -> dict[str, str]:
    """Return the default keys by binding id, those of the kinds (key by kind id) included."""
    return {kind: key for kind, key in kind_keys.items() if key} | DEFAULT_KEYS


def resolve_keys(overrides: Mapping[str, str], kind_keys: Mapping[str, str]) -> dict[str, str]:
    """Return every binding's keys (comma-joined names as Textual writes them) with ``overrides`` applied.

    A kind without a key of its own (``""``) may be given one. A key in ``overrides`` is taken from a default
    binding, which may keep no key (``""``).

    Raises KeyBindingError for an unknown id, an unknown key, or one key on two overrides that can meet.
    """
    keys = build_default_keys(kind_keys)
    own = {binding: _parse_keys(binding, text, keys, kind_keys) for binding, text in overrides.items()}
    _refuse_clashes(own)
    keys |= {binding: ",".join(names) for binding, names in own.items()}
    for binding, (lost, _taker) in find_displaced(overrides, kind_keys).items():
        keys[binding] = ",".join(key for key in keys[binding].split(",") if key not in lost)
    return keys


def select_replay_keys(keys: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of every binding in a replay: a table leaves those that move the time."""
    taken = {key for binding in _IN_A_REPLAY for key in keys[binding].split(",")}
    return {
        binding: ",".join(key for key in joined.split(",") if key not in taken)
        if binding in _ON_A_TABLE
        else joined
        for binding, joined in keys.items()
    }


def find_displaced(
    overrides: Mapping[str, str], kind_keys: Mapping[str, str]
) -> dict[str, tuple[frozenset[str], str]]:
    """Return the default bindings that lose keys to ``overrides``: those keys, and the binding that has them.

    Raises KeyBindingError as ``resolve_keys`` does.
    """
    keys = build_default_keys(kind_keys)
    displaced: dict[str, tuple[frozenset[str], str]] = {}
    for taker, text in overrides.items():
        wanted = frozenset(_parse_keys(taker, text, keys, kind_keys))
        for binding, joined in keys.items():
            lost = wanted & set(joined.split(","))
            if lost and binding not in overrides and not _can_never_meet(taker, binding):
                before = displaced.get(binding, (frozenset(), ""))[0]
                displaced[binding] = (before | lost, taker)
    return displaced


def find_alt_keys(joined: Iterable[str]) -> dict[str, str]:
    """Return the keys with alt among every binding's keys, by the character that is typed with alt."""
    found = {}
    for key in (key for keys in joined for key in keys.split(",") if key.startswith("alt+")):
        name = key.removeprefix("alt+")
        shifted = name.removeprefix("shift+")
        found[shifted.upper() if shifted != name else _TYPED.get(name, name)] = key
    return found


def _parse_keys(
    binding: str, text: str, known: Mapping[str, str], kind_keys: Mapping[str, str]
) -> tuple[str, ...]:
    if binding not in known and binding not in kind_keys:
        raise KeyBindingError(binding, "is not a binding id")
    return tuple(_normalize_key(binding, key.strip()) for key in _split(text))


def _refuse_clashes(own: Mapping[str, tuple[str, ...]]) -> None:
    owners: dict[str, list[str]] = {}
    for binding, names in own.items():
        for key in names:
            others = owners.setdefault(key, [])
            other = next(
                (one for one in others if one != binding and not _can_never_meet(binding, one)), None
            )
            if other is not None:
                raise KeyBindingError(
                    binding, f"wants the key {_format_key(key)!r}, which {other} has already"
                )
            others.append(binding)


def _can_never_meet(binding: str, other: str) -> bool:
    """Whether two bindings never listen at the same time, so that they may share a key."""
    if (binding in _IN_CURVES) is not (other in _IN_CURVES):
        return True  # where there are curves, their keys come first
    if (binding in _IN_A_REPLAY) is not (other in _IN_A_REPLAY):
        return True  # in a replay its keys come first
    return (binding in _IN_A_LOG and other in _ON_A_TABLE) or (binding in _ON_A_TABLE and other in _IN_A_LOG)


def _split(text: str) -> list[str]:
    return [text] if text.strip() == "," else text.split(",")


def _normalize_key(binding: str, key: str) -> str:
    *modifiers, last = key.split("+") if len(key) > 1 and not key.endswith("+") else [key]
    is_character = len(last) == 1 and last.isprintable() and last != " "
    if not set(modifiers) <= _MODIFIERS or not (is_character or last in _KNOWN):
        raise KeyBindingError(binding, f"names the key {key!r}, which does not exist")
    return "+".join((*modifiers, _get_character_name(last) if is_character else last))


def _format_key(key: str) -> str:
    """Return a key as people read it: ``colon`` is ``:``."""
    return _SIGNS.get(key, key)
