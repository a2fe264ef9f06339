"""``matui get`` under every fault: one line on stderr, the exit status of the table, nothing on stdout."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from matui.cli.main import run
from tests.unit.faults import fault_rig
from tests.unit.faults.fault_rig import HurriedClock, Site, serve_simulator
from tests.unit.faults.fault_table import NETWORK, SERVED, TLS, Row

Matui = Callable[..., tuple[int, str, str]]


@pytest.fixture
def matui(monkeypatch, capsys, tmp_path) -> Matui:
    """Return what runs matui on a site, with waits that cost nothing."""
    monkeypatch.setattr("matui.base.clock.SystemClock", HurriedClock)
    # Limit and notice go by the time of the event loop, which is not hurried.
    monkeypatch.setattr("matui.cli.get.fetching._READ_TIMEOUTS", 100)
    monkeypatch.setattr("matui.cli.get.fetching._FIRST_NOTICE_S", 60)
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))

    def call(site: Site, *arguments: str, **fields) -> tuple[int, str, str]:
        code = run(["--config", site.write(tmp_path, **fields), *arguments])
        return (code, *capsys.readouterr())

    return call


def check_told(row: Row, said: tuple[int, str, str]) -> None:
    code, out, err = said
    assert re.search(row.says, err), err
    lines = [line for line in err.splitlines() if "which takes no more requests" not in line]
    assert (code, out, len(lines)) == (row.code, "", 1)


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, marks=pytest.mark.slow if row.name == "drip" else (), id=row.name) for row in SERVED],
)
def test_a_fault_is_reported_in_one_line_and_gone_with_its_cause(matui, row):
    with serve_simulator(row.name) as site:
        read_timeout = fault_rig.READ_S if row.word == "timed out" else 60.0
        check_told(row, matui(site, "get", "nb", read_timeout=read_timeout))
        site.heal()
        assert matui(site, "get", "nb", read_timeout=60.0)[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in SERVED if row.retried], ids=lambda row: row.name)
def test_a_single_one_of_what_passes_is_not_even_noticed(matui, row):
    with serve_simulator() as site:
        site.faults.queue_faults([row.name])
        code, _, err = matui(site, "get", "nb", read_timeout=3.0)  # a second try needs a whole one of three
    assert code == 0
    # Without Retry-After the wait is random and may be one that is reported.
    assert err == "" or (row.word == "429" and err.count("takes no more requests now") == 1)


@pytest.mark.parametrize("row", NETWORK, ids=lambda row: row.name)
def test_a_place_that_does_not_answer_is_reported_in_one_line(matui, row):
    with fault_rig.PLACES[row.name]() as site:
        check_told(row, matui(site, "get", "nb"))
    assert site.seen == []


def test_a_server_that_comes_up_is_reached(matui):
    with fault_rig.refuse_connections() as site:
        assert matui(site, "get", "nb")[0] == 4
        site.heal()
        assert matui(site, "get", "nb")[0] == 0


def test_a_certificate_that_is_wrong_is_reported_and_a_good_one_accepted(matui, tmp_path: Path, monkeypatch):
    known, unknown = trustme.CA(), trustme.CA()
    known.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    wrong_host, expired, unknown_ca = TLS
    with fault_rig.serve_tls(known, names=("other.example",)) as site:
        check_told(wrong_host, matui(site, "get", "nb"))
    with fault_rig.serve_tls(known, expired=True) as site:
        check_told(expired, matui(site, "get", "nb"))
    with fault_rig.serve_tls(unknown) as site:
        check_told(unknown_ca, matui(site, "get", "nb"))
    with fault_rig.serve_tls(known) as site:
        assert matui(site, "get", "nb")[0] == 0


def test_a_refusal_of_one_kind_leaves_the_others(matui):
    with serve_simulator("403:1@/instances") as site:
        assert matui(site, "get", "nb")[0] == 3
        assert matui(site, "get", "jobs")[0] == 0


@pytest.mark.slow
def test_a_slow_line_is_waited_for_within_its_limits(matui):
    with serve_simulator("drip") as site:
        assert matui(site, "get", "nb", read_timeout=5.0)[0] == 0


def test_a_row_that_went_since_it_was_listed_is_reported(matui):
    with serve_simulator("404:1@/instances/") as site:
        name = matui(site, "get", "nb", "-o", "name")[1].split()[0].partition("/")[2]
        code, _, err = matui(site, "describe", "nb", name)
    assert (code, err.count("\n")) == (1, 1)
    assert "HTTP 404" in err


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("409:1@/stop", 1, "stop refused. ModelArts does not permit"),
        ("lost:1@/stop", 5, "whether it was done is unknown"),
        ("503:1@/stop", 5, "not available at the moment"),
    ],
)
def test_an_action_that_fails_is_reported_in_one_line_and_sent_once(matui, fault, code, words):
    with serve_simulator(fault) as site:
        said = matui(site, "stop", "job", "resnet50-imagenet-8p", "--yes")
        assert site.world is not None
        posts = [path for method, path, _ in site.world.requests if method != "GET"]
    assert (said[0], said[2].count("\n"), len(posts)) == (code, 1, 1)
    assert words in said[2]


def test_a_ready_token_that_is_void_is_reported_and_one_from_a_password_renewed(matui):
    with serve_simulator() as site:  # a time-out would be retried, which asks for another token
        code, _, err = matui(site, "get", "nb", auth="token")
        assert (code, err.count("\n")) == (3, 1)
        assert matui(site, "get", "nb", auth="password", read_timeout=60.0)[0] == 0
        site.auth.revoke_all()
        assert matui(site, "get", "nb", auth="password", read_timeout=60.0)[0] == 0
        for token in site.auth.tokens.values():
            token.expires = 0
        assert matui(site, "get", "nb", auth="password", read_timeout=60.0)[0] == 0
        assert site.auth.issued == 3
