"""Commands on the selected resources: panes, actions, forms and catalogs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from matui.base.errors import UsageError

if TYPE_CHECKING:
    from matui.console.browse_view import BrowseView
    from matui.console.panes.base import Pane
    from matui.console.panes.split import PaneHost
    from matui.console.table.selection import Selection
    from matui.resources.forms.form import FormMode
    from matui.resources.kind import PaneName
    from matui.resources.model import Resource

_CLASSES: dict[PaneName, str] = {
    "detail": "matui.console.panes.detail.DetailPane",
    "log": "matui.console.logs.pane.LogPane",
    "events": "matui.console.panes.detail.EventsPane",
    "metrics": "matui.console.curves.pane.MetricsPane",
    "versions": "matui.console.panes.tables.VersionsPane",
    "updates": "matui.console.panes.detail.UpdatesPane",
    "nodes": "matui.console.panes.tables.NodesPane",
    "why": "matui.console.panes.why.WhyPane",
    "raw": "matui.console.panes.detail.RawPane",
}


# Where a pane of a kind has a class of its own.
_OF_KIND: dict[tuple[PaneName, str], str] = {
    ("versions", "services"): "matui.console.panes.tables.RevisionsPane",
    ("nodes", "pools"): "matui.console.panes.tables.PoolNodesPane",
}


class ResourceCommands:
    """Opens panes, forms and catalogs, and starts actions."""

    def __init__(self, view: BrowseView, panes: PaneHost, selection: Selection) -> None:
        self._view = view
        self._panes = panes
        self._selection = selection

    async def open_pane(self, pane: PaneName, why_not: str) -> None:
        """Open a pane for the selected resource, or show why it is disabled."""
        resource, session = self._selection.get_one(), self._view.session
        if why_not:
            self._view.show_notice(as_sentence(why_not), wrong=True)
        elif session is None or resource is None:
            self._view.show_notice("Nothing is selected.", wrong=True)
        else:
            await self._view.panes.show(load_pane_class(pane, resource.kind)(session, resource))

    def act(self, action_id: str, argument: str) -> None:
        """Start an action on the marked resources, else on the selected one."""
        fleet, selection = self._view.fleet, self._selection.narrow_to_action(action_id)
        targets, table, hidden = selection.get_many(), selection.table, selection.hidden
        if fleet is None:
            return
        typed_ahead = self._view.typed_ahead
        typed_ahead.hold()
        end = typed_ahead.refuse if _asks_for_name(action_id) else typed_ahead.release
        try:
            options = _parse_options(action_id, targets, argument)
        except UsageError as error:
            end()
            self._view.show_notice(str(error), wrong=True)
            return

        async def run() -> None:
            from matui.console.commands.actions import WantedAction, run_action

            if selection.in_pane:
                self._refresh_pane()  # the dialog then shows what the last poll did not know
            try:
                wanted = WantedAction(action_id, targets, hidden, options)
                sent = await run_action(self._view.app, fleet, wanted, typed_ahead.release)
            finally:
                self._view.app.call_after_refresh(end)
            if sent and table is not None:
                table.marks.clear()
                self._refresh_pane()

        self._view.run_worker(run(), group="act", exit_on_error=True)

    def _refresh_pane(self) -> None:
        if self._panes.pane is not None:
            self._panes.pane.refresh_now()

    def fill_form(self, mode: FormMode, why_not: str) -> None:
        """Open the form for the selected resource in the editor, or show why it is disabled."""
        session, kind = self._view.session, self._selection.kind
        if session is None or kind is None or why_not:
            self._view.show_notice(as_sentence(why_not), wrong=True)
            return
        resource = self._selection.get_one() if mode != "create" else None
        from matui.resources.kinds.deployments import DEPLOYMENTS, choose_form_kind_id

        kind_id = choose_form_kind_id(kind, mode)
        pane = self._panes.pane
        service = pane.resource if kind_id == DEPLOYMENTS.id and pane is not None else None
        typed_ahead = self._view.typed_ahead
        typed_ahead.hold()

        async def run() -> None:
            from matui.console.commands.forms import fill_form, show_result

            try:
                sent = await fill_form(
                    self._view.app,
                    session,
                    mode,
                    kind_id,
                    resource,
                    within=service,
                    on_edited=typed_ahead.release,
                )
            finally:
                self._view.app.call_after_refresh(typed_ahead.release)
            if sent is not None:
                await show_result(self._view, self._panes, session, sent)

        self._view.run_worker(run(), group="act", exit_on_error=True)

    def open_catalog(self, catalog: str) -> None:
        """Open a catalog of the cloud."""
        from matui.console.screens.catalog import CatalogScreen

        if self._view.session is not None:
            self._view.app.push_screen(CatalogScreen(self._view.session, catalog))


def _parse_options(action_id: str, targets: Sequence[Resource], argument: str) -> Mapping[str, str]:
    """Return the options of an argument. Raises UsageError where it does not fit the action."""
    from matui.resources.registry import get_kind

    if not targets:
        raise UsageError("Nothing is selected.", remedy="Select a row, or mark some with space.")
    action = get_kind(targets[0].kind).find_action(action_id)
    if action is None:
        return {}
    if action.parse is not None:
        return action.parse(argument)
    if argument:
        raise UsageError(f"{action_id} is for what is selected or marked, and takes no name.")
    return {}


def _asks_for_name(action_id: str) -> bool:
    """Return whether the dialog of an action asks for a name, of whatever kind."""
    from matui.resources.registry import KINDS

    actions = (kind.find_action(action_id) for kind in KINDS.values())
    return any(action is not None and action.typed for action in actions)


def as_sentence(words: str) -> str:
    """Return a reason as a sentence."""
    return f"{words[:1].upper()}{words[1:]}."


def load_pane_class(pane: PaneName, kind_id: str = "") -> type[Pane]:
    """Return the class of a pane of a kind, imported when it is first opened."""
    module, _, name = _OF_KIND.get((pane, kind_id), _CLASSES[pane]).rpartition(".")
    found: type[Pane] = getattr(import_module(module), name)
    return found
