"""What one cloud offers and another does not: the other has its reason in words, for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from matui.clouds.protocols import Acts, ExplainsUnsupported, Forms
from matui.live.capabilities import explain_missing_kind, explain_missing_pane
from matui.resources.kind import PaneName
from matui.resources.registry import INNER_KINDS, KINDS
from tests.contract.modelarts_v2.stage import Stage
from tests.contract.peers.rig import Rig

DEEDS: tuple[Any, ...] = ("edit", "create", "rerun")
EVERY_KIND = {**KINDS, **INNER_KINDS}


@pytest.fixture
async def clouds() -> dict[str, Any]:
    rig = Rig()
    stage = Stage(generations=("v1", "v2"))
    found: dict[str, Any] = {"qianfan": await rig.open_qianfan(), "opensearch": await rig.open_opensearch()}
    for api in ("v1", "v2"):
        async with stage.open_cloud(api) as cloud:
            found[api] = cloud
    return found


def iterate_offered(cloud: Any) -> Iterator[tuple[str, str, str]]:
    """Yield every kind, action, form and pane that a cloud has something for."""
    assert isinstance(cloud, Acts)
    inner = {"jobs": "versions", "services": "nodes"}
    told = [*cloud.kinds, *(inner[kind] for kind in cloud.kinds if kind in inner)]
    for kind in told:
        if kind in KINDS:
            yield "kind", kind, ""
        elif explain_missing_pane(cloud, KINDS[EVERY_KIND[kind].within], cast("PaneName", kind)) is not None:
            continue
        yield from (("action", kind, a.id) for a in EVERY_KIND[kind].actions if cloud.offers(kind, a.id))
        if isinstance(cloud, Forms):
            yield from (("form", kind, mode) for mode in DEEDS if cloud.has_form(kind, mode))
        shown = [
            pane
            for pane in EVERY_KIND[kind].panes
            if explain_missing_pane(cloud, EVERY_KIND[kind], pane) is None
        ]
        yield from (("pane", kind, pane) for pane in shown)


def test_each_cloud_says_why_it_lacks_what_another_has(clouds: dict[str, Any]) -> None:
    everything = {entry for cloud in clouds.values() for entry in iterate_offered(cloud)}
    assert len(everything) > 60
    for name, cloud in clouds.items():
        assert isinstance(cloud, ExplainsUnsupported)
        silent = [
            (what, kind, word)
            for what, kind, word in everything - set(iterate_offered(cloud))
            if not (cloud.explain_unsupported(kind, word))
        ]
        assert not silent, f"{name} has no words for {sorted(silent)}"


def test_no_cloud_has_a_reason_against_what_it_offers(clouds: dict[str, Any]) -> None:
    for name, cloud in clouds.items():
        for what, kind, word in iterate_offered(cloud):
            told = cloud.explain_unsupported(kind, word)
            assert told is None, f"{name} offers {what} {kind} {word}, yet says: {told}"


def test_a_kind_that_is_nobodys_reason_names_the_cloud(clouds: dict[str, Any]) -> None:
    assert explain_missing_kind(clouds["qianfan"], "notebooks") == "Qianfan has no notebooks"
    assert explain_missing_kind(clouds["v1"], "jobs") is None
    assert 'api = "v2"' in (explain_missing_kind(clouds["v1"], "devservers") or "")
