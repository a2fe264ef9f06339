"""What may be asked of configurations beside their list (5.2.1, 5.2.3)."""

from matui.clouds.modelarts.requests import NAME_20, TEXT_256
from matui.clouds.modelarts.v1.jobs.requests import SetupSetting


class CreateConfig(SetupSetting):  # 5.2.1
    config_name: NAME_20
    config_desc: TEXT_256 | None = None


class UpdateConfig(SetupSetting):  # 5.2.3
    config_desc: TEXT_256 | None = None
