"""DevServers: bare-metal and virtual machines for development (ModelArts v2)."""

from __future__ import annotations

from matui.resources.columns import AGE, ID, NAME, STATUS, build_fact_text_column
from matui.resources.kind import Action, Kind, refuse_in
from matui.resources.model import build_status_table

STATUSES = build_status_table(
    running="RUNNING",
    pending="CREATING STARTING STOPPING DELETING REBOOTING CHANGINGOS REINSTALLINGOS",
    stopped="STOPPED DELETED",
    failed=(
        "ERROR CREATE_FAILED START_FAILED STOP_FAILED REBOOT_FAILED DELETE_FAILED CHANGEOS_FAILED"
        " REINSTALLOS_FAILED CHANGINGOS_FAILED REINSTALLINGOS_FAILED"
    ),
)

_MOVING = {
    "CREATING": "it is still being created",
    "STARTING": "it is starting",
    "STOPPING": "it is stopping",
    "REBOOTING": "it is rebooting",
    "CHANGINGOS": "its operating system is being changed",
    "REINSTALLINGOS": "its operating system is being installed again",
    "DELETING": "it is being deleted",
    "DELETED": "it is deleted",
}
_explain_no_start = refuse_in({**_MOVING, "RUNNING": "it is already running"})
_explain_no_stop = refuse_in({**_MOVING, "STOPPED": "it is not running"})

DEVSERVERS = Kind(
    id="devservers",
    singular="devserver",
    short=("dev", "ds"),
    title="DevServers",
    key="9",
    by_workspace=False,
    columns=(
        NAME,
        STATUS,
        build_fact_text_column("flavor", "FLAVOR", width=10, max_width=32, drop=7),
        build_fact_text_column("server_type", "TYPE", width=6, max_width=8, drop=9),
        build_fact_text_column("image", "IMAGE", width=10, max_width=32, drop=10),
        build_fact_text_column("charging", "CHARGED", width=8, max_width=12, drop=11),
        AGE,
        ID,
    ),
    cadence_s=30,
    actions=(
        Action(
            "start",
            "start",
            _explain_no_start,
            "The server starts and is billed.",
            becomes="STARTING",
            concerns=("flavor",),
        ),
        Action(
            "stop", "stop", _explain_no_stop, "Everything that runs on the server ends.", becomes="STOPPING"
        ),
        Action(
            "restart",
            "reboot",
            _explain_no_stop,
            "Everything that runs on the server ends.",
            becomes="REBOOTING",
        ),
    ),
)
