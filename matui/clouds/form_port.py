"""The part of the port that is about forms: what can be edited, created and run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.resources.form import Form, FormKind, Problem, Values


@dataclass(frozen=True, slots=True)
class FormResult:
    """What the cloud took: ``resource_id`` names what was made or changed, ``status`` what it answered."""

    resource_id: str = ""
    request_id: str = ""
    status: str = ""


@runtime_checkable
class Forms(Protocol):
    """Offers forms to edit, create and rerun, and sends them."""

    def has_form(self, kind: str, deed: FormKind) -> bool:
        """Whether the kind has such a form in this cloud."""
        ...

    async def edit_form(self, resource: Resource) -> Form:
        """Return what can be edited of the resource as it is now. Raises RefusedError where nothing can."""
        ...

    async def create_form(self, kind: str, workspace: str) -> Form:
        """Return what a new resource of the kind needs."""
        ...

    async def rerun_form(self, job: Resource) -> Form:
        """Return the configuration of a version, or of the version a job shows, for a new version."""
        ...

    def problems_of(self, form: Form, values: Values) -> tuple[Problem, ...]:
        """Return what the cloud would refuse in ``values``, as far as its limits are known; no I/O."""
        ...

    async def send_form(self, form: Form, values: Values) -> FormResult:
        """Send what ``values`` change of the form's own, one request after another until one fails."""
        ...
