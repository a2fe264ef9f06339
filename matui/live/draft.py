"""What was filled in, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from matui.clouds.form_port import FormResult
from matui.live.outcome import Outcome
from matui.resources.form import Change, Form, FormKind, Problem, Values
from matui.resources.form_reading import told
from matui.resources.kind import Action

CONSEQUENCES: dict[FormKind, str] = {
    "edit": "Only what is shown here changes.",
    "create": "It is made at once, and billed as long as it runs.",
    "rerun": "A new version is made and starts at once; it is billed as long as it runs.",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What was filled in. ``values`` is None where the text is no TOML; then nothing can be sent."""

    form: Form
    values: Values | None
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def problem_words(self) -> str:
        """What is wrong, in one sentence."""
        return "It is no TOML." if self.values is None else f"{'; '.join(map(told, self.problems))}."

    @property
    def wrong(self) -> bool:
        """Whether it has to be mended before it can be sent."""
        return self.values is None or bool(self.problems)

    @property
    def idle(self) -> bool:
        """Whether it changes nothing of what is there."""
        return not self.changes and self.form.deed == "edit"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a draft. ``problems`` say what was refused and can be mended in ``form``."""

    outcome: Outcome
    form: Form
    problems: tuple[Problem, ...] = ()
    made: FormResult = field(default_factory=FormResult)


def action_of(deed: FormKind) -> Action:
    """Return a deed as the guard, the dialog and the audit know actions."""
    return Action(deed, deed, lambda _resource: None, CONSEQUENCES[deed])
