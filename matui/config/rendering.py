"""Writes settings as TOML without secrets, and the first config file of ``matui config init``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from matui.base.text.sanitize import clean
from matui.config.secrets import SecretSource
from matui.config.section_settings import Countdown, Guard, NotifyRule
from matui.config.settings import Profile, Settings

TEMPLATE = """\
# matui: profiles, cadence, keys. `matui config show` prints what is in force, `matui doctor` tests it.

default_profile = "prod"       # or several side by side: "prod,qf"
# theme = "matui-dark"

# Seconds between polls, per kind, and for the open log.
[refresh]
# notebooks = 10
# jobs = 5
# services = 10
# workspaces = 60
# logs = 2

# What counts as an error in logs, or never does; what an open log alerts on while the terminal is not
# focused ("@errors": every error); the zone of times without one, and forms of times beside the known ones.
[logs]
# errors = ["assertion in kernel"]
# not_errors = ["retrying after error"]
# alerts = ["out of memory", "loss.*nan"]
# alert_by = ["bell", "notify", "flash"]
# zone = "UTC"
# times = ["%d/%m/%Y %H:%M:%S"]

# Other keys: binding id = "key[,key]". The ids are in the help (?).
[keys]
# stop = "x"

[profiles.prod]
cloud = "modelarts"
region = "cn-north-4"
# project_id = "0123456789abcdef"   # looked up by region when absent
# workspace_id = "0"
# read_only = true
# requests_per_minute = 300

# How to sign in: aksk, token, password or agency.
auth = "aksk"
# A secret is a value, { env = "NAME" }, or { command = "pass show huawei/sk" }.
ak = { env = "HUAWEICLOUD_SDK_AK" }
sk = { env = "HUAWEICLOUD_SDK_SK" }
# security_token = { env = "HUAWEICLOUD_SDK_SECURITY_TOKEN" }   # with temporary keys

# auth = "password"
# username = "li"
# password = { command = "pass show huawei/li" }
# domain_name = "acme"

# endpoint = "https://…"       # instead of the region's; plain http only to this machine
# iam_endpoint = "https://…"

# A profile may have a cadence and a theme of its own, and a colour where several are shown.
# refresh.jobs = 15
# theme = "matui-red"
# lang = "zh"                  # the language of the cloud's own messages: en or zh
# color = "red"                # cyan, magenta, green, yellow, blue, red, or such as "#ff8800"

# Rules for actions in this profile, for the headless commands too.
# guard.allow = ["start", "stop", "delete"]   # nothing else
# guard.deny = ["delete"]
# guard.protect = ["prod-*", "/-eu$/"]        # names or ids that have to be typed before any action …
# guard.protect_how = "never"                 # … or are never acted on
# guard.most = 10                             # resources at once
# guard.countdown = 5                         # seconds to cancel in; without it 5 for delete, else 0

# Other clouds; without ak and sk their official variables and files are looked at.
# [profiles.qf]
# cloud = "qianfan"
# ak = { env = "QIANFAN_ACCESS_KEY" }
# sk = { env = "QIANFAN_SECRET_KEY" }
# v1_jobs = [[7263, 4612]]                    # runs of the V1 interface: task id, job id

# [profiles.os]
# cloud = "opensearch"
# region = "cn-hangzhou"
# app = "my_app_group"
# functions = ["ctr"]
# ak = { env = "ALIBABA_CLOUD_ACCESS_KEY_ID" }
# sk = { env = "ALIBABA_CLOUD_ACCESS_KEY_SECRET" }
"""


def format_settings(settings: Settings) -> str:
    """Return everything that is set; a secret as its source, a literal one as ``<set>``.

    Of a command of ``[[notify]]`` only the program is shown, as of that of a secret.
    """
    fields = _set_fields(settings)
    plain = {key: value for key, value in fields.items() if not isinstance(value, Mapping | list | BaseModel)}
    tables = [_format_table("", plain)]
    for key, value in fields.items():
        if key == "profiles":
            tables += [format_profile(profile) for profile in settings.profiles.values()]
        elif isinstance(value, list):
            tables += [_format_table(key, _set_fields(rule), in_list=True) for rule in value]
        elif isinstance(value, BaseModel):
            tables.append(_format_table(key, _set_fields(value)))
        elif isinstance(value, Mapping):
            tables.append(_format_table(key, value))
    return "\n".join(table for table in tables if table)


def _set_fields(table: BaseModel) -> dict[str, Any]:
    """Return what the file sets of a table, in the order of its model, by the keys of the file."""
    names = {name: field.alias or name for name, field in type(table).model_fields.items()}
    known = {key: getattr(table, name) for name, key in names.items() if name in table.model_fields_set}
    if isinstance(table, NotifyRule) and table.command:
        known["command"] = [table.command[0], *(["…"] if len(table.command) > 1 else [])]
    return known | (table.model_extra or {})


def format_profile(profile: Profile) -> str:
    """Return one profile; defaults that were never written are left out."""
    fields = {name: getattr(profile, name) for name in Profile.model_fields if name in _find_written(profile)}
    return _format_table(f"profiles.{_format_key(profile.name)}", fields)


def _find_written(profile: Profile) -> set[str]:
    return (profile.model_fields_set | {"cloud", "api", "auth", "read_only"}) - {"name"}


def _format_table(header: str, fields: Mapping[str, Any], *, in_list: bool = False) -> str:
    lines = [line for key, value in fields.items() for line in _format_lines(key, value)]
    if not lines:
        return ""
    heading = [f"[[{header}]]" if in_list else f"[{header}]"] if header else []
    return "\n".join([*heading, *lines, ""])


def _format_lines(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for kind, seconds in value.items():
            yield f"{key}.{kind} = {seconds:g}"
    elif isinstance(value, Guard | Countdown):
        for name, given in _set_fields(value).items():
            yield from (f"{key}.{line}" for line in _format_lines(name, given))
    elif value is not None:
        yield f"{_format_key(key)} = {_format_value(value)}"


def _format_value(value: Any) -> str:
    if isinstance(value, SecretSource):
        return clean(value.describe())
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value, ensure_ascii=False)


def _format_key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare else json.dumps(clean(key), ensure_ascii=False)
