"""Visualization jobs as the cloud sends them (5.3)."""

from pydantic import Field

from matui.clouds.modelarts.v1.services.models import Schedule
from matui.clouds.wire_types import Code, Flag, Id, Millis, Number, Rows, Text, Whole, WireModel, new_list


class Visualization(WireModel):
    """A visualization job (Tables 5-95 and 5-98). ``duration`` is ms.

    ``schedule`` is an object in the table and a list in the sample.
    """

    job_id: Id = ""
    job_name: Text = ""
    job_desc: Text = ""
    status: Code = ""
    create_time: Millis = None
    duration: Whole = None
    service_url: Text = ""
    train_url: Text = ""
    resource_id: Text = ""
    schedule: Rows[Schedule] = Field(default_factory=new_list)
    remaining_duration: Number = None
    workspace_id: Text = ""


class VisualizationList(WireModel):
    """5.3.2."""

    jobs: Rows[Visualization] = Field(default_factory=new_list)
    job_total_count: Whole = None
    job_count_limit: Whole = None
    quotas: Whole = None
    is_success: Flag = None
