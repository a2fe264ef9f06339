"""``[profiles.NAME.guard]``: what it takes, what it refuses with the key named, and how it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from matui.base.errors import ConfigError
from matui.config.field_types import BuiltWhenPresent, StrictModel
from matui.config.loading import load_settings
from matui.config.rendering import format_settings
from matui.config.section_settings import ActionWord, Countdown, Guard
from matui.config.settings import Profile, Settings
from matui.live.actions.policy import Policy
from matui.resources.forms.form import FormMode
from matui.resources.registry import INNER_KINDS, KIND_KEYS, KINDS

HEAD = '[profiles.prod]\nregion = "cn-north-4"\nauth = "agency"\n[profiles.prod.guard]\n'


TABLES = [
    pytest.param(model, name, id=f"{model.__name__}.{name}")
    for model in (Settings, Profile, Guard)
    for name, field in model.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, StrictModel)
]


@pytest.mark.parametrize(("model", "name"), TABLES)
def test_a_table_that_the_file_lacks_is_that_of_an_empty_one(model: type[StrictModel], name: str) -> None:
    field = model.model_fields[name]
    table = field.annotation
    assert isinstance(table, type)
    assert issubclass(table, StrictModel)
    assert field.get_default(call_default_factory=True) == table.model_validate({})


def test_the_root_does_not_build_the_validators_of_its_tables() -> None:
    embedded = [
        param.id
        for param in TABLES
        if BuiltWhenPresent not in param.values[0].model_fields[param.values[1]].metadata
    ]
    assert embedded == []


def load(tmp_path: Path, text: str):
    file = tmp_path / "config.toml"
    file.write_text(HEAD + text)
    return load_settings(file, {}, KIND_KEYS)


COUNTED = {field.alias or name for name, field in Countdown.model_fields.items()}


def load_rules(tmp_path: Path, text: str) -> Policy:
    return Policy(**load(tmp_path, text).profiles["prod"].guard.dump_plain())


def test_without_a_word_everything_is_allowed_and_deletions_count_down(tmp_path):
    found = load_rules(tmp_path, "")
    assert found.explain_denial("prod", "delete") is None
    assert (found.get_countdown("delete"), found.get_countdown("stop"), found.most) == (5, 0, None)


def test_every_rule_reaches_the_guard(tmp_path):
    found = load_rules(
        tmp_path,
        'allow = ["stop"]\ndeny = ["delete"]\nprotect = ["prod-*", "/^x/"]\nprotect_how = "never"\n'
        "most = 10\ncountdown = 7\n",
    )
    assert found == Policy(
        allow=["stop"],
        deny=["delete"],
        protect=["prod-*", "/^x/"],
        protect_how="never",
        most=10,
        countdown_s=dict.fromkeys(COUNTED, 7.0),
    )


def test_one_action_may_have_a_countdown_of_its_own(tmp_path):
    found = load_rules(tmp_path, "countdown.stop = 3")
    assert (found.get_countdown("stop"), found.get_countdown("delete")) == (3, 5)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("mst = 1", "guard.mst", "Did you mean most?"),
        ('deny = ["explode"]', "guard.deny.0", "one of"),
        ('deny = "delete"', "guard.deny", "a list"),
        ('protect = ["/(/"]', "guard.protect.0", "not a regex"),
        ('protect = ["/(a+)+/"]', "guard.protect.0", "for ever"),
        ('protect = [" "]', "guard.protect.0", "prod-*"),
        ('protect_how = "maybe"', "guard.protect_how", "typed"),
        ("most = 0", "guard.most", "at least 1"),
        ("countdown = -1", "guard.countdown", "at least 0 seconds"),
        ('countdown = "5"', "guard.countdown", "number of seconds"),
        ("countdown = nan", "guard.countdown", "finite"),
        ("countdown.explode = 3", "guard.countdown.explode", "unknown"),
    ],
)
def test_a_wrong_rule_is_named_with_its_line(tmp_path, text, key, words):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert caught.value.line == 5
    assert caught.value.key.startswith(f"profiles.prod.{key}")
    assert words in str(caught.value)


def test_what_is_shown_can_be_loaded_again(tmp_path):
    settings = load(tmp_path, 'protect = ["a*"]\nallow = []\ncountdown.delete = 9')
    file = tmp_path / "again.toml"
    file.write_text(format_settings(settings))
    assert load_settings(file, {}, KIND_KEYS).profiles["prod"].guard == settings.profiles["prod"].guard


def test_the_config_knows_the_actions_of_every_kind():
    kinds = (*KINDS.values(), *INNER_KINDS.values())
    actions = {action.id for kind in kinds for action in kind.actions}
    assert actions | set(get_args(FormMode)) == set(get_args(ActionWord))
    assert set(get_args(ActionWord)) - {"delete-versions"} == COUNTED


def test_the_line_that_names_a_theme_is_located(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('# themes\ntheme = "nigth"\n\n[profiles.p]\nregion = "cn-north-4"\ntheme = "mats"\n')
    settings = load_settings(file, {}, KIND_KEYS)
    assert settings.locate_theme("nigth") == f"{file}:2: theme: "
    assert settings.locate_theme("mats") == f"{file}:6: profiles.p.theme: "
    assert settings.locate_theme("else") == ""


def test_the_lines_of_keys_are_not_searched_in_a_file_without_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(reader: object) -> None:
        raise AssertionError(reader)

    monkeypatch.setattr("matui.base.toml._Reader.read_document", refuse)
    assert load(tmp_path, "").profiles["prod"].region == "cn-north-4"
    with pytest.raises(AssertionError):
        load(tmp_path, "mist = 1\n")
