"""Training jobs as the cloud lists and creates them (5.1)."""

from pydantic import Field

from matui.clouds.wire_types import (
    Code,
    Flag,
    Id,
    Millis,
    Rows,
    Text,
    Whole,
    WireModel,
    new_list,
)


class Done(WireModel):
    """An answer that says no more than that it was done."""

    is_success: Flag = None


class JobRow(WireModel):
    """A job in the list (Table 5-12). ``duration`` is ms, ``create_time`` ms since the epoch."""

    job_id: Id = ""
    job_name: Text = ""
    version_id: Id = ""
    status: Code = ""
    create_time: Millis = None
    duration: Whole = None
    job_desc: Text = ""
    version_count: Whole = None


class JobList(WireModel):
    """5.1.2."""

    jobs: Rows[JobRow] = Field(default_factory=new_list)
    job_total_count: Whole = None
    job_count_limit: Whole = None
    quotas: Whole = None
    is_success: Flag = None


class JobCreated(WireModel):
    """5.1.1, 5.1.6 and 5.3.1: numbers come as texts from some and as numbers from others."""

    job_id: Id = ""
    job_name: Text = ""
    status: Code = ""
    create_time: Millis = None
    version_id: Id = ""
    version_name: Text = ""
    resource_id: Text = ""
