"""Drafts of forms: the edited values, conflicts with changes made meanwhile, and the result. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from matui.clouds.protocols import FormResult
from matui.live.actions.outcome import Outcome
from matui.resources.forms.document import format_problem
from matui.resources.forms.form import (
    NEW_NAME,
    Field,
    FieldChange,
    Form,
    FormMode,
    Problem,
    Values,
    format_path,
    format_value,
    get_value,
    is_same,
    merge_changes,
)
from matui.resources.kind import Action

CONSEQUENCES: dict[FormMode, str] = {
    "edit": "Only what is shown here changes.",
    "create": "It is made at once, and billed as long as it runs.",
    "rerun": "A new version is made and starts at once; it is billed as long as it runs.",
}
_YOURS = "; yours would take its place"
NEW_JOB = "A new job is made and starts at once; it is billed as long as it runs."


class Draft(NamedTuple):
    """An edited form. ``values`` is None where the text is not TOML; then it cannot be sent."""

    form: Form
    values: Values | None
    changes: tuple[FieldChange, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def problem_words(self) -> str:
        """The problems in one sentence."""
        return (
            "It is not TOML." if self.values is None else f"{'; '.join(map(format_problem, self.problems))}."
        )

    @property
    def wrong(self) -> bool:
        """Whether it has problems and cannot be sent."""
        return self.values is None or bool(self.problems)

    @property
    def idle(self) -> bool:
        """Whether it is an edit without changes."""
        return not self.changes and self.form.mode == "edit"


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """The result of a draft. ``problems`` were refused and can be corrected in ``form``."""

    outcome: Outcome
    form: Form
    problems: tuple[Problem, ...] = ()
    made: FormResult = field(default_factory=FormResult)


def describe_consequence(form: Form) -> str:
    """Return what sending the form does, in a sentence."""
    makes_job = form.mode == "rerun" and form.find_field(NEW_NAME) is not None
    return NEW_JOB if makes_job else CONSEQUENCES[form.mode]


def build_action(form: Form) -> Action:
    """Return the form's mode as an action for guard, dialog and audit."""
    return Action(form.mode, form.mode, lambda _resource: None, describe_consequence(form))


def find_conflicts(form: Form, fresh: Form, draft: Draft) -> tuple[Problem, ...]:
    """Return a problem for each edited field that was changed elsewhere since the form was opened."""
    if form.mode == "create":
        return ()
    wanted = merge_changes(form, form.values, draft.values or {}, draft.changes)
    fields = {field.path: field for change in draft.changes if (field := form.find_field(change.path))}
    now = {field.path: field for field in fresh.fields}
    return tuple(
        Problem(path, _describe_change(field, now.get(path)))
        for path, field in fields.items()
        if _differs(field, now.get(path), wanted)
    )


def _differs(field: Field, now: Field | None, wanted: Values) -> bool:
    value = now.value if now is not None else None
    return not is_same(field.value, value) and not is_same(value, get_value(wanted, field.path))


def _describe_change(field: Field, now: Field | None) -> str:
    value = now.value if now is not None else None
    old, new = (format_value(field.path, "" if one is None else one) for one in (field.value, value))
    return f"it was changed meanwhile, from {old} to {new}{_YOURS}"


def rebase_form(form: Form, fresh: Form, against: tuple[Problem, ...]) -> Form:
    """Return the form with the conflicting fields as they are now, so that saving again applies."""
    now = {field.path: field for field in fresh.fields}
    clashing = {problem.path for problem in against}
    fields = (now.get(field.path, field) if field.path in clashing else field for field in form.fields)
    return form._replace(fields=tuple(fields))


def format_conflicts(against: tuple[Problem, ...]) -> str:
    """Return the conflicts in words, as the reason why nothing was sent."""
    return "; ".join(f"{format_path(p.path)}: {p.sentence.partition(_YOURS)[0]}" for p in against)
