"""What was filled in, and what became of it.

What somebody else changed while a form was being filled in. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from matui.clouds.protocols import FormResult
from matui.live.actions.outcome import Outcome
from matui.resources.forms.document import format_problem
from matui.resources.forms.form import (
    Change,
    Field,
    Form,
    FormMode,
    Problem,
    Values,
    get_value,
    is_same,
    merge_changes,
)
from matui.resources.forms.wording import format_path, format_value
from matui.resources.kind import Action

CONSEQUENCES: dict[FormMode, str] = {
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
        return (
            "It is no TOML." if self.values is None else f"{'; '.join(map(format_problem, self.problems))}."
        )

    @property
    def wrong(self) -> bool:
        """Whether it has to be mended before it can be sent."""
        return self.values is None or bool(self.problems)

    @property
    def idle(self) -> bool:
        """Whether it changes nothing of what is there."""
        return not self.changes and self.form.mode == "edit"


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """What became of a draft. ``problems`` say what was refused and can be mended in ``form``."""

    outcome: Outcome
    form: Form
    problems: tuple[Problem, ...] = ()
    made: FormResult = field(default_factory=FormResult)


def action_of(mode: FormMode) -> Action:
    """Return a mode as the guard, the dialog and the audit know actions."""
    return Action(mode, mode, lambda _resource: None, CONSEQUENCES[mode])


_YOURS = "; yours would take its place"


def conflicts(form: Form, fresh: Form, draft: Draft) -> tuple[Problem, ...]:
    """Return a problem for each edited field that somebody else has changed since the form was opened."""
    if form.mode == "create":
        return ()
    wanted = merge_changes(form, form.values, draft.values or {}, draft.changes)
    fields = {field.path: field for change in draft.changes if (field := form.field_of(change.path))}
    now = {field.path: field for field in fresh.fields}
    return tuple(
        Problem(path, _changed_meanwhile(field, now.get(path)))
        for path, field in fields.items()
        if _differs(field, now.get(path), wanted)
    )


def _differs(field: Field, now: Field | None, wanted: Values) -> bool:
    value = now.value if now is not None else None
    return not is_same(field.value, value) and not is_same(value, get_value(wanted, field.path))


def _changed_meanwhile(field: Field, now: Field | None) -> str:
    value = now.value if now is not None else None
    old, new = (format_value(field.path, "" if one is None else one) for one in (field.value, value))
    return f"somebody changed it meanwhile, from {old} to {new}{_YOURS}"


def rebased(form: Form, fresh: Form, against: tuple[Problem, ...]) -> Form:
    """Return the form with what somebody else changed as it is now, so that saving again puts it right."""
    now = {field.path: field for field in fresh.fields}
    clashing = {problem.path for problem in against}
    fields = (now.get(field.path, field) if field.path in clashing else field for field in form.fields)
    return replace(form, fields=tuple(fields))


def meanwhile(against: tuple[Problem, ...]) -> str:
    """Return the conflicts as the reason why nothing was sent."""
    return "; ".join(f"{format_path(p.path)}: {p.sentence.partition(_YOURS)[0]}" for p in against)
