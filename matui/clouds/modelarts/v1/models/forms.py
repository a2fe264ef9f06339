"""The form of a model to import (6.1.1); nothing of a model can be changed once it is there."""

from __future__ import annotations

from typing import get_args

from matui.clouds.modelarts.form_base import ClientForms, Request, drop_blanks, field, request
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v1.models.client import Models
from matui.clouds.modelarts.v1.models.wire import ImportModel, ModelType
from matui.resources.forms.form import Form, Values

_PARAMETER = {"url": "/", "method": "post", "protocol": "http", "param_name": "image", "param_type": "file"}
_PACKAGE = {"package_name": "numpy", "package_version": "1.15.0", "restraint": "EXACT"}
_PARAMETERS = (
    "Each has url, method (post, get), protocol, param_name, param_type; min, max, param_desc if any."
)


class ModelForms(ClientForms[Models]):
    """Models."""

    kind = "models"

    async def create_form(self, workspace: str) -> Form:
        """A model in OBS or an image in SWR."""
        subject = self.build_stand_in(workspace)
        fields = (
            field("model_name", "Name.", "", limits="1 to 64 letters, Chinese characters, digits, - and _"),
            field(
                "model_version", "Version.", "1.0.0", limits="Three numbers up to 99, none with a leading 0."
            ),
            field("source_location", "Where the model is: OBS path or SWR image.", "", limits="Needed."),
            field("model_type", "Framework.", "TensorFlow", choices=get_args(ModelType)),
            field("runtime", "Runtime, as the framework has it.", example="python3.6"),
            field("description", "Description.", limits="At most 100 characters, none of & ! ' \" \\ < > ="),
            field("workspace_id", "Workspace.", subject.workspace or None, example="0"),
            field("source_job_id", "Training job it comes from."),
            field("source_job_version", "Version of that job.", example="V0001"),
            field("source_type", "Only for models of ExeML.", limits="auto", example="auto"),
            field(
                "model_algorithm", "What it does.", limits="At most 36 characters, beginning with a letter."
            ),
            field("execution_code", "Inference code in OBS; detected in the model's directory."),
            field("initial_config", "The model's configuration file, as a text of JSON."),
            field("install_type", "How it may be deployed.", example=["real-time", "edge", "batch"]),
            field("input_params", "What goes in.", limits=_PARAMETERS, example=[_PARAMETER]),
            field("output_params", "What comes out.", limits=_PARAMETERS, example=[_PARAMETER]),
            field(
                "dependencies",
                "Packages that are installed.",
                limits="restraint is EXACT, ATLEAST or ATMOST, and needed with package_version.",
                example=[{"installer": "pip", "packages": [_PACKAGE]}],
            ),
            field("model_metrics", "Precision, as a text of JSON."),
            field("apis", "All inputs and outputs, as a text of JSON."),
            field(
                "model_docs",
                "Documents, 3 at most.",
                example=[{"doc_name": "guide", "doc_url": "https://example.com/"}],
            ),
        )
        return Form("create", subject, fields, whole=True)

    def requests(self, form: Form, values: Values) -> list[Request]:  # noqa: ARG002 - there is one form only
        body = validate_request(ImportModel, drop_blanks(values))
        return [request(self.client.api.create, body, result=lambda made: (str(made.model_id), ""))]
