"""Settings written as TOML without secrets, and the first config file."""

from __future__ import annotations

from pathlib import Path

from matui.base.toml import parse_toml
from matui.config.rendering import format_settings
from matui.config.settings import Settings
from tests.unit.config.files import load_text


def test_neither_settings_nor_profiles_show_a_secret(tmp_path: Path) -> None:
    settings = load_text(tmp_path, "[profiles.p]\nak='AKAKAK'\nsk='TOPSECRET'\ntoken='TOKTOK'\n")
    profile = settings.profiles["p"]
    shown = f"{settings!r} {settings} {profile!r} {profile.sk}"
    shown += f"{dict(profile)} {vars(settings)}"
    assert not any(secret in shown for secret in ("AKAKAK", "TOPSECRET", "TOKTOK"))
    assert profile.sk is not None
    assert profile.sk.resolve() == "TOPSECRET"


def test_the_first_file_that_init_writes_is_good(tmp_path: Path) -> None:
    from matui.config.rendering import TEMPLATE

    settings = load_text(tmp_path, TEMPLATE)
    assert settings.profiles["prod"].region == "cn-north-4"


def test_every_commented_line_of_the_first_file_is_good_too(tmp_path: Path) -> None:
    from matui.config.rendering import TEMPLATE

    lines = [
        line.removeprefix("# ")
        if (" = " in line or line.startswith("# [")) and "binding id" not in line
        else line
        for line in TEMPLATE.splitlines()
    ]
    kept = [
        line for line in lines if not line.startswith(('auth = "aksk"', "A secret", "endpoint", "iam_end"))
    ]
    settings = load_text(tmp_path, "\n".join(kept).replace('theme = "matui-red"', ""))
    assert settings.profiles["prod"].refresh["jobs"] == 15
    assert settings.profiles["qf"].v1_jobs == [[7263, 4612]]
    assert settings.profiles["os"].functions == ["ctr"]


EVERYTHING = """\
default_profile = "p"
theme = "matui-light"
start = "jobs"
remember = false

[refresh]
jobs = 7.0

[keys]
stop = "X"

[logs]
errors = ["a\\\\d"]
zone = "Asia/Shanghai"

[triage]
silent_minutes = 20.0

[[signals]]
name = "l"
regex = "l=(.*)"

[[signals]]
name = "m"
regex = "m=(.*)"

[journal]
enabled = false

[[notify]]
kinds = ["jobs"]
to = ["failed"]
quiet = "22:00-07:00"

[capsules]
megabytes = 100.0

[prices]
currency = "CNY"
"a.b" = 1.5

[profiles.p]
refresh.jobs = 15.0
guard.protect = ["a"]
guard.countdown.save-image = 5.0
sk = { env = "SK" }
"""


def test_every_setting_that_is_set_is_shown_and_can_be_loaded_again(tmp_path: Path) -> None:
    settings = load_text(tmp_path, EVERYTHING)
    shown = format_settings(settings)
    assert load_text(tmp_path, shown).model_dump(warnings=False) == settings.model_dump(warnings=False)
    assert set(parse_toml(shown)) == set(Settings.model_fields)


def test_of_the_command_of_a_notification_only_the_program_is_shown(tmp_path: Path) -> None:
    settings = load_text(
        tmp_path, '[[notify]]\ncommand = ["curl", "-H", "Authorization: Bearer TOPSECRET"]\n'
    )
    shown = format_settings(settings)
    assert 'command = ["curl", "…"]' in shown
    assert "TOPSECRET" not in shown
