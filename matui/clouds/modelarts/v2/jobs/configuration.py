"""The rerun of a v2 job: its body, shaped to the request, its name, and the job that it repeats. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.modelarts.v2.jobs.requests import FieldTypes, V2CreateJob
from matui.clouds.wire_types import to_flag, to_number, to_text, unwrap_json

DROP = object()
_STATED = re.compile(r"Rerun of (\S{1,64}) \(([A-Za-z0-9-]{1,64})\)\.")
LONGEST_NAME = 64
_NUMBERED = re.compile(r"(.+)-(\d{1,4})")
_UNSENDABLE = re.compile(r"[^A-Za-z0-9_-]")


def fit_to_model(model: type[RequestModel], given: Any) -> dict[str, Any]:
    """Return what ``model`` can hold of an answer, without what is null or empty.

    Numbers may be texts and objects may be texts of JSON; an answer's other fields are left out.
    """
    tree = _take_dict(given)
    shaped = {}
    for name, field in model.model_fields.items():
        alias = field.serialization_alias or name
        value = _fit_value(field.annotation, tree.get(alias))
        if value is not DROP:
            shaped[alias] = value
    return shaped


def _take_dict(given: Any) -> dict[str, Any]:
    """Return an object, one inside a text or the first of a list; empty for anything else."""
    tree = unwrap_json(given)
    tree = tree[0] if isinstance(tree, list) and tree else tree
    return tree if isinstance(tree, dict) else {}


def _fit_value(annotation: Any, value: Any) -> Any:
    """Return the value in the type of the annotation, DROP where it has none."""
    if value is None or value == "":
        return DROP
    kind, inner = _unwrap(annotation)
    if isinstance(kind, dict):
        tree = _take_dict(value)
        part = {name: _fit_value(one, tree.get(name)) for name, one in kind.items()}
        return {name: one for name, one in part.items() if one is not DROP} or DROP
    if kind is list:
        rows = unwrap_json(value)
        rows = rows if isinstance(rows, list) else [rows]
        shaped = [one for row in rows if (one := _fit_value(inner, row)) is not DROP]
        return shaped or DROP
    if kind is dict:
        table = {
            name: _fit_value(inner, one) if one != "" else "" for name, one in _merge_table(value).items()
        }
        return {name: one for name, one in table.items() if one is not DROP} or DROP
    if isinstance(kind, type) and issubclass(kind, RequestModel):
        return fit_to_model(kind, value) or DROP
    return _convert_plain(kind, value)


def _unwrap(annotation: Any) -> tuple[Any, Any]:
    """Return the type or table behind Annotated and Optional, and the type of its items or values."""
    if isinstance(annotation, dict | list):
        return (list, annotation[0]) if isinstance(annotation, list) else (annotation, None)
    origin = get_origin(annotation)
    if origin is Annotated:
        table = next((part for part in get_args(annotation)[1:] if isinstance(part, FieldTypes)), None)
        return (table.fields, None) if table is not None else _unwrap(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _unwrap(next(one for one in get_args(annotation) if one is not NoneType))
    if origin is list:
        return list, get_args(annotation)[0]
    if origin is Literal:
        return type(get_args(annotation)[0]), None
    if origin is dict:
        return dict, _unwrap(get_args(annotation)[1])[0]
    return annotation, None


def _merge_table(value: Any) -> dict[str, Any]:
    """Return an object, or the objects of a list as one: environments come as such a list."""
    tree = unwrap_json(value)
    rows = tree if isinstance(tree, list) else [tree]
    return {str(name): inner for row in rows if isinstance(row, dict) for name, inner in row.items()}


def _convert_plain(kind: Any, value: Any) -> Any:
    if kind is bool:
        flag = to_flag(value)
        return DROP if flag is None else flag
    if kind in (int, float):
        number = to_number(value)
        return DROP if number is None else int(number) if kind is int else number
    return to_text(value) if kind is str else value


def build_configuration(raw: Any) -> dict[str, Any]:
    """Return the body that makes the same job again, of a job's record.

    An algorithm by its id or subscription comes without code, an engine by its id or its image alone, and an
    experiment by its id: a request takes one of them.
    """
    body = fit_to_model(V2CreateJob, raw)
    body.setdefault("kind", "job")
    algorithm = body.get("algorithm", {})
    if algorithm.get("id") or algorithm.get("subscription_id"):
        for name in ("code_dir", "boot_file"):
            algorithm.pop(name, None)
    if "engine" in algorithm:
        algorithm["engine"] = _build_engine(algorithm["engine"])
    experiment = body.get("metadata", {}).get("training_experiment_reference", {})
    if experiment.get("id"):
        body["metadata"]["training_experiment_reference"] = {"id": experiment["id"]}
    return body


def has_own_tasks(raw: Any) -> bool:
    """Return whether the parts of a heterogeneous job are stated; the API lists them but takes none."""
    tree = unwrap_json(raw)
    return isinstance(tree, dict) and tree.get("kind") == "hetero_job" and bool(tree.get("tasks"))


def _build_engine(engine: dict[str, Any]) -> dict[str, Any]:
    if engine.get("image_url"):
        names = ("engine_name", "engine_version", "image_url", "install_sys_packages", "image_repo_id")
        return {name: engine[name] for name in names if name in engine}
    if engine.get("engine_id"):
        return {"engine_id": engine["engine_id"]}
    return engine


def choose_next_name(name: str, taken: Collection[str]) -> str:
    """Return the name of a job that runs again: with ``-2``, or the next number that is not taken."""
    sendable = _UNSENDABLE.sub("_", name)
    match = _NUMBERED.fullmatch(sendable)
    numbered = match is not None and int(match[2]) > 1
    base, number = (match[1], int(match[2]) + 1) if match is not None and numbered else (sendable, 2)
    while (candidate := _fit(base, number)) in taken:
        number += 1
    return candidate


def find_base_name(name: str) -> str:
    """Return a name without its number, to search for the jobs that carry it, at most 59 characters."""
    sendable = _UNSENDABLE.sub("_", name)
    return (strip_number(sendable) or sendable)[: LONGEST_NAME - len("-9999")]


def strip_number(name: str) -> str:
    """Return what precedes the number of a name that ends with ``-2`` or more, ``""`` for another name."""
    match = _NUMBERED.fullmatch(name)
    return match[1] if match is not None and int(match[2]) > 1 else ""


def _fit(base: str, number: int) -> str:
    end = f"-{number}"
    return f"{base[: LONGEST_NAME - len(end)]}{end}"


def state_origin(name: str, job_id: str, description: str) -> str:
    """Return the description of a rerun: the given one, or which job it repeats where that has none."""
    own = description.strip()
    is_free = own in ("", "NULL") or _STATED.fullmatch(own) is not None
    return f"Rerun of {name} ({job_id})." if is_free else description


def find_origin_id(description: str) -> str:
    """Return the id of the job that a description states to be the original, ``""`` for none."""
    stated = _STATED.search(description)
    return stated[2] if stated else ""


def describe_origin(name: str, description: str) -> str:
    """Return which job this one is a rerun of, as its description or only its name says, ``""`` for none."""
    if stated := _STATED.search(description):
        return clean(f"{stated[1]} ({stated[2]})")
    base = strip_number(name)
    return f"{clean(base)} (by name)" if base else ""
