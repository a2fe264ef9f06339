"""The forms of v2: notebooks with their leases, jobs, and workspaces, which have kept their paths."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.clouds.modelarts.form_base import FormSet
from matui.clouds.modelarts.v2.form_kinds import FORM_KINDS

if TYPE_CHECKING:
    from matui.clouds.modelarts.form_base import KindForms
    from matui.clouds.modelarts.v2.kind_clients import KindClients


class V2Forms(FormSet):
    """The forms of v2."""

    title = "ModelArts v2"
    form_kinds = FORM_KINDS

    def __init__(self, sources: KindClients) -> None:
        self._sources = sources

    def of_kind(self, kind: str) -> KindForms:
        """Return the forms of a kind."""
        found: KindForms = getattr(self, f"_{kind}")
        return found

    @cached_property
    def _notebooks(self) -> KindForms:
        from matui.clouds.modelarts.v2.notebooks.forms import NotebookForms

        return NotebookForms(self._sources.notebooks)

    @cached_property
    def _jobs(self) -> KindForms:
        from matui.clouds.modelarts.v2.jobs.forms import JobForms

        return JobForms(self._sources.jobs)

    @cached_property
    def _workspaces(self) -> KindForms:
        from matui.clouds.modelarts.v1.workspaces.forms import WorkspaceForms

        return WorkspaceForms(self._sources.workspaces)
