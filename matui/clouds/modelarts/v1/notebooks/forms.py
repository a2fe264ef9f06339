"""Forms of notebooks: description and auto-stop (4.4), a new instance (4.1)."""

from __future__ import annotations

from matui.clouds.modelarts.form_base import (
    KindForms,
    Request,
    build_change_request,
    build_request,
    drop_blanks,
    make_field,
)
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v1.notebooks.client import Notebooks
from matui.clouds.modelarts.v1.notebooks.requests import CreateNotebook, UpdateNotebook
from matui.clouds.sections import join_text
from matui.resources.forms.form import Field, Form, Values
from matui.resources.model import Resource

_PROFILES = ("Python2", "Python2-gpu", "Python3", "Python3-gpu", "TF-2.1.0&Pytorch-1.4.0-python3.6")
_FLAVORS = (
    "modelarts.vm.cpu.2u",
    "modelarts.vm.cpu.8u",
    "modelarts.vm.gpu.p100",
    "modelarts.vm.cpu.free",
    "modelarts.vm.gpu.free",
    "… and what else the region has",
)
_DURATION = "Seconds from 3600 to 86400; needed when enable is true."


def _make_auto_stop_fields(enable: bool, duration: int | None, limits: str = _DURATION) -> tuple[Field, ...]:
    return (
        make_field(
            "spec.auto_stop.enable", "Whether it stops automatically.", enable, limits="true or false."
        ),
        make_field(
            "spec.auto_stop.duration",
            "How long it runs after each start.",
            duration,
            limits=limits,
            example=3600,
        ),
    )


class NotebookForms(KindForms[Notebooks]):
    """Development environment instances."""

    kind = "notebooks"

    async def edit_form(self, resource: Resource) -> Form:
        """Description and auto-stop: nothing else of an instance can be changed."""
        now, row = await self.client.reread(resource)
        stop = row.spec.auto_stop
        later = " While it runs, this holds from the next start." if now.status == "RUNNING" else ""
        fields = (
            make_field(
                "description",
                "Description.",
                row.description,
                limits="At most 512 characters, none of & < > \" ' /",
            ),
            *_make_auto_stop_fields(
                bool(stop.enable),
                int(stop.duration) if stop.duration is not None else None,
                _DURATION + later,
            ),
        )
        context = (("status", now.status), ("flavor", row.flavor), ("image", join_text(row.profile.name)))
        return Form("edit", now, fields, context)

    async def create_form(self, workspace: str) -> Form:
        subject = self.build_stand_in(workspace)
        fields = (
            make_field("name", "Name.", "", limits="1 to 64 letters, digits, hyphens and underscores."),
            make_field("profile_id", "Image.", "Python3", choices=_PROFILES),
            make_field("flavor", "Flavor.", "modelarts.vm.cpu.2u", choices=_FLAVORS),
            make_field("description", "Description.", limits="At most 512 characters, none of < > \" ' /"),
            make_field("spec.storage.type", "Storage.", "evs", limits="evs (a disk) or obs (a directory)."),
            make_field(
                "spec.storage.location.volume_size", "Size of the disk, GB.", 5, limits="5 to 4096; evs only."
            ),
            make_field(
                "spec.storage.location.path",
                "Directory in OBS; obs only.",
                limits="A directory in a bucket, ending with /",
                example="/bucket/directory/",
            ),
            *_make_auto_stop_fields(True, 3600),
            make_field("workspace.id", "Workspace.", subject.workspace or None, example="0"),
        )
        return Form("create", subject, fields, whole=True)

    def build_requests(self, form: Form, values: Values) -> list[Request]:
        if form.mode == "create":
            body = validate_request(CreateNotebook, drop_blanks(values))
            return [
                build_request(self.client.api.create, body, result=lambda made: (str(made.id), made.status))
            ]
        names = ("description", "spec")
        return build_change_request(
            self.client.api.update, UpdateNotebook, form, values, names, lambda now: now.status
        )
