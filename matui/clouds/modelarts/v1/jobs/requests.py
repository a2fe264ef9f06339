"""Request bodies of training jobs (5.1), with the reference's limits."""

from typing import Any, Literal

from pydantic import AliasChoices, Field, model_validator

from matui.clouds.modelarts.requests import COUNT, FILLED, NAME_64, TEXT_256, RequestModel


class ParameterSetting(RequestModel):
    """A running parameter; ``key`` is taken for ``label``, which is what is sent."""

    label: FILLED = Field(validation_alias=AliasChoices("label", "key"))
    value: str

    @model_validator(mode="before")
    @classmethod
    def _convert_value_to_text(cls, given: Any) -> Any:
        """Take a number for the text of a value."""
        value = given.get("value") if isinstance(given, dict) else None
        if isinstance(given, dict) and isinstance(value, int | float) and not isinstance(value, bool):
            return {**given, "value": str(value)}
        return given


class DataSourceSetting(RequestModel):
    """Table 5-4: an OBS path, or a dataset with its version."""

    type: Literal["obs", "dataset"]
    data_url: FILLED | None = None
    dataset_id: FILLED | None = None
    dataset_version: FILLED | None = None

    @model_validator(mode="after")
    def _require_one_of_both(self) -> "DataSourceSetting":
        dataset = (self.dataset_id, self.dataset_version)
        if self.type == "obs" and (not self.data_url or any(dataset)):
            raise ValueError("type obs needs data_url and neither dataset_id nor dataset_version")
        if self.type == "dataset" and (self.data_url or not all(dataset)):
            raise ValueError("type dataset needs dataset_id and dataset_version, and no data_url")
        return self


class NfsSetting(RequestModel):  # Table 5-6
    id: FILLED
    src_path: FILLED
    dest_path: FILLED
    read_only: bool | None = None


class HostPathSetting(RequestModel):  # Table 5-7
    src_path: FILLED
    dest_path: FILLED
    read_only: bool | None = None


class VolumeSetting(RequestModel):  # Table 5-5
    nfs: NfsSetting | None = None
    host_path: HostPathSetting | None = None

    @model_validator(mode="after")
    def _require_one_place(self) -> "VolumeSetting":
        if (self.nfs is None) == (self.host_path is None):
            raise ValueError("a volume is either nfs or host_path")
        return self


class SetupSetting(RequestModel):
    """Fields that jobs, versions and configurations share (Tables 5-3, 5-45 and 5-69)."""

    worker_server_num: COUNT
    spec_id: int
    app_url: str | None = None
    boot_file_url: str | None = None
    parameter: list[ParameterSetting] | None = None
    data_url: str | None = None
    dataset_id: str | None = None
    dataset_version_id: str | None = None
    data_source: list[DataSourceSetting] | None = None
    engine_id: int | None = None
    model_id: int | None = None
    train_url: str | None = None
    log_url: str | None = None
    user_image_url: str | None = None
    user_command: str | None = None

    @model_validator(mode="after")
    def _require_one_kind_of_data(self) -> "SetupSetting":
        if bool(self.dataset_id) != bool(self.dataset_version_id):
            raise ValueError("dataset_id and dataset_version_id go together")
        given = [self.data_url is not None, bool(self.dataset_id), self.data_source is not None]
        if sum(given) != 1:
            raise ValueError(
                "exactly one of data_url, dataset_id with dataset_version_id, and data_source is needed"
            )
        return self

    @model_validator(mode="after")
    def _require_one_kind_of_code(self) -> "SetupSetting":
        if self.model_id is not None:
            if self.app_url or self.boot_file_url or self.engine_id is not None:
                raise ValueError("model_id excludes app_url, boot_file_url and engine_id")
        elif not self.user_image_url and not (self.app_url and self.boot_file_url):
            raise ValueError("app_url and boot_file_url are needed, or model_id, or user_image_url")
        return self


class JobConfig(SetupSetting):  # Table 5-3
    train_url: str
    create_version: bool | None = None
    volumes: list[VolumeSetting] | None = None


class VersionConfig(SetupSetting):  # Table 5-45
    train_url: str
    pre_version_id: int


class CreateJob(RequestModel):  # 5.1.1
    job_name: NAME_64
    job_desc: TEXT_256 | None = None
    workspace_id: FILLED | None = None
    config: JobConfig


class CreateVersion(RequestModel):  # 5.1.6
    job_desc: TEXT_256 | None = None
    config: VersionConfig


class Description(RequestModel):  # 5.1.8 and 5.3.4
    job_desc: TEXT_256
