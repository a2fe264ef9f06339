"""Edge nodes that a service runs on (7.3 and 7.4 of the reference); their id is ``SERVICE/NODE``."""

from __future__ import annotations

from matui.base.text.formatting import format_bytes
from matui.resources.columns import ID, NAME, STATUS, build_fact_count_column, build_fact_text_column
from matui.resources.kind import Action, Kind, refuse_in
from matui.resources.model import build_status_table

STATUSES = build_status_table(running="running", pending="notReady", stopped="stopped", failed="failed")
_explain_no_start = refuse_in({"running": "the service is already running on it"})
_explain_no_stop = refuse_in({"stopped": "the service is already stopped on it"})

NODES = Kind(
    id="nodes",
    singular="node",
    short=(),
    title="Edge nodes",
    within="services",
    columns=(
        NAME,
        STATUS,
        build_fact_text_column("host", "HOST", width=8, max_width=20, drop=7),
        build_fact_count_column("cpu", "CPUS", drop=8, show=lambda value: f"{value:g}"),
        build_fact_count_column(
            "memory_mb", "MEMORY", drop=9, width=8, show=lambda mb: format_bytes(mb * 1024 * 1024)
        ),
        build_fact_count_column("gpu", "GPUS", drop=8, show=lambda value: f"{value:g}"),
        build_fact_text_column("url", "INFERENCE ADDRESS", width=17, max_width=40, drop=10),
        ID,
    ),
    actions=(
        Action("start", "start", _explain_no_start, "The service runs on this edge node.", becomes="running"),
        Action(
            "stop",
            "stop",
            _explain_no_stop,
            "The service stops on this edge node; callers there get errors.",
            becomes="stopped",
        ),
    ),
)
