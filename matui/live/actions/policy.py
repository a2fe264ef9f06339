"""The rules of a profile: allowed actions and forms, protected resources, the bulk cap, countdowns. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, TypeAlias

from matui.base.text.regex import compile_user_regex
from matui.clouds.protocols import Cloud, Forms, explain_unsupported, has_capability, name_cloud
from matui.resources.model import Resource
from matui.resources.registry import get_kind

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode

ProtectHow: TypeAlias = Literal["typed", "never"]
# The word whose rule holds for an action of the current API that a rule does not name.
STAND_INS: Mapping[str, str] = {
    **dict.fromkeys(("reset", "drain", "reboot", "rollback", "scale"), "delete"),
    **dict.fromkeys(("lock", "unlock", "save-image", "accept"), "stop"),
}
_OUTER = ("job_name", "job_id", "service_name", "service_id", "pool_name", "pool_id")
DEFAULT_COUNTDOWN_S: Mapping[str, float] = {"delete": 5.0}


@dataclass(frozen=True, slots=True)
class Policy:
    """One profile's rules as plain values.

    ``allow`` None allows every action, ``deny`` has precedence. ``protect`` holds glob patterns and
    ``/regex/`` over names and ids; ``most`` caps the resources of one action; ``countdown_s`` is by action.
    A rule for ``delete`` holds for ``delete-versions`` too. An action of ``STAND_INS`` is denied where its
    stand-in is, allowed as its stand-in where ``allow`` names none of them, and waits as its stand-in.
    """

    read_only: bool = False
    allow: Sequence[str] | None = None
    deny: Sequence[str] = ()
    protect: Sequence[str] = ()
    protect_how: ProtectHow = "typed"
    most: int | None = None
    countdown_s: Mapping[str, float] = field(default_factory=lambda: DEFAULT_COUNTDOWN_S)

    def explain_denial(self, profile: str, action_id: str) -> str | None:
        """Return the rule that forbids the action on every resource, in words, or None."""
        if self.read_only:
            return f"profile {profile} is read-only here"
        word = STAND_INS.get(action_id, action_id)
        denied = next((one for one in (action_id, word) if _is_in(one, self.deny)), None)
        if denied is not None:
            of = "" if denied == action_id else f", of which {action_id} is a kind"
            return f"the rules of profile {profile} deny {denied} (guard.deny){of}"
        if self.allow is not None and not self._allows(action_id, self.allow):
            able = ", ".join(self.allow) or "nothing"
            return f"the rules of profile {profile} allow only: {able} (guard.allow)"
        return None

    def explain_denial_for(self, profile: str, resource: Resource) -> str | None:
        """Return why no action is allowed on this resource, or None."""
        pattern = self.match_pattern(resource) if self.protect_how == "never" else ""
        if not pattern:
            return None
        return f'profile {profile} protects "{pattern}" from every action (guard.protect)'

    def explain_denial_for_count(self, profile: str, count: int) -> str | None:
        """Return why ``count`` resources may not be acted on at once, or None."""
        if self.most is None or count <= self.most:
            return None
        return f"profile {profile} allows at most {self.most} at once, and these are {count} (guard.most)"

    def explain_denial_for_work(self, profile: str, names: Sequence[str]) -> str | None:
        """Return why what interrupts the work of these names and ids is not allowed, or None."""
        found = self._find(names) if self.protect_how == "never" else None
        if found is None:
            return None
        pattern, name = found
        return f'it would interrupt {name}, which profile {profile} protects by "{pattern}" (guard.protect)'

    def find_pattern(self, names: Sequence[str]) -> str:
        """Return the pattern that fits one of the names and ids, ``""`` when none does."""
        found = self._find(names)
        return found[0] if found else ""

    def _find(self, names: Sequence[str]) -> tuple[str, str] | None:
        """Return the first pattern that fits a name, with that name."""
        return next(((p, name) for p in self.protect for name in names if _matches(p, name)), None)

    def match_pattern(self, resource: Resource) -> str:
        """Return the pattern that protects the resource, ``""`` when none does."""
        names = (resource.name, resource.id, *(resource.get_text(fact) for fact in _OUTER))
        return self.find_pattern([name for name in names if name])

    def get_countdown(self, action_id: str) -> float:
        """Return the seconds between confirmation and sending."""
        for own in (action_id, STAND_INS.get(action_id, action_id)):
            for word, seconds in self.countdown_s.items():
                if _is_in(own, (word,)):
                    return seconds
        return 0.0

    @staticmethod
    def _allows(action_id: str, allow: Sequence[str]) -> bool:
        if _is_in(action_id, allow):
            return True
        falls_back = action_id in STAND_INS and STAND_INS.keys().isdisjoint(allow)
        return falls_back and STAND_INS[action_id] in allow


NO_POLICY = Policy()


def _is_in(action_id: str, words: Sequence[str]) -> bool:
    return any(action_id == word or action_id.startswith(f"{word}-") for word in words)


def _matches(pattern: str, name: str) -> bool:
    if len(pattern) > 2 and pattern[0] == pattern[-1] == "/":
        return compile_user_regex(pattern[1:-1]).search(name) is not None
    return fnmatchcase(name.casefold(), pattern.casefold())


def explain_no_form(
    cloud: Cloud, policy: Policy, mode: FormMode, kind_id: str, resource: Resource | None = None
) -> str | None:
    """Return why the form is not offered for the kind or the resource, or None."""
    has_form = has_capability(cloud, Forms) and cloud.has_form(kind_id, mode)
    if not has_form:
        reason = explain_unsupported(cloud, kind_id, mode)
        return reason or f"{name_cloud(cloud)} has no way to {mode} {get_kind(kind_id).title.lower()}"
    by_rule = policy.explain_denial(cloud.profile, mode)
    if by_rule is None and resource is not None:
        by_rule = policy.explain_denial_for(cloud.profile, resource)
    return by_rule
