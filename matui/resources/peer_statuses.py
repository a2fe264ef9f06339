"""The status words of the clouds beside ModelArts; a word in no table keeps its text, phase ``unknown``."""

from __future__ import annotations

from matui.resources.phases import table

NO_TASK, UNTRAINED = "no task", "untrained"
NEVER_RUN = (NO_TASK, UNTRAINED)

# V2 tasks in the first line, V1 runs in the second.
QIANFAN_STATUSES = table(
    running="Running", pending="Waiting", done="Done FINISH", stopped="Stopped STOP", failed="Failed FAIL"
)
# Of a training, and of the graph an instance is trained by.
OPENSEARCH_STATUSES = table(
    running="running", pending="pending", done="success", stopped=UNTRAINED, failed="failed"
)
