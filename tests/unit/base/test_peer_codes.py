"""The codes of Qianfan and OpenSearch are explained as they are sent, beside what else they mean."""

import pytest
from click.testing import CliRunner

from matui.base.errors import CloudError
from matui.base.peer_codes import all_peer_codes, explain_peer_code
from matui.cli.explain import command
from matui.clouds.opensearch import errors as opensearch_errors
from matui.clouds.qianfan import errors as qianfan_errors
from matui.console.screens.errors import _meaning


@pytest.mark.parametrize("typed", ["Qianfan.111", "qianfan 111", "111"])
def test_a_code_is_found_as_it_is_sent_and_after_its_cloud(typed: str) -> None:
    assert [entry.code for entry in explain_peer_code(typed)] == ["Qianfan.111"]
    shown = CliRunner().invoke(command, [typed]).output
    assert "The access token has expired." in shown


def test_every_code_that_decides_an_error_is_explained() -> None:
    known = {entry.code for entry in all_peer_codes()}
    assert {f"Qianfan.{number}" for number in qianfan_errors._BY_NUMBER} <= known
    assert len(known) == len(all_peer_codes())
    words = [word for word, _error in opensearch_errors._BY_WORD]
    assert all(
        any(word in code.lower().replace(".", "") for word in words) for code in known if "OpenS" in code
    )


def test_the_list_of_errors_explains_a_bare_number_as_qianfans_and_not_as_that_of_modelarts() -> None:
    shown = {code: str(_meaning(CloudError("x", code=code))) for code in ("111", "ModelArts.0111", "0111")}
    assert "Qianfan.111" in shown["111"]
    assert "ModelArts" not in shown["111"]
    assert "ModelArts.0111" in shown["ModelArts.0111"]
    assert shown["0111"] == "[]"


def test_an_unknown_code_has_no_meaning() -> None:
    assert explain_peer_code("999999") == explain_peer_code("") == ()
