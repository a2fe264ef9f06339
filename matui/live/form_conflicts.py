"""What somebody else changed while a form was being filled in. Pure."""

from __future__ import annotations

from dataclasses import replace

from matui.live.draft import Draft
from matui.resources.form import Field, Form, Problem, Values, merged, same, take
from matui.resources.form_words import path_words, value_words

_YOURS = "; yours would take its place"


def conflicts(form: Form, fresh: Form, draft: Draft) -> tuple[Problem, ...]:
    """Return a problem for each edited field that somebody else has changed since the form was opened."""
    if form.deed == "create":
        return ()
    wanted = merged(form, form.values, draft.values or {}, draft.changes)
    fields = {field.path: field for change in draft.changes if (field := form.field_of(change.path))}
    now = {field.path: field for field in fresh.fields}
    return tuple(
        Problem(path, _changed_meanwhile(field, now.get(path)))
        for path, field in fields.items()
        if _differs(field, now.get(path), wanted)
    )


def _differs(field: Field, now: Field | None, wanted: Values) -> bool:
    value = now.value if now is not None else None
    return not same(field.value, value) and not same(value, take(wanted, field.path))


def _changed_meanwhile(field: Field, now: Field | None) -> str:
    value = now.value if now is not None else None
    old, new = (value_words(field.path, "" if one is None else one) for one in (field.value, value))
    return f"somebody changed it meanwhile, from {old} to {new}{_YOURS}"


def rebased(form: Form, fresh: Form, against: tuple[Problem, ...]) -> Form:
    """Return the form with what somebody else changed as it is now, so that saving again puts it right."""
    now = {field.path: field for field in fresh.fields}
    clashing = {problem.path for problem in against}
    fields = (now.get(field.path, field) if field.path in clashing else field for field in form.fields)
    return replace(form, fields=tuple(fields))


def meanwhile(against: tuple[Problem, ...]) -> str:
    """Return the conflicts as the reason why nothing was sent."""
    return "; ".join(f"{path_words(p.path)}: {p.sentence.partition(_YOURS)[0]}" for p in against)
