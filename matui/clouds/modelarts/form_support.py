"""A cloud's forms, imported and made when the first of them is asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.clouds.modelarts.client_registry import ClientRegistry

if TYPE_CHECKING:
    from matui.clouds.modelarts.form_base import FormSet
    from matui.clouds.protocols import FormResult
    from matui.resources.forms.form import Form, FormMode, Problem, Values
    from matui.resources.model import Resource


class FormsMixin:
    """Delegates the form methods of the cloud protocol to a :class:`FormSet`."""

    _clients: ClientRegistry

    def has_form(self, kind: str, mode: FormMode) -> bool:
        """Whether the kind has such a form in this cloud."""
        return self._clients.has_kind(kind) and mode in self._clients.of(kind).forms

    @cached_property
    def _forms(self) -> FormSet:
        from matui.clouds.modelarts.form_base import FormSet

        return FormSet(self._clients)

    async def edit_form(self, resource: Resource) -> Form:
        """Return what can be edited of the resource as it is now."""
        return await self._forms.edit_form(resource)

    async def create_form(self, kind: str, workspace: str) -> Form:
        """Return what a new resource of the kind needs."""
        return await self._forms.create_form(kind, workspace)

    async def rerun_form(self, job: Resource) -> Form:
        """Return the configuration of a version for a new one."""
        return await self._forms.rerun_form(job)

    def problems_of(self, form: Form, values: Values) -> tuple[Problem, ...]:
        """Return what the reference's limits forbid in ``values``."""
        return self._forms.problems_of(form, values)

    async def send_form(self, form: Form, values: Values) -> FormResult:
        """Send what ``values`` change."""
        return await self._forms.send_form(form, values)
