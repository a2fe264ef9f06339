"""The models of Qianfan's answers: every field may be missing, null or of another type."""

import math
from contextlib import suppress
from datetime import timedelta, timezone
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from matui.clouds.wire_types import (
    CamelWireModel,
    Flag,
    Id,
    Map,
    ModelRows,
    Number,
    One,
    Percent,
    Text,
    Whole,
    make_list,
    to_flag,
    to_millis,
    to_number,
)

BEIJING = timezone(timedelta(hours=8))


def parse_beijing_ms(value: Any) -> int | None:
    """Return ms since the epoch; a time without a zone is Beijing's. None for ``0000-00-00`` and the rest."""
    return to_millis(value, BEIJING)


BeijingTime = Annotated[int | None, BeforeValidator(parse_beijing_ms)]


def parse_score(value: Any) -> float | None:
    """Return a number, NaN and the infinities included; None for anything else."""
    number = to_number(value)
    if number is None and isinstance(value, str | float) and not isinstance(value, bool):
        with suppress(ValueError):
            number = float(value)
            return None if math.isfinite(number) else number
    return number


Score = Annotated[float | None, BeforeValidator(parse_score)]


class FailureFields(CamelWireModel):
    """Why a training ended. The reference names no such field; those in use elsewhere are accepted."""

    fail_reason: Text = ""
    failed_reason: Text = ""
    failure_reason: Text = ""
    error_message: Text = ""
    error_msg: Text = ""
    err_msg: Text = ""
    reason: Text = ""
    error_code: Id = ""

    @property
    def failure(self) -> str:
        """The reasons, each once, after the code; ``""`` for none."""
        texts = (self.fail_reason, self.failed_reason, self.failure_reason, self.error_message)
        known = (text.strip() for text in (*texts, self.error_msg, self.err_msg, self.reason))
        words = "; ".join(dict.fromkeys(text for text in known if text))
        code = str(self.error_code).strip()
        return ": ".join(part for part in (code if code != "0" else "", words) if part)


class MarkerInfo(CamelWireModel):
    """The next marker of a list; ``nextMarker`` is absent on the last page."""

    is_truncated: Flag = None
    next_marker: Id = ""

    def find_marker_after(self, marker: str) -> tuple[str, bool]:
        """Return the marker after ``marker``, ``""`` for none, and whether there is none but more rows."""
        following = str(self.next_marker) if self.is_truncated is not False else ""
        following = following if following != marker else ""
        return following, self.is_truncated is True and not following


class FineTuningJob(CamelWireModel):
    """A V2 job: the fields that its tasks share."""

    job_id: Id = ""
    name: Text = ""
    description: Text = ""
    model: Text = ""
    train_mode: Text = ""
    create_date: BeijingTime = None


class Checkpoint(CamelWireModel):
    step: Number = None
    perplexity: Score = None
    training_loss: Score = None


class FineTuningTask(FailureFields):
    task_id: Id = ""
    job_id: Id = ""
    job_name: Text = ""
    job_description: Text = ""
    model: Text = ""
    train_mode: Text = ""
    parameter_scale: Text = ""
    run_status: Text = ""
    run_progress: Percent = None
    metrics: Map = Field(default_factory=dict)
    checkpoint_list: ModelRows[Checkpoint] = Field(default_factory=make_list)
    hyper_parameter_config: Map = Field(default_factory=dict)
    vdl_link: Text = ""
    create_date: BeijingTime = None
    finish_date: BeijingTime = None


class FineTuningJobList(CamelWireModel):
    """DescribeFineTuningJobs; the list may stand below ``result``."""

    job_list: ModelRows[FineTuningJob] = Field(default_factory=make_list)
    page_info: One[MarkerInfo] = Field(default_factory=MarkerInfo)


class FineTuningTaskList(CamelWireModel):  # DescribeFineTuningTasks
    task_list: ModelRows[FineTuningTask] = Field(default_factory=make_list)
    page_info: One[MarkerInfo] = Field(default_factory=MarkerInfo)


class V1Base(CamelWireModel):
    """The run that an incremental V1 training continues."""

    task_id: Id = ""
    job_id: Id = ""


class V1Job(FailureFields):
    """A V1 run (``jobDetail``); V2 calls its task a job."""

    description: Text = ""
    task_name: Text = ""
    version: Id = ""
    job_run_type: Whole = None
    incre_config: One[V1Base] = Field(default_factory=V1Base)
    train_type: Text = ""
    train_mode: Text = ""
    peft_type: Text = ""
    train_status: Text = ""
    start_time: BeijingTime = None
    finish_time: BeijingTime = Field(default=None, validation_alias=AliasChoices("finishTime", "finishtime"))
    run_time: Number = None
    train_time: Number = None
    progress: Percent = None
    vdl_link: Text = ""


def is_denied(result: Any) -> bool:
    """Whether an action was answered with false, in whatever spelling."""
    return to_flag(result) is False
