"""Replaces names, ids, owners and workspaces by pseudonyms, the same ones throughout a recording. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from typing import Any, TypeAlias

from matui.resources.model import Resource

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_IDENTITY = re.compile(
    r"(?:^|_)(?:id|ids|uuid|guid|name|names|owner|user|users|creator|author|created_by|create_by|email"
    r"|parent_version|charged_resource|vpc|subnet|security_group|granted_to|account|domain|project|tenant|workspace|bucket|host|hosts|hostname|node|ip|address)$"
)
_IDS = frozenset(
    {"id", "uuid", "guid", "parent_version", "charged_resource", "vpc", "subnet", "security_group"}
)
# Names of what the cloud offers to everybody, and of files.
_COMMON = re.compile(
    r"engine|flavor|spec|framework|metric|event|status|type|phase|region|zone|parameter|log|file|kind"
)
# Folders that are named for what they hold; replaced, they would be in words of every text.
_COMMON_FOLDERS = re.compile(
    r"train(?:ing)?|tests?|eval|data|datasets?|code|src|models?|outputs?|inputs?|logs?|configs?"
    r"|checkpoints?|ckpt|cache|tmp|home|users?|work|jobs?|results?"
)
_COMMON_VALUES = frozenset({"default", "public", "true", "false"})
_KEPT_FIELDS = frozenset({"kind", "status", "phase", "cloud", "unit"})
_ANY_ID = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-f]{32}"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+|\d{1,3}(?:\.\d{1,3}){3})(?![0-9a-zA-Z])"
)
# Fields with the place of code, data or an image, and such places in texts: folders are the user's names.
_PLACE = re.compile(r"(?:url|uri|path|dir|directory|location|image|repository|obs|swr)$")
_STORED = re.compile(
    r"(?P<head>\b(?:obs|s3a?|bos|oss|gs|hdfs)://|\bswr\.[\w.-]+/)(?P<path>[^\s\"'<>,;)\]]+)"
    r"|(?P<scheme>https?://)(?P<bucket>[\w-]+)(?P<host>\.(?:obs|oss|bos|s3)[\w.-]*)(?P<rest>/[^\s\"'<>,;)\]]*)?"
)
_NUMBER_STEP = re.compile(r"(?<=/)\d{1,5}(?=[/?#\s\"']|$)")
# Short numbers are ids behind the word for a resource only: logs are full of others.
_SHORT_NUMBER = re.compile(r"(?<![A-Za-z0-9_.,])\d{2,5}(?![A-Za-z0-9_%]|[.,]\d)")
_NAMES_NUMBER = re.compile(
    r"(?:\b|_)(?:job|version|service|task|training|model|notebook|resource|instance|id)(?:_id)?"
    r"[\"']?[\s:=#(]{1,2}[\"']?$"
    r"|(?:作业|任务|版本|服务|模型)\s?$",
    re.IGNORECASE,
)
_LONGEST_BEFORE = 24  # characters of such a word and its sign
_STEPS = re.compile(r"[^/]+")
_SHORTEST_IN_TEXT = 4
_SHORTEST_NAME = 2
_LONG = 6  # from here on a name is found within words too

_Trie: TypeAlias = "dict[str, _Trie]"


class Redactor:
    """Holds the pseudonyms of one recording, such as ``job-3`` and ``owner-1``.

    ``late`` holds the names that were learned after texts had been redacted.
    """

    def __init__(self) -> None:
        self._pseudonyms: dict[str, str] = {}
        self._given: set[str] = set()  # texts are redacted again when names were learned late
        self._counts: dict[str, int] = {}
        self._people: set[str] = set()
        self._in_text: re.Pattern[str] | None = None
        self._has_redacted_text = False
        self.late: set[str] = set()

    def learn(self, rows: Iterable[Resource]) -> None:
        """Assign pseudonyms to the names, ids, owners and workspaces of resources."""
        for row in rows:
            label = row.kind.removesuffix("s") or "resource"
            self.replace_id(row.id)
            self.replace(row.name, label)
            self.replace(row.owner, "owner")
            self.replace(row.workspace, "workspace")

    def replace(self, value: str, label: str) -> str:
        """Return the pseudonym of a value, a new one that begins with ``label`` at first."""
        if not value or value in _COMMON_VALUES or value in self._given:
            return value
        known = self._pseudonyms.get(value)
        if known is None:
            number = self._counts[label] = self._counts.get(label, 0) + 1
            if label == "owner":
                self._people.add(value)
            known = self._pseudonyms[value] = f"{label}-{number}"
            self._given.add(known)
            self._in_text = None
            if self._has_redacted_text:
                self.late.add(value)
        return known

    def replace_id(self, value: str) -> str:
        """Return the pseudonym of an id; that of a version (``JOB/VERSION``) begins with its job's.

        That of a configuration of everybody, ``sample/NAME``, keeps ``sample``: the word is in many logs.
        """
        parts = value.split("/")
        return "/".join("sample" if part == "sample" else self.replace(part, "id") for part in parts)

    def redact_tree(self, value: Any, key: str = "") -> Any:
        """Return a JSON value with identities replaced by their field or label, and in all texts."""
        if isinstance(value, Mapping):
            return {name: self.redact_tree(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            if key == "rows" and len(value) == 2 and isinstance(value[0], str):
                return [self.redact_text(value[0]), self.redact_tree(value[1], value[0])]
            return [self.redact_tree(inner, key) for inner in value]
        label = _choose_label(key)
        if isinstance(value, int) and not isinstance(value, bool) and label == "id":
            return self.replace_id(str(value))
        if not isinstance(value, str) or not value or key in _KEPT_FIELDS:
            return value
        if label == "name" and value not in self._pseudonyms and _COMMON_FOLDERS.fullmatch(value.lower()):
            return value  # of a volume or a column; the word is in every text
        if label:
            return self.replace_id(value) if label == "id" else self.replace(value, label)
        if value.startswith("/") and _PLACE.search(_CAMEL.sub("_", key).lower()):
            return self._redact_path(value)
        return self.redact_text(value)

    def _redact_path(self, path: str) -> str:
        """Return a path with every step replaced, but for the ending of a file's name."""

        def step(found: re.Match[str]) -> str:
            if _COMMON_FOLDERS.fullmatch(found[0].lower()):
                return found[0]
            name, dot, ending = found[0].rpartition(".")
            has_ending = bool(dot) and ending.isalnum() and len(ending) <= 5
            return f"{self.replace(name, 'path')}.{ending}" if has_ending else self.replace(found[0], "path")

        return _STEPS.sub(step, path)

    def _redact_place(self, found: re.Match[str]) -> str:
        if found["head"]:
            return f"{found['head']}{self._redact_path(found['path'])}"
        rest = self._redact_path(found["rest"] or "")
        return f"{found['scheme']}{self.replace(found['bucket'], 'bucket')}{found['host']}{rest}"

    def _redact_number(self, found: re.Match[str]) -> str:
        known = self._pseudonyms.get(found[0])
        if known is None:
            return found[0]
        before = found.string[max(0, found.start() - _LONGEST_BEFORE) : found.start()]
        return known if _NAMES_NUMBER.search(before) else found[0]

    def redact_texts(self, value: Any) -> Any:
        """Return a JSON value with every known name in its texts and keys replaced."""
        if isinstance(value, Mapping):
            return {self.redact_text(name): self.redact_texts(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.redact_texts(inner) for inner in value]
        return self.redact_text(value) if isinstance(value, str) else value

    def redact_text(self, text: str) -> str:
        """Return a text with known names, and what looks like an id, an e-mail or an IP address, replaced."""
        self._has_redacted_text = True
        if "/" in text:
            text = _STORED.sub(self._redact_place, text)
            text = _NUMBER_STEP.sub(lambda found: self._pseudonyms.get(found[0], found[0]), text)
        text = _ANY_ID.sub(lambda found: self.replace(found[0], "id"), text)
        text = _SHORT_NUMBER.sub(self._redact_number, text)
        if self._in_text is None:
            self._in_text = _compile(self._pseudonyms, self._people)
        return self._in_text.sub(lambda found: self._pseudonyms[found[0]], text)

    def compile_late_pattern(self) -> re.Pattern[str]:
        """Return a pattern of the names that were learned late."""
        return _compile(self.late, self._people)


def find_named(rows: Iterable[Resource], text: str) -> list[Resource]:
    """Return the resources of which the name, the id, the owner or the workspace stands in a text."""
    rows = [*rows]
    people = {row.owner for row in rows}
    names = {name for row in rows for name in _list_names(row)} - _COMMON_VALUES - {""}
    found = {match[0] for match in _compile(names, people).finditer(text)}
    found |= {match[0] for match in _SHORT_NUMBER.finditer(text)} & names
    return [row for row in rows if found.intersection(_list_names(row))]


def _list_names(row: Resource) -> tuple[str, ...]:
    return (*row.id.split("/"), row.name, row.owner, row.workspace)


def _choose_label(key: str) -> str:
    """Return what the field of a name denotes a value to be: ``id``, ``owner``; ``""`` for no identity."""
    name = _CAMEL.sub("_", key).lower().replace(" ", "_").replace("-", "_")
    found = _IDENTITY.search(name)
    if found is None or _COMMON.search(name) or name.endswith("version_name"):
        return ""
    word = found[0].strip("_").removesuffix("s")
    if word in _IDS:
        return "id"
    return "owner" if word in ("user", "creator", "granted_to") else word


def _compile(names: Iterable[str], people: Container[str]) -> re.Pattern[str]:
    """Return a pattern of the names that may stand in a text; longer ones first, as a tree of characters.

    Names of ``people`` are found from two characters on, as are names in Chinese, which has no spaces.
    """
    longs: _Trie = {}
    shorts: _Trie = {}
    for name in names:
        is_spaced = name.isascii()
        least = _SHORTEST_NAME if name in people or not is_spaced else _SHORTEST_IN_TEXT
        if len(name) < least or (name.isdecimal() and len(name) < _LONG):
            continue
        at = longs if (len(name) >= _LONG or not is_spaced) and not name.isdecimal() else shorts
        for sign in name:
            at = at.setdefault(sign, {})
        at[""] = {}
    parts = [_format_trie(longs)] if longs else []
    if shorts:
        parts.append(f"(?<![A-Za-z0-9]){_format_trie(shorts)}(?![A-Za-z0-9])")
    return re.compile("|".join(parts) or r"(?!)")


def _format_trie(trie: _Trie) -> str:
    branches = [re.escape(sign) + _format_trie(below) for sign, below in trie.items() if sign]
    if not branches:
        return ""
    group = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{group})?" if "" in trie else group
