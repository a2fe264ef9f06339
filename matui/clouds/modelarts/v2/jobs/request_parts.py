"""Parts of a new training job that have no line in the form and that a rerun repeats, as tables.

A table has the types of the API by the names on the wire. Only what it names is sent; an answer may state a
number as a text, and the types say which texts are numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True, eq=False, slots=True)
class FieldTypes:
    """The types of an object's fields, by their names; ``[type]`` is a list."""

    fields: dict[str, Any]


_EXPRESSION = {"key": str, "operator": str, "values": [str]}
_NODE_TERM = {"matchExpressions": [_EXPRESSION], "matchFields": [_EXPRESSION]}
_PLACE = {"obs_path": str, "local_path": str}

POLICIES = Annotated[
    dict[str, Any],
    FieldTypes(
        {
            "auto_search": {
                "skip_search_params": str,
                "reward_attrs": [{"name": str, "mode": str, "regex": str}],
                "search_params": [
                    {
                        **dict.fromkeys(("name", "param_type", "lower_bound", "upper_bound"), str),
                        "discrete_points_num": str,
                        "discrete_values": [str],
                    }
                ],
                "algo_configs": [{"name": str, "params": [{"key": str, "value": str, "type": str}]}],
            }
        }
    ),
]
VISUALIZATION_SUMMARY = Annotated[
    dict[str, Any],
    FieldTypes(
        {
            "log_type": str,
            "log_dir": {"pfs": {"pfs_path": str}},
            "data_sources": [{"job": {"job_id": str}, "nfs": {"nfs_path": str}}],
        }
    ),
]
CUSTOM_FLAVOR = Annotated[
    dict[str, Any], FieldTypes({"cpu_core_num": float, "mem_size": float, "accelerator_num": float})
]
REQUIRED_AFFINITY = Annotated[
    dict[str, Any],
    FieldTypes(
        {
            "affinity_type": str,
            "job_level": str,
            "affinity_group_size": int,
            "affinity_group_level": str,
            "node_affinity": {"nodeSelectorTerms": [_NODE_TERM]},
        }
    ),
]
PREFERRED_AFFINITY = Annotated[
    dict[str, Any], FieldTypes({"node_affinity": [{"weight": int, "preference": _NODE_TERM}]})
]
CUSTOM_METRIC = Annotated[
    dict[str, Any], FieldTypes({"exec": {"command": [str]}, "http_get": {"path": str, "port": int}})
]
OUTPUT_MODEL = Annotated[dict[str, Any], FieldTypes({"obs": _PLACE})]
ASSET_MODEL = Annotated[
    dict[str, Any], FieldTypes(dict.fromkeys(("name", "code", "version", "desc", "series", "type"), str))
]
FINE_TUNING = Annotated[
    dict[str, Any],
    FieldTypes(
        {
            **dict.fromkeys(("ft_job_uuid", "ft_train_type", "model_type", "train_output_path"), str),
            "checkpoint_id": str,
            "task_env": {
                "envs": [
                    {
                        **dict.fromkeys(("label", "des", "env_name", "env_type", "value"), str),
                        "modifiable": bool,
                        "displayable": bool,
                        "used_steps": [str],
                    }
                ]
            },
            "checkpoint_config": {
                "checkpoint_id": str,
                **dict.fromkeys(("save_checkpoints_max", "skipped_steps", "restore_training"), int),
            },
        }
    ),
]
RETENTION = Annotated[dict[str, Any], FieldTypes({"policy": str})]
LOG_EXPORT_CONFIG = Annotated[dict[str, Any], FieldTypes({"version": str, "rotation_enabled": bool})]
RESERVED_TIME = Annotated[dict[str, Any], FieldTypes({"time_unit": str, "duration": int})]
