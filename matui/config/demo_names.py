"""The names of the profiles that the built-in simulator has."""

from __future__ import annotations

# One of each cloud, in the order in which the demo opens them.
DEMO_PROFILES = ("demo", "demo-qianfan", "demo-opensearch")
