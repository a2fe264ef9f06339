"""Training job configurations as the cloud sends them (5.2)."""

from __future__ import annotations

from pydantic import Field

from matui.clouds.lenient import Code, Flag, Id, Millis, Rows, Text, Whole, WireModel
from matui.clouds.modelarts.jobs_models import Setup


class ConfigRow(WireModel):
    """A configuration in the list (Table 5-75)."""

    config_name: Id = ""
    config_desc: Text = ""
    create_time: Millis = None
    engine_type: Whole = None
    engine_name: Text = ""
    engine_id: Code = ""
    engine_version: Text = ""
    user_image_url: Text = ""
    user_command: Text = ""


class ConfigList(WireModel):
    """5.2.2."""

    configs: Rows[ConfigRow] = Field(default_factory=list)
    config_total_count: Whole = None
    is_success: Flag = None


class ConfigRecord(Setup):
    """5.2.5."""

    config_name: Id = ""
    config_desc: Text = ""
    create_time: Millis = None
