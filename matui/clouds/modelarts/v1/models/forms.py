"""The form of a model to import (6.1.1); nothing of a model can be changed once it is there."""

from __future__ import annotations

from typing import get_args

from matui.clouds.modelarts.form_base import KindForms, Request, build_request, drop_blanks, make_field
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v1.models.client import Models
from matui.clouds.modelarts.v1.models.record import ImportModel, ModelType
from matui.resources.forms.form import Form, Values

_PARAMETER = {"url": "/", "method": "post", "protocol": "http", "param_name": "image", "param_type": "file"}
_PACKAGE = {"package_name": "numpy", "package_version": "1.15.0", "restraint": "EXACT"}
_PARAMETERS = (
    "Each has url, method (post, get), protocol, param_name, param_type; min, max, param_desc if any."
)


class ModelForms(KindForms[Models]):
    """Models."""

    kind = "models"

    async def create_form(self, workspace: str) -> Form:
        """A model in OBS or an image in SWR."""
        subject = self.build_stand_in(workspace)
        fields = (
            make_field(
                "model_name", "Name.", "", limits="1 to 64 letters, Chinese characters, digits, - and _"
            ),
            make_field(
                "model_version", "Version.", "1.0.0", limits="Three numbers up to 99, none with a leading 0."
            ),
            make_field("source_location", "Where the model is: OBS path or SWR image.", "", limits="Needed."),
            make_field("model_type", "Framework.", "TensorFlow", choices=get_args(ModelType)),
            make_field("runtime", "Runtime, as the framework has it.", example="python3.6"),
            make_field(
                "description", "Description.", limits="At most 100 characters, none of & ! ' \" \\ < > ="
            ),
            make_field("workspace_id", "Workspace.", subject.workspace or None, example="0"),
            make_field("source_job_id", "Training job it comes from."),
            make_field("source_job_version", "Version of that job.", example="V0001"),
            make_field("source_type", "Only for models of ExeML.", limits="auto", example="auto"),
            make_field(
                "model_algorithm", "What it does.", limits="At most 36 characters, beginning with a letter."
            ),
            make_field("execution_code", "Inference code in OBS; detected in the model's directory."),
            make_field("initial_config", "The model's configuration file, as a text of JSON."),
            make_field("install_type", "How it may be deployed.", example=["real-time", "edge", "batch"]),
            make_field("input_params", "What goes in.", limits=_PARAMETERS, example=[_PARAMETER]),
            make_field("output_params", "What comes out.", limits=_PARAMETERS, example=[_PARAMETER]),
            make_field(
                "dependencies",
                "Packages that are installed.",
                limits="restraint is EXACT, ATLEAST or ATMOST, and needed with package_version.",
                example=[{"installer": "pip", "packages": [_PACKAGE]}],
            ),
            make_field("model_metrics", "Precision, as a text of JSON."),
            make_field("apis", "All inputs and outputs, as a text of JSON."),
            make_field(
                "model_docs",
                "Documents, 3 at most.",
                example=[{"doc_name": "guide", "doc_url": "https://example.com/"}],
            ),
        )
        return Form("create", subject, fields, whole=True)

    def build_requests(self, form: Form, values: Values) -> list[Request]:  # noqa: ARG002 - there is one form only
        body = validate_request(ImportModel, drop_blanks(values))
        return [build_request(self.client.api.create, body, result=lambda made: (str(made.model_id), ""))]
