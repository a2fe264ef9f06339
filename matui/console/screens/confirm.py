"""The dialog before an action: what will happen to what. Bound to ids, never to rows."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from matui.console.header import phase_style
from matui.console.messages import Updated
from matui.live.guard import Plan
from matui.resources.columns import PHASE_SYMBOLS, age, short_status
from matui.resources.model import Resource
from matui.text import clean, short_duration

_SHOWN = 12


class ConfirmScreen(ModalScreen[bool]):
    """Asks whether to go on. True only for a key pressed after the dialog was on the screen."""

    AUTO_FOCUS = ""

    def __init__(self, plan: Plan, *, profile: str, now_ms: float) -> None:
        super().__init__()
        self.plan = plan
        self._ready = [target.resource for target in plan.ready]
        self._profile = profile
        self._now_ms = now_ms
        self._armed_at = float("inf")
        self._spoilt = ""

    @property
    def typed(self) -> bool:
        """Whether the name has to be typed."""
        return self.plan.action.typed

    @property
    def expected(self) -> str:
        """What has to be typed: the name of the one resource, or how many there are."""
        ready = self._ready
        return ready[0].name if len(ready) == 1 else f"{self.plan.action.id} {len(ready)}"

    def compose(self) -> ComposeResult:
        """Lay out the question, what it concerns, and how to answer."""
        with Vertical(id="dialog"):
            yield Static(self._question(), id="question")
            with VerticalScroll(id="targets", can_focus=False):
                yield Static(Content("\n").join(self._targets()))
            yield Static(Content(self.plan.action.consequence), id="consequence")
            if self.typed:
                yield Static(self._typing_prompt(), id="typing")
                name = Input(id="name", select_on_focus=False)
                name.cursor_blink = False
                yield name
            yield Static(self._answers(), id="answers")

    def on_mount(self) -> None:
        """Arm the dialog once it has been painted."""
        self.call_after_refresh(self._arm)

    def _arm(self) -> None:
        self._armed_at = monotonic()
        if self.typed:
            self.query_one("#name", Input).focus()

    def _question(self) -> Content:
        ready = self._ready
        what = f"{ready[0].kind[:-1]}" if len(ready) == 1 else f"{len(ready)} {ready[0].kind}"
        return Content.assemble(
            (f"{self.plan.action.label.capitalize()} {what} ", "bold"),
            ("on ", "$text-muted"),
            (f" {self._profile} ", "bold $background on $accent"),
        )

    def _targets(self) -> list[Content]:
        ready = self._ready
        lines = [self._target(resource) for resource in ready[:_SHOWN]]
        if len(ready) > _SHOWN:
            lines.append(Content.styled(f"… and {len(ready) - _SHOWN} more", "$text-muted"))
        refused = [target for target in self.plan.targets if target.refusal]
        lines += [
            Content.styled(f"not {target.resource.name}: {target.refusal}", "$text-muted")
            for target in refused[:_SHOWN]
        ]
        return lines

    def _target(self, resource: Resource) -> Content:
        facts = [clean(resource.id), resource.owner and f"owner {resource.owner}"]
        if resource.duration_ms is not None:
            facts.append(f"running for {short_duration(resource.duration_ms / 1000)}")
        elif resource.created_at is not None:
            facts.append(f"age {age(resource.created_at, self._now_ms)}")
        return Content.assemble(
            (resource.name, "bold"),
            "  ",
            (f"{PHASE_SYMBOLS[resource.phase]} {short_status(resource.status)}", phase_style(resource.phase)),
            (f"\n  {' · '.join(fact for fact in facts if fact)}", "$text-muted"),
        )

    def _typing_prompt(self) -> Content:
        what = "the name" if len(self._ready) == 1 else "these words"
        return Content.assemble((f"Type {what} to confirm: ", "$text-muted"), (self.expected, "bold"))

    def _answers(self) -> Content:
        if self._spoilt:
            return Content.assemble((self._spoilt, "$text-error"), ("  esc closes", "$text-muted"))
        if self.typed:
            return Content.assemble(
                (" enter ", "bold $accent"),
                ("confirm  ", "$text-muted"),
                (" esc ", "bold $accent"),
                ("cancel", "$text-muted"),
            )
        return Content.assemble(
            (" y ", "bold $accent"),
            ("confirm  ", "$text-muted"),
            (" n ", "bold $accent"),
            ("cancel", "$text-muted"),
        )

    def on_key(self, event: events.Key) -> None:
        """Take the answer. A key that was pressed before the dialog was painted answers nothing."""
        if event.key == "escape" or (event.key == "n" and not self.typed):
            event.stop()
            self.dismiss(False)
        elif event.key == "y" and not self.typed:
            event.stop()
            if event.time >= self._armed_at and not self._spoilt:
                self.dismiss(True)

    @on(Input.Submitted, "#name")
    def _name_typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self._spoilt:
            return
        if self._is_expected(event.value):
            self.dismiss(True)
            return
        self.query_one("#typing", Static).update(
            Content.assemble(("That is not it. Type: ", "$text-error"), (self.expected, "bold"))
        )

    def _is_expected(self, value: str) -> bool:
        ready = self._ready
        return value == self.expected or (len(ready) == 1 and value == ready[0].id)

    @on(Updated)
    def _world_changed(self, event: Updated) -> None:
        """Disarm when what the dialog speaks of is no longer so."""
        reason = _changed(self._ready, event)
        if reason and not self._spoilt:
            self._spoilt = reason
            self.query_one("#answers", Static).update(self._answers())


def _changed(resources: Sequence[Resource], event: Updated) -> str:
    gone = {resource.key for resource in event.update.diff.removed}
    now = {resource.key: resource for resource in event.update.diff.changed}
    for resource in resources:
        if resource.key in gone:
            return f"{resource.name} is gone."
        later = now.get(resource.key)
        if later is not None and later.status != resource.status:
            return f"{resource.name} is now {short_status(later.status)}."
    return ""
