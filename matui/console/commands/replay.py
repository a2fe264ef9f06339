"""The commands of a replay: play and pause, step, speed, go to a time."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from matui.base.errors import MatuiError
from matui.console.panes.stack import focus_now

if TYPE_CHECKING:
    from matui.console.bars.prompt_controller import PromptController
    from matui.console.browse_view import BrowseView
    from matui.console.panes.base import Pane
    from matui.console.panes.split import PaneHost
    from matui.console.table.selection import Selection
    from matui.live.recording.playback import Playback

_HINT = "03:12, -10m, +1h, 2020-07-16 08:22"


class ReplayCommands:
    """Moves the time of a replay, and shows everything as of then."""

    def __init__(
        self,
        view: BrowseView,
        panes: PaneHost,
        selection: Selection,
        typing: PromptController,
        playback: Playback | None,
    ) -> None:
        self._view = view
        self._panes = panes
        self._selection = selection
        self._typing = typing
        self._replayed = playback
        self.by_id = {
            "replay_play": self._play,
            "replay_step": self._step,
            "replay_back": self._step_back,
            "replay_faster": self._speed_up,
            "replay_slower": self._slow_down,
            "replay_goto": self._go_to,
        }

    @property
    def _playback(self) -> Playback | None:
        if self._replayed is None:
            self._view.show_notice("Only in a replay.", wrong=True)
        return self._replayed

    async def _play(self, _argument: str) -> None:
        if (playback := self._playback) is not None:
            before = playback.at_ms
            playback.toggle()
            await self._show(playback, before)

    async def _step(self, _argument: str) -> None:
        await self._move(forward=True)

    async def _step_back(self, _argument: str) -> None:
        await self._move(forward=False)

    async def _move(self, *, forward: bool) -> None:
        playback = self._playback
        if playback is None:
            return
        before = playback.at_ms
        if not playback.step(forward=forward):
            self._view.show_notice(f"Nothing changes {'after' if forward else 'before'} this time.")
        await self._show(playback, before, is_jump=not forward)

    async def _speed_up(self, _argument: str) -> None:
        self._change_speed(1)

    async def _slow_down(self, _argument: str) -> None:
        self._change_speed(-1)

    def _change_speed(self, steps: int) -> None:
        if (playback := self._playback) is not None:
            if not playback.change_speed(steps):
                self._view.show_notice(f"It does not play {'faster' if steps > 0 else 'slower'}.")
            self._view.show_bars()

    async def _go_to(self, text: str) -> None:
        if (playback := self._playback) is None:
            return
        if text:
            self._jump(playback, text)
        else:
            self._typing.ask("goto_time", _HINT, lambda typed: self._jump(playback, typed))

    def _jump(self, playback: Playback, text: str) -> None:
        before = playback.at_ms
        try:
            outside = playback.go_to(text)
        except ValueError as error:
            self._view.show_notice(f"{str(error)[:1].upper()}{str(error)[1:]}.", wrong=True)
        else:
            if outside:
                self._view.show_notice(outside)
            self._view.run_worker(
                self._show(playback, before, is_jump=True), group="replay", exit_on_error=True
            )

    async def _show(self, playback: Playback, before: int, *, is_jump: bool = False) -> None:
        """Read everything as of the time now; after a jump, what is known of the time before is discarded.

        The differences that a jump makes are not counted as changes.
        """
        fleet, pane = self._view.fleet, self._panes.pane
        if fleet is not None and playback.at_ms != before:
            is_jump = is_jump or playback.at_ms < before
            if is_jump:
                self._view.unseen.clear()
                self._view.shown.show_another_time()
            else:
                fleet.controls.trigger()
            if is_jump and pane is not None:
                await self._show_anew(pane)
        self._view.show_bars()

    async def _show_anew(self, pane: Pane) -> None:
        """Build the open pane anew, about its resource as it was at the time."""
        from matui.clouds.protocols import Reads

        was_in_pane, table = self._selection.in_pane, self._selection.table
        resource, cloud = pane.resource, pane.session.cloud
        if isinstance(cloud, Reads) and resource.kind in cloud.kinds:
            with suppress(MatuiError):
                resource = await cloud.read(resource.kind, resource.id)
        await self._view.panes.show(type(pane)(pane.session, resource))
        if not was_in_pane and table is not None:
            focus_now(table)
