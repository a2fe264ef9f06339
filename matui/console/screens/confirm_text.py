"""The texts of the dialog before an action, as Content."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from matui.base.text.cells import measure_width
from matui.base.text.sanitize import make_visible
from matui.console.bars.header import get_chip_style, get_phase_style
from matui.console.terminal.filters import Charset, spell_out
from matui.live.actions.guard import Plan, Target
from matui.live.actions.target_text import (
    build_required_phrase,
    format_name,
    format_resource_count,
    list_facts,
)
from matui.resources.columns import format_status
from matui.resources.registry import get_kind

_MOST_SHOWN = 200


class ProfileBadge(NamedTuple):
    """A profile that is acted on; ``colour`` is ``""`` where it has none of its own."""

    profile: str
    region: str
    colour: str = ""

    @property
    def chip(self) -> Content:
        """The profile's name in its colour."""
        return Content.styled(f" {self.profile} ", get_chip_style(self.colour))


def format_action(plan: Plan) -> str:
    """Return the action and its targets: ``Stop notebook``, ``Delete 3 jobs``."""
    ready = plan.ready
    kind_id = ready[0].resource.kind
    one = get_kind(kind_id).singular
    words = plan.action.name_with(one if len(ready) == 1 else format_resource_count(kind_id, len(ready)))
    return f"{words[:1].upper()}{words[1:]}"


def format_question(plan: Plan, scenes: Sequence[ProfileBadge], hidden: int = 0) -> Content:
    """Return the question: the action, the number of targets, and each profile in its colour.

    ``hidden`` is the number of targets that the filter of the table hides. Targets that are left out are
    counted: the reasons stand at the end of the list.
    """
    refused = len(plan.targets) - len(plan.ready)
    here = {target.resource.profile for target in plan.ready}
    places = [Content.assemble(s.chip, (f" {s.region}", "$text-muted")) for s in scenes if s.profile in here]
    return Content.assemble(
        (f"{format_action(plan)} ", "bold"),
        ("on ", "$text-muted"),
        Content("  ").join(places),
        (f"  {hidden} of them hidden by the filter" if hidden else "", "bold $text-warning"),
        (f"  {refused} left out" if refused else "", "bold $text-warning"),
    )


def format_targets(
    plan: Plan, now_ms: float, scenes: Sequence[ProfileBadge] = (), *, width: int = 70
) -> Content:
    """Return each target, what is left out and why, and the notes: first where there are several targets.

    With several profiles each line names its own. ``width`` is what there is for a line, in cells.
    """
    ready = plan.ready
    chips = {s.profile: Content.assemble(s.chip, " ") for s in scenes} if len(scenes) > 1 else {}
    lines = [
        Content.assemble(
            chips.get(target.resource.profile, Content("")), _format_target(target, now_ms, width)
        )
        for target in ready[:_MOST_SHOWN]
    ]
    if len(ready) > _MOST_SHOWN:
        lines.append(Content.styled(f"… and {len(ready) - _MOST_SHOWN} more", "$text-muted"))
    refused = [target for target in plan.targets if target.refusal]
    lines += [
        Content.assemble(
            chips.get(target.resource.profile, Content("")),
            (f"not {format_name(target.resource)}: {target.refusal}", "$text-muted"),
        )
        for target in refused[:_MOST_SHOWN]
    ]
    notes = [Content.styled(make_visible(note), "$text-warning") for note in plan.notes]
    return Content("\n").join([*notes, *lines] if len(ready) > 1 else [*lines, *notes])


def _format_target(target: Target, now_ms: float, width: int) -> Content:
    resource = target.resource
    ident = make_visible(resource.id)
    # Without the word that would stand on a line of its own.
    facts = [ident if measure_width(ident) + 5 > width else f"id {ident}", *list_facts(resource, now_ms)]
    protected = f'\n  protected by "{target.protected}" (guard.protect)' if target.protected else ""
    return Content.assemble(
        (format_name(resource), "bold"),
        "  ",
        (format_status(resource), get_phase_style(resource.phase)),
        ("".join(f"\n{line}" for line in _join_facts(facts, width)), "$text-muted"),
        (protected, "$text-warning"),
    )


def _join_facts(facts: Sequence[str], width: int) -> list[str]:
    """Return indented lines of facts that fit the width in cells; a longer fact has a line of its own."""
    lines: list[str] = []
    for fact in facts:
        joined = f"{lines[-1]} · {fact}" if lines else ""
        if joined and measure_width(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(f"  {fact}" if measure_width(fact) + 2 <= width else fact)
    return lines


def format_typing_prompt(plan: Plan, charset: Charset, *, wrong: bool = False) -> Content:
    """Return the prompt for what has to be typed: the id where the terminal cannot show the name."""
    phrase = build_required_phrase(plan)
    if len(plan.ready) == 1 and spell_out(phrase, charset) != phrase:
        phrase = make_visible(plan.ready[0].resource.id)
    what = "the name (or the id)" if len(plan.ready) == 1 else "these words"
    before = "Does not match. Type: " if wrong else f"Type {what} to confirm: "
    return Content.assemble((before, "$text-error" if wrong else "$text-muted"), (phrase, "bold"))


def format_answers(plan: Plan, width: int = 80, *others: Content) -> Content:
    """Return the keys that answer, and ``others``; one below the other where ``width`` cells are too few."""
    yes, no = ("enter", "esc") if plan.typed else ("y", "n")
    wait = f", sends {plan.countdown_s:g} s later" if plan.countdown_s else ""
    confirm, key = f"confirm{wait}", (f" {yes} ", "bold $accent")
    cancel = Content.assemble((f" {no} ", "bold $accent"), ("cancel", "$text-muted"))
    line = Content.assemble(key, (f"{confirm}  ", "$text-muted"), cancel)
    line = Content("  ").join((line, *others))
    if line.cell_length <= width:
        return line
    return Content("\n").join((Content.assemble(key, (confirm, "$text-muted")), cancel, *others))


def format_countdown(plan: Plan, left_s: float) -> Content:
    """Return how long the action can still be cancelled."""
    return Content.assemble(
        (f"{plan.action.label} in {math.ceil(left_s)} s  ", "bold $text-warning"),
        (" esc ", "bold $accent"),
        ("cancels, nothing is sent yet", "$text-muted"),
    )


def format_disarmed(reason: str) -> Content:
    """Return why the dialog cannot send any more."""
    return Content.assemble(
        (reason, "$text-error"), (" Nothing was sent.  ", ""), ("esc closes", "$text-muted")
    )
