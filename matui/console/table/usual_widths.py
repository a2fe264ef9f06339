"""The widths of columns at a first start, for kinds whose rows and numbers come one after the other."""

from __future__ import annotations

from collections.abc import Mapping

from matui.resources.kinds.triage import TRIAGE

_NAMES = {"name": 23, "status": 15, "owner": 12}
# In cells, by kind and column. Sparse columns listed here are there from the start.
USUAL_WIDTHS: Mapping[str, Mapping[str, int]] = {
    TRIAGE.id: {**_NAMES, "kind": 14, "help": 3},
    "jobs": {**_NAMES, "step": 16, "loss": 8, "eta": 8, "version": 8},
}
