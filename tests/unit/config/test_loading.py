"""Config files: what is right is read, what is wrong is named with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from matui.base.errors import ConfigError
from matui.config.loading import load_settings
from matui.config.settings import Profile
from matui.resources.registry import KIND_KEYS
from tests.unit.config.files import load_text, write_config

GOOD = """\
default_profile = "prod"
theme = "matui-dark"

[refresh]                 # seconds
notebooks = 10
jobs = 2.5

[keys]
stop = "X,ctrl+x"

[profiles.prod]
cloud = "modelarts"
region = "cn-north-4"
workspace_id = "0"
read_only = true
auth = "aksk"
ak = "AKVALUE"
sk = { env = "MY_SK" }
refresh.jobs = 15
theme = "matui-red"

[profiles."night shift"]
endpoint = "http://127.0.0.1:8080"
iam_endpoint = "https://iam.example.com/v3/"
auth = "password"
username = "li"
domain_name = "acme"
password = { command = "pass show 'my password'" }
"""


def _load_problem(tmp_path: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_text(tmp_path, text)
    assert caught.value.file == str(tmp_path / "config.toml")
    return caught.value


def test_everything_of_the_interface_is_read(tmp_path: Path) -> None:
    settings = load_text(tmp_path, GOOD)
    prod = settings.profiles["prod"]
    assert (prod.name, prod.region, prod.read_only, prod.theme) == ("prod", "cn-north-4", True, "matui-red")
    assert settings.keys == {"stop": "X,ctrl+x"}
    night = settings.profiles["night shift"]
    assert (night.endpoint, night.iam_endpoint) == ("http://127.0.0.1:8080", "https://iam.example.com/v3")


def test_a_profiles_cadence_is_over_the_files_and_that_over_the_defaults(tmp_path: Path) -> None:
    settings = load_text(tmp_path, GOOD)
    assert settings.profiles["prod"].build_cadence(settings)["jobs"] == 15
    night = settings.profiles["night shift"].build_cadence(settings)
    assert night == {"jobs": 2.5, "notebooks": 10, "logs": 2}


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("thme = 'x'", 1, "thme", "Did you mean theme?"),
        ("\n[profile.prod]\nregion='r'", 2, "profile", "Did you mean profiles?"),
        ("[refresh]\n\njobs = 0", 3, "refresh.jobs", "more than 0 seconds"),
        ("[refresh]\njobs = -1", 2, "refresh.jobs", "more than 0 seconds"),
        ("[refresh]\njobs = '5'", 2, "refresh.jobs", "number of seconds"),
        ("[refresh]\njobs = true", 2, "refresh.jobs", "number of seconds"),
        ("[refresh]\njobs = nan", 2, "refresh.jobs", "finite"),
        ("[refresh]\njobs = 1e300", 2, "refresh.jobs", "at most 86400 seconds"),
        ("[refresh]\njob = 5", 2, "refresh.job", "Did you mean jobs?"),
        ("[keys]\nstopp = 'x'", 2, "keys.stopp", "Did you mean stop?"),
        ("[keys]\nstart = 's'\nstop = 's'", 3, "keys.stop", "which start has already"),
        ("[keys]\nstop = 'pgup'", 2, "keys.stop", "does not exist"),
        ("[keys]\nstop = 5", 2, "keys.stop", "text in quotes"),
        ("[profiles.p]\nregoin = 'x'", 2, "profiles.p.regoin", "Did you mean region?"),
        ("[profiles.p]\nname = 'x'", 2, "profiles.p.name", "header"),
        ("[profiles.p]\ncloud = 'aws'", 2, "profiles.p.cloud", "'modelarts'"),
        ("[profiles.p]\nauth = 'none'", 2, "profiles.p.auth", "'aksk'"),
        ("[profiles.p]\nworkspace_id = 0", 2, "profiles.p.workspace_id", "text in quotes"),
        ("[profiles.p]\nread_only = 'yes'", 2, "profiles.p.read_only", "true or false"),
        ("[profiles.p]\nrefresh.jobs = 0", 2, "profiles.p.refresh.jobs", "more than 0 seconds"),
        ("[profiles.p.refresh]\nx = 1", 2, "profiles.p.refresh.x", "unknown"),
        ("[profiles.p]\nregion = 'a/../b'", 2, "profiles.p.region", "letters"),
        ("[profiles.p]\nregion = ''", 2, "profiles.p.region", "must not be empty"),
        ("[profiles.p]\nendpoint = 'http://evil.com'", 2, "profiles.p.endpoint", "https"),
        ("[profiles.p]\nendpoint = 'http://127.0.0.1.evil.com'", 2, "profiles.p.endpoint", "https"),
        ("[profiles.p]\nendpoint = 'https://u:p@h'", 2, "profiles.p.endpoint", "user name"),
        ("[profiles.p]\nendpoint = 'ftp://h'", 2, "profiles.p.endpoint", "https://"),
        ("[profiles.p]\nendpoint = 'https://h:99999'", 2, "profiles.p.endpoint", "not an address"),
        ("[profiles.p]\nrequests_per_minute = 0", 2, "profiles.p.requests_per_minute", "at least 1"),
        ("[profiles.p]\nsk = { envv = 'X' }", 2, "profiles.p.sk", "{ env ="),
        ("[profiles.p]\nsk = ''", 2, "profiles.p.sk", "must not be empty"),
        ("profiles = 5", 1, "profiles", "must be a table"),
        ("\n[profiles.'a,b']\nregion = 'r'", 2, 'profiles."a,b"', "comma"),
        ("[profiles]\np = 5", 2, "profiles.p", "must be a table"),
        ("default_profile = 'x'\n[profiles.prod]", 1, "default_profile", "no profile 'x'"),
        ("default_profile = 'prod, x'\n[profiles.prod]", 1, "default_profile", "no profile 'x'"),
        ("[profiles.prod]\ncolor = 'pink'", 2, "profiles.prod.color", "must be one of cyan, "),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, line: int, key: str, says: str) -> None:
    problem = _load_problem(tmp_path, text)
    assert (problem.line, problem.key) == (line, key)
    assert says in str(problem)
    assert f"config.toml:{line}: {key}: " in str(problem)


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb =", 2), ("[x\n", 1), ('a = "\n', 1), ("a = 1\na = 2", 2), ("a = " + "9" * 5000, 1)],
    ids=lambda value: str(value)[:9],
)
def test_what_is_no_toml_is_reported_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    problem = _load_problem(tmp_path, text)
    assert problem.line == line
    assert "not valid TOML" in str(problem)


def test_a_file_that_is_not_text_is_reported_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"theme = 'a'\n# \xff\xfe\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {}, KIND_KEYS)
    assert caught.value.line == 2


def test_the_first_of_several_problems_is_reported_with_how_many_more(tmp_path: Path) -> None:
    problem = _load_problem(tmp_path, "[refresh]\njobs = 0\nlogs = 0\n[profiles.p]\nx = 1\n")
    assert problem.key == "refresh.jobs"
    assert "2 more" in str(problem)


def test_an_unknown_theme_is_no_error_here(tmp_path: Path) -> None:
    assert load_text(tmp_path, "theme = 'nobody-has-it'").theme == "nobody-has-it"


def test_without_a_file_at_the_default_place_all_is_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    settings = load_settings(None, {}, KIND_KEYS)
    assert settings.profiles == {}
    assert settings.source is not None
    assert settings.source.file == tmp_path / "matui" / "config.toml"


def test_a_file_that_was_asked_for_must_exist(tmp_path: Path) -> None:
    for path, environ in ((tmp_path / "no.toml", {}), (None, {"MATUI_CONFIG": str(tmp_path / "no.toml")})):
        with pytest.raises(ConfigError, match=r"no\.toml"):
            load_settings(path, environ, KIND_KEYS)


def test_the_option_goes_before_the_variable(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("theme = 'other'")
    file = write_config(tmp_path, "theme = 'mine'")
    assert load_settings(file, {"MATUI_CONFIG": str(other)}, KIND_KEYS).theme == "mine"
    assert load_settings(None, {"MATUI_CONFIG": str(other)}, KIND_KEYS).theme == "other"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_with_a_literal_secret_must_be_private(tmp_path: Path, mode: int) -> None:
    file = write_config(tmp_path, "[profiles.p]\nsk = 'TOPSECRET'\n", mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {file}") as caught:
        load_settings(file, {}, KIND_KEYS)
    assert "TOPSECRET" not in str(caught.value)


def test_a_file_without_literal_secrets_may_be_read_by_others(tmp_path: Path) -> None:
    text = "[profiles.p]\nak = 'AKVALUE'\nsk = { env = 'X' }\n"
    assert load_settings(write_config(tmp_path, text, 0o644), {}, KIND_KEYS).profiles["p"].ak is not None


def test_no_error_shows_a_secret_that_stands_beside_the_mistake(tmp_path: Path) -> None:
    for text in (
        "[profiles.p]\nsk = ['TOPSECRET']\n",
        "[profiles.p]\nsk = { literal = 'TOPSECRET' }\n",
        "[profiles.p]\nsk = 'TOPSECRET'\nx = 1\n",
        "[profiles.p]\nsk = 'TOPSECRET\n",
    ):
        problem = _load_problem(tmp_path, text)
        assert "TOPSECRET" not in f"{problem}{problem!r}{problem.__cause__!r}"


def test_not_even_the_validators_own_error_shows_a_value() -> None:
    with pytest.raises(ValidationError) as caught:
        Profile.model_validate({"name": "p", "sk": ["TOPSECRET"], "theme": 5, "username": ["TOPSECRET"]})
    assert "TOPSECRET" not in str(caught.value)


@given(st.text(max_size=200))
def test_no_text_is_reported_with_a_traceback(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("c") / "config.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    told = ""
    try:
        load_settings(file, {}, KIND_KEYS)
    except ConfigError as error:
        told = str(error)
    assert "\x1b" not in told


def test_the_start_is_triage_or_a_kind(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('start = "services"\n[triage]\nstuck_factor = 5\n')
    assert (
        load_settings(file, {}, KIND_KEYS).start,
        load_settings(file, {}, KIND_KEYS).triage.stuck_factor,
    ) == (
        "services",
        5,
    )
    file.write_text('start = "servces"\n')
    with pytest.raises(ConfigError) as wrong:
        load_settings(file, {}, KIND_KEYS)
    assert (wrong.value.line, wrong.value.key, wrong.value.remedy) == (1, "start", "Did you mean services?")


def test_a_key_with_a_hyphen_is_suggested_as_it_is_written(tmp_path: Path) -> None:
    problem = _load_problem(tmp_path, "[profiles.p]\nguard.countdown.save_image = 5\n")
    assert "Did you mean save-image?" in str(problem)


def test_a_table_that_is_there_twice_is_named_as_in_the_file(tmp_path: Path) -> None:
    problem = _load_problem(tmp_path, "[profiles.p]\n[profiles.p]\n")
    assert "profiles.p" in str(problem)
    assert "('" not in str(problem)


def test_a_profile_without_a_name_is_named_so(tmp_path: Path) -> None:
    problem = _load_problem(tmp_path, '[profiles.""]\nregion = "cn-north-4"\n')
    assert problem.line == 1
    assert problem.key == 'profiles.""'
    assert "name" in str(problem)


def test_an_unknown_time_zone_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"is not a time zone of this machine; did you mean Asia/Shanghai\?"
    ):
        load_text(tmp_path, '[logs]\nzone = "Asia/Shangai"\n')
