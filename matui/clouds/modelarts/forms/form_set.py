"""The forms of all kinds of one cloud behind matui's port; a subclass says which there are and makes them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from matui.clouds.form_port import FormResult
from matui.errors import MatuiError, RefusedError
from matui.resources.form import Form, FormKind, Problem, Values
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.deeds import FormKinds
    from matui.clouds.modelarts.forms.kind_forms import KindForms


class FormSet(ABC):
    """Finds the forms of a kind; versions share those of jobs."""

    title: ClassVar[str]
    form_kinds: ClassVar[FormKinds]

    @abstractmethod
    def of_kind(self, kind: str) -> KindForms:
        """Return the forms of a kind that has any."""

    async def edit_form(self, resource: Resource) -> Form:
        """Return what can be edited of a resource as it is now."""
        return await self._need(resource.kind, "edit").edit_form(resource)

    async def create_form(self, kind: str, workspace: str) -> Form:
        """Return what a new resource needs."""
        return await self._need(kind, "create").create_form(workspace)

    async def rerun_form(self, job: Resource) -> Form:
        """Return the configuration of a version for a new one."""
        return await self._need(job.kind, "rerun").rerun_form(job)

    def problems_of(self, form: Form, values: Values) -> tuple[Problem, ...]:
        """Return what the reference's limits forbid."""
        return self._need(form.subject.kind, form.deed).problems_of(form, values)

    async def send_form(self, form: Form, values: Values) -> FormResult:
        """Send the requests of a form; an error of a later one says what was changed before it."""
        made = FormResult(form.subject.id)
        done: list[str] = []
        for request in self._need(form.subject.kind, form.deed).requests(form, values):
            try:
                made = await request.send()
            except MatuiError as error:
                if done:
                    error.remedy = f"{error.remedy} Changed already: {', '.join(done)}.".strip()
                raise
            done.append(request.about)
        return made

    def _need(self, kind: str, deed: FormKind) -> KindForms:
        if deed not in self.form_kinds.get(kind, ()):
            raise RefusedError(f"{self.title} cannot {deed} {kind}.")
        return self.of_kind("jobs" if kind == "versions" else kind)
