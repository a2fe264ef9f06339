"""The settings of jobs, versions and configurations, as fields (Tables 5-3, 5-45 and 5-69)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matui.clouds.modelarts.form_base import FieldChoices, fetch_choices, make_field, parse_whole
from matui.clouds.modelarts.v1.catalog import Catalog
from matui.clouds.modelarts.v1.jobs.version_models import DataSource, Parameter, Setup, Volume
from matui.resources.forms.form import Field

Known = Mapping[str, Any]

_DATA = "Exactly one of data_url, data_source, and dataset_id with dataset_version_id."
_CODE = "Needed, unless model_id or user_image_url is given; not together with model_id."
NEW: Known = {"worker_server_num": 1, "app_url": "", "boot_file_url": "", "data_url": "", "train_url": ""}


async def fetch_setup_choices(catalog: Catalog) -> FieldChoices:
    """Fetch what can be chosen: flavors (5.4.1), engines (5.4.2) and built-in algorithms (5.1.12)."""
    from asyncio import gather

    flavors, engines, algorithms = await gather(
        fetch_choices(catalog.fetch_flavors),
        fetch_choices(catalog.fetch_engines),
        fetch_choices(catalog.fetch_algorithms),
    )
    return {"spec_id": flavors, "engine_id": engines, "model_id": algorithms}


def build_setup_values(setup: Setup) -> dict[str, Any]:
    """Return the values that a request takes of a record, where the record says more than may be sent."""
    values: dict[str, Any] = {
        "worker_server_num": setup.worker_server_num or 1,
        "spec_id": parse_whole(setup.spec_id),
        "train_url": setup.train_url,
        "log_url": setup.log_url or None,
        "user_image_url": setup.user_image_url or None,
        "user_command": setup.user_command or None,
        "parameter": [_build_parameter(p) for p in setup.parameter if p is not None and p.label],
    }
    return values | _build_code(setup) | _build_data(setup)


def _build_parameter(parameter: Parameter) -> dict[str, str]:
    return {"label": parameter.label, "value": parameter.value}


def _build_code(setup: Setup) -> dict[str, Any]:
    """Return the user's own code before a built-in algorithm: a record may name both, a request may not."""
    model = parse_whole(setup.model_id)
    own = bool(setup.user_image_url or (setup.app_url and setup.boot_file_url))
    if model is not None and not own:
        return {"model_id": model}
    return {
        "app_url": setup.app_url or None,
        "boot_file_url": setup.boot_file_url or None,
        "engine_id": parse_whole(setup.engine_id),
    }


def _build_data(setup: Setup) -> dict[str, Any]:
    """Return a dataset before sources before a path: a record repeats the same data in all of them."""
    sources = [_build_source(source) for source in setup.data_source if source is not None]
    if setup.dataset_id and setup.dataset_version_id:
        return {"dataset_id": setup.dataset_id, "dataset_version_id": setup.dataset_version_id}
    alone = len(sources) == 1 and sources[0].get("type") == "obs"
    if sources and not (alone and setup.data_url):
        return {"data_source": sources}
    return {"data_url": setup.data_url}


def _build_source(source: DataSource) -> dict[str, str]:
    values = {
        "type": source.type,
        "data_url": source.data_url,
        "dataset_id": source.dataset_id,
        "dataset_version": source.dataset_version,
    }
    return {name: value for name, value in values.items() if value}


def list_dropped_settings(setup: Setup) -> tuple[str, ...]:
    """Return a note for each setting of a version that a request for a new one cannot hold."""
    notes = [
        f"The volume {_build_volume(v)} cannot be given to a new version."
        for v in setup.volumes
        if v is not None
    ]
    if setup.pool_id:
        notes.append(f"The resource pool ({setup.pool_name or setup.pool_id}) follows from spec_id.")
    return tuple(notes)


def _build_volume(volume: Volume) -> str:
    mount = volume.nfs if volume.nfs.src_path else volume.host_path
    return f"{mount.src_path} → {mount.dest_path}"


def make_setup_fields(prefix: str, known: Known, chosen: FieldChoices) -> tuple[Field, ...]:
    """Return the fields with the values ``known``; ``prefix`` is ``""`` or ends with a dot."""

    def make(name: str, help_text: str, limits: str = "", **more: Any) -> Field:
        picked = chosen.get(name, ())
        return make_field(prefix + name, help_text, known.get(name), limits=limits, choices=picked, **more)

    return (
        make("worker_server_num", "Number of workers.", "A whole number from 1 to what the flavor allows."),
        make("spec_id", "Flavor of each worker, by its number.", "Needed.", example=1),
        make("engine_id", "Engine, by its number.", "Needed with app_url; not with model_id.", example=1),
        make("app_url", "Directory of the code in OBS, such as /bucket/code/.", _CODE),
        make("boot_file_url", "The file to start, within app_url.", _CODE),
        make("model_id", "Built-in algorithm, by its number, instead of code and engine.", example=1),
        make(
            "parameter",
            "Running parameters; environment variables of a custom image.",
            "Each has a label and a value, both texts.",
            example=[{"label": "learning_rate", "value": "0.01"}],
        ),
        make("data_url", "Data in OBS, such as /bucket/data/.", _DATA),
        make("dataset_id", "Data as a dataset.", f"Together with dataset_version_id. {_DATA}"),
        make("dataset_version_id", "The dataset's version.", "Together with dataset_id."),
        make(
            "data_source",
            "Data as several sources.",
            f"type obs with data_url, or type dataset with dataset_id and dataset_version. {_DATA}",
            example=[{"type": "obs", "data_url": "/bucket/data/"}],
        ),
        make("train_url", "Where the output goes in OBS.", "May be empty."),
        make("log_url", "Where the logs go in OBS."),
        make("user_image_url", "Custom image in SWR, such as 100.125.5.235:20202/group/image:1.0."),
        make("user_command", "Command that starts the container of a custom image."),
    )


def drop_empty_settings(setup: Any) -> Any:
    """Return what was filled in without what is empty; but for the places that may be."""
    if not isinstance(setup, dict):
        return setup
    data = any(setup.get(name) for name in ("dataset_id", "data_source"))
    kept = ("train_url",) if data else ("train_url", "data_url")
    return {name: value for name, value in setup.items() if name in kept or value not in ("", [], {})}
