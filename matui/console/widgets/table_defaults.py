"""The table's keys for moving about, and its looks under themes that are not matui's own."""

from __future__ import annotations

from textual.binding import Binding, BindingType

TABLE_BINDINGS: list[BindingType] = [
    Binding("down,j", "move(1)", "Down", show=False),
    Binding("up,k", "move(-1)", "Up", show=False),
    Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
    Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
    Binding("home,g", "top", "Top", show=False),
    Binding("end,G", "bottom", "Bottom", show=False),
    Binding("right", "columns(1)", "Columns to the right", show=False),
    Binding("left", "columns(-1)", "Columns to the left", show=False),
    Binding("enter", "open", "Open", show=False),
]

TABLE_CSS = """
    ResourceTable {
        & > .resource-table--header { color: $text-muted; text-style: bold; }
        & > .resource-table--header-sorted { color: $accent; text-style: bold; }
        & > .resource-table--name { text-style: bold; }
        & > .resource-table--muted { color: $text-muted; }
        & > .resource-table--cursor { background: $primary; color: $background; text-style: bold; }
        & > .resource-table--cursor-blurred { background: $panel; color: $foreground; }
        & > .resource-table--mark { color: $accent; text-style: bold; }
        & > .resource-table--thumb { color: $panel; }
        & > .resource-table--placeholder { color: $text-muted; }
        & > .resource-table--phase-running { color: $success; }
        & > .resource-table--phase-pending { color: $accent; }
        & > .resource-table--phase-done { color: $text-muted; }
        & > .resource-table--phase-stopped { color: $text-muted; }
        & > .resource-table--phase-degraded { color: $warning; }
        & > .resource-table--phase-failed { color: $error; text-style: bold; }
        & > .resource-table--phase-unknown { color: $secondary; }
        & > .resource-table--profile-cyan { color: $accent; }
        & > .resource-table--profile-magenta { color: $secondary; }
        & > .resource-table--profile-green { color: $success; }
        & > .resource-table--profile-yellow { color: $warning; }
        & > .resource-table--profile-blue { color: $primary; }
        & > .resource-table--profile-red { color: $error; }
    }
    """
