"""The fields of a new v2 training job, and the settings that a rerun repeats as they are."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Iterator
from typing import Any

from matui.base.toml import TomlPath
from matui.clouds.modelarts.form_base import FieldChoices, fetch_choices, make_field
from matui.clouds.modelarts.v2.catalog import V2Catalog
from matui.clouds.modelarts.v2.jobs.requests import EVENTS
from matui.resources.forms.form import ABSENT, Field, Values, get_value

_NAME = "1 to 64 letters, digits, hyphens and underscores."
_CODE = "Needed, unless an algorithm id or a command of a custom image is given."
_PARAMETERS = (("name", "the parameter"), ("value", "its value, a text"))
_INPUTS = (
    ("name", "the name by which the code finds it"),
    ("local_dir", "where it is mounted"),
    ("remote", 'obs: { obs_url = "/bucket/data/" }, or dataset: { id = "…", version_id = "…" }'),
)
_OUTPUTS = (*_INPUTS[:2], ("remote", 'obs: { obs_url = "/bucket/out/" }'))


async def fetch_job_choices(catalog: V2Catalog) -> FieldChoices:
    """Fetch what can be chosen, and why where it cannot be listed."""
    flavors, engines, algorithms, experiments, pools = await gather(
        fetch_choices(catalog.fetch_flavors),
        fetch_choices(catalog.fetch_engines),
        fetch_choices(catalog.fetch_algorithms),
        fetch_choices(catalog.fetch_experiments),
        fetch_choices(catalog.fetch_pools),
    )
    return {
        "spec.resource.flavor_id": flavors,
        "algorithm.engine.engine_id": engines,
        "algorithm.id": algorithms,
        "metadata.training_experiment_reference.id": experiments,
        "spec.resource.pool_id": pools,
    }


def make_job_fields(body: Values, chosen: FieldChoices) -> tuple[Field, ...]:
    """Return the fields with the values of ``body``."""

    def make(path: str, help_text: str, limits: str = "", **more: Any) -> Field:
        value = get_value(body, path.split("."))
        known = None if value is ABSENT else value
        return make_field(path, help_text, known, limits=limits, choices=chosen.get(path, ()), **more)

    return (
        *_iterate_name_fields(make),
        *_iterate_code_fields(make),
        *_iterate_resource_fields(make),
        *_make_tables(make),
    )


def _iterate_name_fields(make: Any) -> Iterator[Field]:
    yield make("metadata.name", "Name.", _NAME)
    yield make("metadata.description", "Description.", "At most 256 characters.")
    yield make("metadata.workspace_id", "Workspace.", example="0")
    yield make("metadata.training_experiment_reference.id", "Experiment that it belongs to, by its id.")


def _iterate_code_fields(make: Any) -> Iterator[Field]:
    yield make("algorithm.id", "Algorithm, by its id, instead of code and engine.")
    yield make("algorithm.code_dir", "Directory of the code in OBS.", _CODE, example="/bucket/code/")
    yield make(
        "algorithm.boot_file", "The file to start, within code_dir.", _CODE, example="/bucket/code/train.py"
    )
    yield make("algorithm.command", "Command that starts the container of a custom image.")
    yield make("algorithm.local_code_dir", "Where the code is put in the container.", "A directory in /home.")
    yield make("algorithm.working_dir", "Directory in which the code runs.")
    yield make(
        "algorithm.environments",
        "Environment variables.",
        "At most 100, names and texts.",
        example={"NCCL_DEBUG": "INFO"},
    )
    yield make(
        "algorithm.engine.engine_id", "Engine, by its id.", "Either this, or image_url of a custom image."
    )
    yield make("algorithm.engine.image_url", "Custom image in SWR.", example="group/image:1.0")


def _iterate_resource_fields(make: Any) -> Iterator[Field]:
    yield make("spec.resource.flavor_id", "Flavor of each node.", "Needed without a pool.")
    yield make("spec.resource.node_count", "Number of nodes.", "A whole number from 1.", bounds=(1, None))
    yield make("spec.resource.pool_id", "Dedicated resource pool, by its id.")
    yield make(
        "spec.schedule_policy.priority",
        "Which jobs of its pool it goes before.",
        "1, 2 or 3, only in a pool; 3 goes first and needs a permission.",
        bounds=(1, 3),
        example=1,
    )
    yield make(
        "spec.schedule_policy.preemptible",
        "Whether others may take its place.",
        "true or false.",
        example=False,
    )
    yield make("spec.log_export_path.obs_url", "Where the logs go in OBS.", example="/bucket/logs/")
    yield make("spec.auto_stop.time_unit", "Unit of the automatic stop.", "HOURS.", example="HOURS")
    yield make(
        "spec.auto_stop.duration",
        "After how long it stops by itself.",
        "From 1.",
        bounds=(1, None),
        example=24,
    )
    yield make("spec.notification.topic_urn", "SMN topic that is notified.", "Needs events.")
    yield make(
        "spec.notification.events",
        "Events that are notified.",
        f"Of {', '.join(EVENTS)}.",
        example=["JobFailed", "JobHanged"],
    )


def _make_tables(make: Any) -> Iterator[Field]:
    yield make(
        "algorithm.parameters",
        "Running parameters.",
        tables=True,
        items=_PARAMETERS,
        example={"name": "learning_rate", "value": "0.01"},
    )
    yield make(
        "algorithm.inputs",
        "Data that is read.",
        tables=True,
        items=_INPUTS,
        example={"name": "data_url", "remote": {"obs": {"obs_url": "/bucket/data/"}}},
    )
    yield make(
        "algorithm.outputs",
        "Where results go.",
        tables=True,
        items=_OUTPUTS,
        example={"name": "train_url", "remote": {"obs": {"obs_url": "/bucket/out/"}}},
    )
    yield make(
        "spec.volumes",
        "File systems to mount.",
        "Each is one of nfs, pfs and obs.",
        tables=True,
        example={"nfs": {"nfs_server_path": "192.168.8.150:/", "local_path": "/home/work/nas"}},
    )


def list_values_without_field(body: Values, fields: tuple[Field, ...]) -> tuple[tuple[TomlPath, Any], ...]:
    """Return the values of a body that have no field, each with its path: they are sent as they are."""
    known = {field.path for field in fields}
    return tuple(_iterate_leaves((), body, known))


def _iterate_leaves(
    path: TomlPath, value: Any, known: set[tuple[str, ...]]
) -> Iterator[tuple[TomlPath, Any]]:
    if path in known:
        return
    if isinstance(value, dict) and any(one[: len(path)] == path for one in known):
        for name, inner in value.items():
            yield from _iterate_leaves((*path, name), inner, known)
    else:
        yield path, value
