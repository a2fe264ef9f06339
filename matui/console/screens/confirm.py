"""The dialogs before an action or a form is sent, bound to ids, never to rows: targets, changes, answers."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from matui.base.clock import Clock
from matui.console.messages import PaneUpdated, Updated
from matui.console.screens.confirm_text import (
    ProfileBadge,
    format_answers,
    format_countdown,
    format_disarmed,
    format_question,
    format_targets,
    format_typing_prompt,
)
from matui.console.terminal.screen import DiffModal
from matui.console.terminal.spelling import SpelledStatic, get_charset
from matui.live.actions.guard import Plan, find_other_concern
from matui.live.actions.target_text import accepts, describe_running, format_name
from matui.live.forms.draft import Draft
from matui.live.forms.workflow import DraftDecision
from matui.live.poll.rows import Diff
from matui.resources.columns import shorten_status
from matui.resources.forms.form import ABSENT, format_change
from matui.resources.kind import Action
from matui.resources.model import Resource

_COMPACT_ROWS = 24
_TOO_SMALL = "Too small to show what is asked: enlarge the terminal, or cancel with esc."
_SCROLLS = "↑ ↓ scroll the list"
_WIDEST, _CHROME = 76, 8  # cells of a dialog; of its border, its padding and a scrollbar
MAX_CLOCK_JUMP_S = 2.0
MAX_LIST_ROWS = 14
_ROWS_ABOVE = 2  # the target, the note
_SEEN_AT_ONCE = 2


def fit_dialog(screen: Screen[Any], most: int) -> bool:
    """Give the list ``#targets`` of ``#dialog`` what the other parts leave of the rows, ``most`` at most.

    The border names the keys where the list is longer. Returns whether there is a row for the list.
    """
    dialog = screen.query_one("#dialog")
    targets = screen.query_one("#targets", VerticalScroll)
    size = screen.app.size
    others = [child for child in dialog.children if child is not targets and child.id != "too-small"]
    dialog.set_class(False, "compact")
    if _count_rows_left(dialog, others, size.height) < min(
        most, _count_list_rows(targets, _compute_inner_width(dialog))
    ):
        dialog.set_class(size.height <= _COMPACT_ROWS, "compact")
    left = _count_rows_left(dialog, others, size.height)
    shown = max(1, min(most, left))
    targets.styles.max_height = shown
    fits = left >= 1
    is_longer = _count_list_rows(targets, _compute_inner_width(dialog)) > shown
    dialog.border_subtitle = _SCROLLS if fits and is_longer else ""
    return fits


def compute_narrowest_inner_width(columns: int) -> int:
    """Return the cells for a line of the list of a dialog that scrolls, on a screen of so many columns."""
    return max(1, min(_WIDEST, columns * 96 // 100) - _CHROME)


def _count_rows_left(dialog: Widget, others: list[Widget], rows: int) -> int:
    chrome = dialog.styles.gutter.height
    share = rows if dialog.has_class("compact") else rows * 9 // 10
    width = _compute_inner_width(dialog)
    return share - chrome - sum(_count_rows(other, width) for other in others)


def _count_rows(widget: Widget, width: int) -> int:
    size = widget.app.size
    inner = max(1, width - widget.styles.gutter.width)
    content = widget.get_content_height(size, size, inner)
    return content + widget.styles.gutter.height + widget.styles.margin.height


def _count_list_rows(targets: VerticalScroll, width: int) -> int:
    return sum(_count_rows(child, width) for child in targets.children)


def _compute_inner_width(dialog: Widget) -> int:
    columns = dialog.app.size.width
    widest = dialog.styles.width
    wanted = int(widest.value) if widest is not None and widest.cells is not None else columns
    return max(1, min(wanted, columns * 96 // 100) - dialog.styles.gutter.width)


class ArmedInput(Input):
    """Ignores keys and pastes from before ``armed_at`` (monotonic seconds), enter included, but not esc."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, select_on_focus=False)
        self.cursor_blink = False
        self.armed_at = float("inf")

    def on_key(self, event: events.Key) -> None:
        if event.key != "escape":
            self._refuse_early(event)

    def on_paste(self, event: events.Paste) -> None:
        self._refuse_early(event)

    def _refuse_early(self, event: events.Event) -> None:
        if event.time < self.armed_at:
            event.stop()
            event.prevent_default()


class ConfirmScreen(DiffModal[bool]):
    """Asks whether to go on, and counts down where the plan says so.

    True only for an answer given after the dialog was painted, while its targets are unchanged.
    """

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
    ]

    def __init__(self, plan: Plan, scenes: Sequence[ProfileBadge], *, clock: Clock, hidden: int = 0) -> None:
        super().__init__()
        self.plan = plan
        self.agreed = False
        self._scenes = scenes
        self._hidden = hidden
        self._clock = clock
        self._armed_at = float("inf")
        self._is_disarmed = False
        self._is_too_small = False
        self._answered = False

    def compose(self) -> ComposeResult:
        """Lay out question, targets and answers."""
        with Vertical(id="dialog"):
            yield SpelledStatic(format_question(self.plan, self._scenes, self._hidden), id="question")
            with VerticalScroll(id="targets", can_focus=False):
                yield SpelledStatic(self.render_subject(), id="about")
            of = [target.resource for target in self.plan.ready]
            words = f"{describe_running(self.plan)} {self.plan.action.describe_consequence(of)}".strip()
            yield SpelledStatic(Content(words), id="consequence")
            if self.plan.typed:
                yield SpelledStatic(format_typing_prompt(self.plan, get_charset(self.app)), id="typing")
                yield ArmedInput(id="name")
            yield SpelledStatic(self.format_answers(), id="answers")
            yield SpelledStatic(_TOO_SMALL, id="too-small")

    def render_subject(self) -> Content:
        """Return the targets of the action."""
        width = compute_narrowest_inner_width(self.app.size.width)
        return format_targets(self.plan, self._clock.now() * 1000, self._scenes, width=width)

    def format_answers(self) -> Content:
        """Return the keys that answer."""
        return format_answers(self.plan, compute_narrowest_inner_width(self.app.size.width))

    def limit_list_rows(self) -> int:
        """Return the most rows that the list of targets takes."""
        return MAX_LIST_ROWS

    def on_resize(self) -> None:
        """Fit the list of targets to the screen: question, prompt and answers stay in view."""
        self.query_one("#about", Static).update(self.render_subject())
        if not self.agreed and not self._is_disarmed:
            self.query_one("#answers", Static).update(self.format_answers())
        self._fit()

    def _fit(self) -> None:
        """Show the parts that fit, or that the screen is too small: what is not shown is not confirmed."""
        self._is_too_small = not fit_dialog(self, self.limit_list_rows())
        is_answered = self.agreed or self._is_disarmed
        for part in self.query_one("#dialog").children:
            if part.id == "too-small":
                part.display = self._is_too_small and not is_answered
            else:
                part.display = not self._is_too_small or (is_answered and part.id == "answers")
        if self.plan.typed and not self._is_too_small and not is_answered:
            self.query_one("#name", ArmedInput).focus()

    def on_mount(self) -> None:
        """Arm the dialog once it has been painted."""
        self.call_after_refresh(self._arm)

    def _arm(self) -> None:
        self._armed_at = monotonic()
        if self.plan.typed and not self.agreed:
            name = self.query_one("#name", ArmedInput)
            name.armed_at = self._armed_at
            name.focus()

    def on_key(self, event: events.Key) -> None:
        """Take the answer. A key pressed before the dialog was painted is ignored."""
        cancels = event.key == "escape" or (event.key == "n" and not self.plan.typed)
        if cancels:
            event.stop()
            self._close(sent=False)
        elif event.key == "y" and not self.plan.typed:
            event.stop()
            if event.time >= self._armed_at:
                self._agree()
        elif event.is_printable:
            event.stop()  # else it would reach the application after a later key has closed the dialog

    @on(Input.Submitted, "#name")
    def _confirm_typed_name(self, event: Input.Submitted) -> None:
        event.stop()
        if accepts(self.plan, event.value):
            self._agree()
        elif not self._is_disarmed:
            self.query_one("#typing", Static).update(
                format_typing_prompt(self.plan, get_charset(self.app), wrong=True)
            )
            self._fit()

    def _agree(self) -> None:
        if self._is_disarmed or self.agreed or self._is_too_small:
            return
        self.agreed = True
        self.set_focus(None)
        for name in self.query("#name"):
            name.disabled = True
        self.run_worker(self._count_down(), exclusive=True)

    async def _count_down(self) -> None:
        """Count down, then send; not after the process was stopped meanwhile (ctrl+z)."""
        left = self.plan.countdown_s
        until = self._clock.monotonic() + left
        while left > 0 and not self._is_disarmed:
            self._answer_with(format_countdown(self.plan, left))
            await self._clock.sleep(min(1.0, left))
            left = until - self._clock.monotonic()
            if left < -MAX_CLOCK_JUMP_S:
                self._disarm("matui was stopped meanwhile.")
        self.call_later(self._send)  # a screen cannot be closed by a task of its own

    def _send(self) -> None:
        if not self._is_disarmed:
            self._close(sent=True)

    def _close(self, *, sent: bool) -> None:
        if not self._answered:
            self._answered = True
            self.dismiss(sent)

    @on(Updated)
    def _disarm_on_change(self, event: Updated) -> None:
        """Disarm when a target has changed."""
        self._check_diff(event.update.diff)

    @on(PaneUpdated)
    def _disarm_on_pane_change(self, event: PaneUpdated) -> None:
        """Disarm when a target that only a pane lists has changed."""
        self._check_diff(event.diff)

    def _check_diff(self, diff: Diff) -> None:
        reason = _find_change([target.resource for target in self.plan.ready], diff, self.plan.action)
        if reason and not self._is_disarmed:
            self._disarm(reason)

    def _disarm(self, reason: str) -> None:
        self._is_disarmed = True
        self._answer_with(format_disarmed(reason))

    def _answer_with(self, content: Content) -> None:
        self.query_one("#answers", Static).update(content)
        self._fit()

    def action_scroll(self, lines: int) -> None:
        """Scroll the list of targets."""
        self.query_one("#targets", VerticalScroll).scroll_relative(y=lines, animate=False, immediate=True)

    def action_edge(self, side: int) -> None:
        """Scroll to the first or the last target."""
        targets = self.query_one("#targets", VerticalScroll)
        targets.scroll_to(y=targets.max_scroll_y if side > 0 else 0, animate=False, immediate=True)


def _find_change(resources: Sequence[Resource], diff: Diff, action: Action) -> str:
    gone = {resource.key for resource in diff.removed}
    now = {resource.key: resource for resource in diff.changed}
    for resource in resources:
        if resource.key in gone:
            return f"{format_name(resource)} is gone."
        later = now.get(resource.key)
        if later is not None and later.status != resource.status:
            return f"{format_name(resource)} is now {shorten_status(later.status)}."
        if later is not None and later.name != resource.name:
            return f"{format_name(resource)} is now named {format_name(later)}."
        other = find_other_concern(resource, later, action) if later is not None else None
        if other is not None:
            return f"{format_name(resource)} has changed: {other}."
    return ""


class ConfirmChangesScreen(ConfirmScreen):
    """Asks whether to send the draft; ``e`` goes back into the editor."""

    def __init__(self, plan: Plan, draft: Draft, scene: ProfileBadge, *, clock: Clock) -> None:
        super().__init__(plan, (scene,), clock=clock)
        self._draft = draft
        self._edit_again = False
        self.set_class(plan.typed, "typed")

    def limit_list_rows(self) -> int:
        """Return the most rows that the changes take."""
        return self.app.size.height * (25 if self.plan.typed else 40) // 100

    def render_subject(self) -> Content:
        """Return the target and each change."""
        count = len(self._draft.changes)
        lines = []
        for change in self._draft.changes:
            path, old, new = format_change(change)
            before = [] if change.old in (ABSENT, "") else [(f"  − {old}\n", "$text-error")]
            lines.append(Content.assemble((f"{path}\n", "bold"), *before, (f"  + {new}", "$text-success")))
        if not self._draft.changes:
            lines.append(Content.styled("As it was: nothing was changed.", "$text-muted"))
        listed = Content("\n").join(lines)
        fits = listed.plain.count("\n") + 1 + _ROWS_ABOVE <= self.limit_list_rows()
        parts = (f"{count} changes" if count > _SEEN_AT_ONCE else "", "" if fits else "↓ shows the rest")
        note = Content.styled("; ".join(part for part in parts if part), "$text-muted")
        return Content("\n").join((super().render_subject(), note, listed))

    def format_answers(self) -> Content:
        """Return the keys that answer."""
        if self.plan.typed:
            return super().format_answers()
        again = Content.assemble((" e ", "bold $accent"), ("edit again", "$text-muted"))
        return format_answers(self.plan, compute_narrowest_inner_width(self.app.size.width), again)

    def on_key(self, event: events.Key) -> None:
        """Take ``e`` too, until the draft is confirmed."""
        if event.key == "e" and not self.plan.typed and not self.agreed:
            event.stop()
            if event.time >= self._armed_at:
                self._edit_again = True
                self._close(sent=False)

    def _disarm(self, reason: str) -> None:
        """Ignore changes of state: an edit is re-read before it is sent."""
        if reason.endswith(("is gone.", "meanwhile.")):
            super()._disarm(reason)

    def answer(self, *, sent: bool) -> DraftDecision:
        """Return the answer that closed the dialog."""
        if sent:
            return "send"
        return "edit" if self._edit_again else "drop"
