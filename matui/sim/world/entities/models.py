"""Models and the records the API shows of them (chapter 6)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from matui.sim.world.timeline import Life

STATUSES = ("publishing", "published", "failed", "building", "building_failed")
TYPES = (
    "TensorFlow",
    "MXNet",
    "Caffe",
    "Spark_MLlib",
    "Scikit_Learn",
    "XGBoost",
    "MindSpore",
    "Image",
    "PyTorch",
)
KINDS = ("real-time", "batch", "edge")
DEFAULT_APIS = [
    {
        "protocol": "http",
        "method": "post",
        "url": "/",
        "input_params": {"type": "object", "properties": {"images": {"type": "file"}}},
        "output_params": {"type": "object", "properties": {"predicted_label": {"type": "string"}}},
    }
]
DEFAULT_DEPENDENCIES = [
    {
        "installer": "pip",
        "packages": [
            {"package_name": "numpy", "package_version": "1.17.0", "restraint": "EXACT"},
            {"package_name": "Pillow", "package_version": "5.2.0", "restraint": "ATLEAST"},
        ],
    }
]
_PARAM = {"url": "/", "method": "post", "protocol": "http", "param_name": "data", "param_type": "object"}


@dataclass(slots=True)
class Model:
    """One version of a model; ``size`` in bytes, ``asked`` what the import request held."""

    id: str
    name: str
    version: str
    type: str
    life: Life[str]
    created: int
    size: int
    workspace: str = "0"
    description: str = ""
    install_type: tuple[str, ...] = KINDS
    asked: dict[str, Any] = field(default_factory=dict)
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def status(self, now: int) -> str:
        """Return the state's name at ``now``."""
        return self.life.at(now)


def row(model: Model, now: int, project: str, owner: str) -> dict[str, Any]:
    """Return one of ``models`` of 6.1.2, where the type may come in lower case."""
    record: dict[str, Any] = {
        "model_name": model.name,
        "model_version": model.version,
        "model_id": model.id,
        "model_type": model.type.lower() if model.type == "TensorFlow" else model.type,
        "model_size": model.size,
        "tenant": project,
        "project": project,
        "owner": owner,
        "create_at": model.created,
        "description": model.description,
        "workspace_id": model.workspace,
        "model_status": model.status(now),
        "install_type": list(model.install_type),
        "specification": {},
    }
    record.update(model.override)
    for name in model.missing:
        record.pop(name, None)
    return record


def detail(model: Model, now: int, project: str, owner: str) -> dict[str, Any]:
    """Return the body of 6.1.3: ``apis``, ``model_metrics`` and ``config`` are JSON in strings."""
    asked = model.asked
    location = f"https://ml-platform-models.obs.cn-north-4.myhuaweicloud.com/{model.name}"
    apis = asked.get("apis") or DEFAULT_APIS
    metrics = asked.get("model_metrics") or json.dumps(
        {"f1": 0.912, "recall": 0.905, "precision": 0.934, "accuracy": 0.921}
    )
    record = row(model, now, project, owner) | {
        "model_type": model.type,
        "runtime": asked.get("runtime") or "python3.6",
        "source_location": asked.get("source_location") or location,
        "source_job_id": asked.get("source_job_id", ""),
        "source_job_version": asked.get("source_job_version", ""),
        "execution_code": asked.get("execution_code") or f"{location}/model/customize_service.py",
        "image_address": f"100.125.5.235:20202/models/{model.id}:{model.version}",
        "input_params": asked.get("input_params") or [{**_PARAM, "param_desc": '{"type":"object"}'}],
        "output_params": asked.get("output_params") or [{**_PARAM, "param_desc": '{"type":"object"}'}],
        "dependencies": asked.get("dependencies") or DEFAULT_DEPENDENCIES,
        "model_metrics": metrics,
        "apis": apis if isinstance(apis, str) else json.dumps(apis, separators=(",", ":")),
        "model_labels": [],
        "labels_map": {"labels": []},
        "install_type": [kind.replace("real-time", "realtime") for kind in model.install_type],
    }
    record["config"] = _config(model, record)
    return record | model.override


def _config(model: Model, record: dict[str, Any]) -> str:
    return json.dumps(
        {
            "model_algorithm": model.asked.get("model_algorithm", "image_classification"),
            "model_source": "custom",
            "tunable": False,
            "downloadable_flag": True,
            "metrics": json.loads(record["model_metrics"]),
            "model_type": model.type,
            "runtime": record["runtime"],
            "apis": json.loads(record["apis"]),
            "dependencies": record["dependencies"],
        },
        ensure_ascii=False,
    )
