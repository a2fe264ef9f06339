"""A server written from the official SDK alone: it checks each request and answers from the SDK's models.

It shares nothing with the simulator. Paths, query names and header names are those of the SDK's client, types
those of its models, ranges and enumerations those that its documentation states.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any
from urllib.parse import parse_qsl, unquote

import huaweicloudsdkmodelarts.v1 as sdk
from huaweicloudsdkmodelarts.v1.modelarts_client import ModelArtsClient

_ALONE = ("InferDeploymentItemResponseData", "NodesResultMsg")
_NOW_S = 1_760_000_000
_GENERIC = re.compile(r"(list\[|dict\(str, )(.*)[\])]")
_OPERATION = re.compile(
    r'"method": "(?P<method>\w+)",\s+"resource_path": "(?P<path>[^"]+)",\s+'
    r'"request_type": request.__class__.__name__,\s+"response_type": "(?P<response>\w+)"'
)
_QUERY = re.compile(r"query_params.append\(\('([^']+)', local_var_params\['(\w+)'\]\)\)")
_HEADER = re.compile(r"header_params\['([^']+)'\] = local_var_params")
_PARAMETER = re.compile(r":param (\w+): (.*)")
_RANGE = re.compile(r"(?:取值范围\*{0,2}[：:]?|最小值|范围为)\s*[\[（(]?(\d+)\s*[-~～,，]\s*(\d+)[\]）)]?")
_CHOICES = re.compile(r"取值范围\*{0,2}[：:]\s*\[(\d+(?:,\d+){2,})\]")
_WORDS = re.compile(r"-\s*([A-Za-z][A-Za-z0-9_-]*)\s*[:：]")
_TIME = re.compile(r"(^|_)(time|at|timestamp|before|date)$|[a-z](Time|Timestamp|Before)$")


@dataclass(frozen=True)
class Operation:
    """One operation of the SDK's client; ``query`` maps names on the wire to attributes of the request."""

    method: str
    path: re.Pattern[str]
    template: str
    request: type
    response: type
    query: dict[str, str]
    headers: frozenset[str]
    body: str


@cache
def list_operations() -> tuple[Operation, ...]:
    """Return every operation of the SDK's client, those with fewer placeholders first."""
    source = inspect.getsource(ModelArtsClient)
    found = []
    for part in re.split(r"\n    @classmethod\n", source)[1:]:
        match = _OPERATION.search(part)
        if match is None:
            continue
        request = getattr(sdk, match["response"].removesuffix("Response") + "Request")
        shape = re.sub(r"{\w+}", "[^/]+", match["path"])
        found.append(
            Operation(
                match["method"],
                re.compile(shape),
                match["path"],
                request,
                getattr(sdk, match["response"]),
                dict(_QUERY.findall(part)),
                frozenset(name.lower() for name in _HEADER.findall(part)),
                request.openapi_types.get("body", ""),
            )
        )
    return tuple(sorted(found, key=lambda one: one.template.count("{")))


@cache
def read_documentation(model: type) -> dict[str, str]:
    """Return the documentation of each attribute of a model."""
    return dict(_PARAMETER.findall(inspect.getdoc(model.__init__) or ""))  # type: ignore[misc]


def find_faults(value: Any, type_name: str, words: str, where: str) -> list[str]:
    """Return what the documentation of one value forbids about it."""
    if type_name == "int":
        if isinstance(value, bool) or not isinstance(value, int):
            return [f"{where}: {value!r} is no integer"]
        choices = _CHOICES.search(words)
        if choices is not None:
            return [] if str(value) in choices[1].split(",") else [f"{where}: {value} is not in {choices[1]}"]
        limits = _RANGE.search(words)
        if limits is not None and not int(limits[1]) <= value <= int(limits[2]):
            return [f"{where}: {value} is not from {limits[1]} to {limits[2]}"]
    elif type_name == "str":
        if not isinstance(value, str):
            return [f"{where}: {value!r} is no text"]
        listed = _WORDS.findall(words) if "枚举" in words or "可选值" in words else []
        if len(listed) > 1 and value not in listed:
            return [f"{where}: {value!r} is not one of {listed}"]
    elif type_name == "bool" and not isinstance(value, bool):
        return [f"{where}: {value!r} is no truth value"]
    return []


def check_body(type_name: str, tree: Any, where: str) -> list[str]:
    """Return what of a body the SDK's type lacks or forbids."""
    match = _GENERIC.fullmatch(type_name)
    if match is not None:
        wanted = list if match[1] == "list[" else dict
        if not isinstance(tree, wanted):
            return [f"{where}: {tree!r} is no {wanted.__name__}"]
        parts = enumerate(tree) if isinstance(tree, list) else tree.items()
        return [fault for key, one in parts for fault in check_body(match[2], one, f"{where}[{key}]")]
    model = getattr(sdk, type_name, None)
    if model is None:
        return find_faults(tree, type_name, "", where)
    if not isinstance(tree, dict):
        return [f"{where}: {tree!r} is no {type_name}"]
    names, words = {wire: name for name, wire in model.attribute_map.items()}, read_documentation(model)
    faults = [f"{where}: {type_name} has no {name}" for name in tree if name not in names]
    for wire, one in tree.items():
        if wire in names:
            kind, place = model.openapi_types[names[wire]], f"{where}.{wire}"
            faults += find_faults(one, kind, words.get(names[wire], ""), place) or check_body(
                kind, one, place
            )
    return faults


Answers = Callable[[str, str, str], Any]
"""Makes the value of a leaf of its type, its name on the wire and its documentation."""
MISSING = object()


class Plain:
    """Ordinary answers; ids and names are numbered, states are the first documented one of ``states``."""

    def __init__(self, *states: str) -> None:
        self._made, self._states = 0, states or (
            "Running", "RUNNING", "running", "Available", "inquiring", "success",
        )  # fmt: skip

    def __call__(self, type_name: str, name: str, words: str) -> Any:
        if name == "lines":
            return 500
        if type_name in ("int", "float"):
            return _NOW_S * 1000 if _TIME.search(name) else 2
        if type_name == "bool":
            return True
        if type_name == "datetime" or (type_name == "str" and _TIME.search(name)):
            return "2025-10-09T08:53:20Z"
        if type_name != "str":
            return {}
        if name == "content":
            return "".join(f"2025-10-09 08:53:20 step {turn} loss 1.{turn}\n" for turn in range(500))
        listed = _WORDS.findall(words)
        if listed:
            return next((one for one in self._states if one in listed), listed[0])
        if not name.lower().endswith(("id", "name")) and name != "version":
            return f"{name.replace('_', '-').lower()}-of-it"
        self._made += 1
        return f"1.{self._made}.0" if name == "version" else f"{name.replace('_', '-').lower()}-{self._made}"

    def begin(self) -> None:
        """Number from 1 again, so that the same request has the same answer."""
        self._made = 0


class Awkward:
    """Answers that are null, missing, of another type, or a word that is in no list."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._plain = Plain()

    def __call__(self, type_name: str, name: str, words: str) -> Any:
        usual = self._plain(type_name, name, words)
        turn = self._random.random()
        if turn < 0.12:
            return None
        if turn < 0.2:
            return MISSING
        if _TIME.search(name) and turn < 0.6:
            return self._random.choice(
                (_NOW_S, _NOW_S * 1000, str(_NOW_S * 1000), "2025-10-09 08:53:20", "soon", "", -1, 0, 10**30,
                 "2025-10-09T16:53:20+08:00", f"{_NOW_S}.5", "0000-00-00T00:00:00Z")
            )  # fmt: skip
        if turn < 0.45:
            return self._random.choice(
                ("napping", "", "12", 12, -1, 1.5, True, [], {}, [None], [[]], {"a": None}, "NaN", 10**30,
                 "\x1b[2J", "中文", "-1", "1e400", "{", " 7 ", [7], "12GB")
            )  # fmt: skip
        return str(usual) if isinstance(usual, int) and turn < 0.6 else usual

    def make_rows(self) -> list[Any]:
        """Return the elements of a list, ``True`` for one that is made."""
        return self._random.choice(([True, True], [True, None, True], [None], [], [True, "x", 7]))

    def turns(self) -> bool:
        """Return whether a model or list is replaced by something else."""
        return self._random.random() < 0.08


def build(type_name: str, answers: Answers, name: str = "", words: str = "", depth: int = 0) -> Any:
    """Return an answer of an SDK type."""
    match = _GENERIC.fullmatch(type_name)
    model = getattr(sdk, type_name, None)
    awkward = answers if isinstance(answers, Awkward) else None
    if match is None and model is None:
        return answers(type_name, name, words)
    if depth > 7:
        return None
    if awkward is not None and depth and awkward.turns():
        return awkward("object", name, words)
    if match is not None:
        if match[1] != "list[":
            return {"key": build(match[2], answers, name, "", depth + 1)}
        usual = [True] if match[2] in _ALONE else [True, True]
        shape = awkward.make_rows() if awkward is not None else usual
        made = [build(match[2], answers, name, words, depth + 1) if one is True else one for one in shape]
        return [None if one is MISSING else one for one in made]
    texts = read_documentation(model)
    parts = {
        wire: build(model.openapi_types[attribute], answers, wire, texts.get(attribute, ""), depth + 1)
        for attribute, wire in model.attribute_map.items()
    }
    return {wire: one for wire, one in parts.items() if one is not MISSING}


def _name_it(tree: dict[str, Any], template: str, path: str) -> None:
    """Give what the path names the id that it has there."""
    if not template.endswith("}"):
        return
    last = path.rsplit("/", 1)[1]
    metadata = tree.get("metadata")
    if isinstance(metadata, dict):
        metadata["name" if "/pools/" in template else "id"] = last
    elif "id" in tree:
        tree["id"] = last


@dataclass
class SdkServer:
    """An ASGI application that keeps what was wrong with the requests in ``faults``."""

    answers: Answers = field(default_factory=Plain)
    faults: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Check one request and answer it."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status, tree = self.answer(scope, body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(tree).encode()})

    def answer(self, scope: Any, body: bytes) -> tuple[int, Any]:
        """Return status and answer of a request, and note what is wrong with it."""
        method, path = scope["method"], unquote(scope["path"])
        fitting = [one for one in list_operations() if one.method == method and one.path.fullmatch(path)]
        if not fitting and path.startswith("/v1/") and path.endswith("/monitor"):
            return 404, {"error_code": "APIGW.0101", "error_msg": "No such API."}  # only the reference has it
        if not fitting:
            self.faults.append(f"{method} {path}: no such operation")
            return 404, {"error_code": "APIG.0101", "error_msg": "no such API"}
        operation = fitting[0]
        self.seen.append(f"{method} {operation.template}")
        self.faults += self._check(operation, scope, body)
        bare = operation.response.openapi_types.get("body")  # type: ignore[attr-defined]
        if isinstance(self.answers, Plain):
            self.answers.begin()
        tree = build(bare or operation.response.__name__, self.answers)
        if isinstance(tree, dict):
            _name_it(tree, operation.template, path)
        return 200, tree

    def _check(self, operation: Operation, scope: Any, body: bytes) -> list[str]:
        where = f"{operation.method} {operation.template}"
        faults, types = [], operation.request.openapi_types
        words = read_documentation(operation.request)
        for name, text in parse_qsl(scope["query_string"].decode(), keep_blank_values=True):
            attribute = operation.query.get(name)
            if attribute is None:
                faults.append(f"{where}: unknown parameter {name}")
                continue
            kind = types[attribute]
            value: Any = int(text) if kind == "int" and text.lstrip("-").isdigit() else text
            value = text == "true" if kind == "bool" and text in ("true", "false") else value
            faults += find_faults(value, kind, words.get(attribute, ""), f"{where}?{name}")
        if operation.body and body:
            faults += check_body(operation.body, json.loads(body), f"{where} {operation.body}")
        elif body.strip() not in (b"", b"{}"):
            faults.append(f"{where}: a body that the operation does not have")
        return faults
