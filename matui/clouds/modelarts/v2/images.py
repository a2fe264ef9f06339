"""Keeps a running training task or notebook as an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from matui.base.clock import Clock
from matui.base.text.formatting import format_iso_utc
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import FILLED, RequestModel
from matui.clouds.protocols import Briefing
from matui.clouds.wire_types import ModelRows, Text, WireModel
from matui.resources.model import Resource

TAG = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
_OF_TASK = "training-jobs/{}/tasks/{}/save-image-job"
NAMESPACE = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9_.-]{0,63}$")]


class SavedImage(WireModel):
    name: Text = ""
    namespace: Text = ""
    tag: Text = ""


class SavedImages(WireModel):
    data: ModelRows[SavedImage] = Field(default_factory=list)


class SavedImagesQuery(RequestModel):
    """The images of a name that were saved or registered by users."""

    limit: Annotated[int, Field(ge=1, le=500)]
    name: FILLED
    namespace: FILLED
    type: Literal["DEDICATED"]


class NewImage(RequestModel):
    """The image of a task: name of small letters, digits and ``-_.``."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,512}$")]
    namespace: NAMESPACE
    tag: TAG
    description: Annotated[str, StringConstraints(max_length=512)] | None = None


class NewNotebookImage(RequestModel):
    """The image of a notebook; a name begins and ends with a small letter or a digit."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9_.-]{0,126}[a-z0-9])?$")]
    namespace: NAMESPACE
    tag: TAG
    description: Annotated[str, StringConstraints(max_length=512)] | None = None
    workspace_id: FILLED | None = None


class ImagesApi(OperationTable):
    """The operations that save images."""

    of_task = Operation("Save a task.", "POST", _OF_TASK, SavedImage, NewImage, api="v2")
    show_of_task = Operation("Show the image of a task.", "GET", _OF_TASK, SavedImage, api="v2")
    list = Operation("List.", "GET", "images", SavedImages, SavedImagesQuery)
    of_notebook = Operation("Save.", "POST", "notebooks/{}/create-image", SavedImage, NewNotebookImage)


def is_image_of(image: SavedImage, options: Mapping[str, str]) -> bool:
    """Return whether the image is the one that the options name."""
    wanted = tuple(options.get(part, "") for part in ("namespace", "name", "tag"))
    return (image.namespace, image.name, image.tag) == wanted


def read_image_options(resource: Resource, options: Mapping[str, str], clock: Clock) -> dict[str, str]:
    """Return name, namespace, tag (by default the time) and a description that names the resource."""
    now = format_iso_utc(clock.now() * 1000) or ""
    tag = options.get("tag") or now.translate(str.maketrans("", "", "-:TZ"))
    description = f"Saved of {resource.kind} {resource.id} at {now}"
    return {
        "name": options.get("name", ""),
        "namespace": options.get("namespace", ""),
        "tag": tag,
        "description": description[:512],
    }


def brief_image(source: str, resource: Resource, options: Mapping[str, str], clock: Clock) -> Briefing:
    """Return the image that is made of ``source``, and the option ``tag`` as it is completed."""
    image = read_image_options(resource, options, clock)
    note = f"{source} → {image['namespace']}/{image['name']}:{image['tag']}"
    return Briefing((clean(note),), {"tag": image["tag"]})
