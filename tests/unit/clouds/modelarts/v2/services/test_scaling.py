"""The choice of the deployment that is scaled, and which have no autoscaling."""

from __future__ import annotations

from typing import NoReturn

import pytest

from matui.base.errors import NotFoundError, UsageError
from matui.clouds.modelarts.v2.services import scaling
from matui.clouds.modelarts.v2.services.scaling import choose_deployment
from matui.clouds.modelarts.v2.services.wire import Deployment
from matui.resources.model import Phase, Resource

CHAT = Resource("services", "s1", "chat", "RUNNING", Phase.RUNNING, "modelarts", "prod")
BLUE, GREEN = Deployment(id="1", name="blue"), Deployment(id="2", name="green")
NAMELESS = Deployment(id="3")


def test_the_only_deployment_needs_no_name() -> None:
    assert choose_deployment(CHAT, [BLUE], "") is BLUE


def test_one_of_several_is_chosen_by_name() -> None:
    assert choose_deployment(CHAT, [BLUE, GREEN], "green") is GREEN


@pytest.mark.parametrize(
    ("deployments", "wanted", "sentence", "remedy"),
    [
        ([BLUE, GREEN], "", "chat has 2 deployments.", "Name one: blue, green."),
        ([BLUE], "red", "chat has no deployment 'red'.", "It has: blue."),
        ([], "", "chat has 0 deployments.", ""),
        ([NAMELESS, BLUE], "", "chat has 2 deployments, 1 without a name.", "Name one: blue."),
        ([NAMELESS, NAMELESS], "", "chat has 2 deployments, 2 without a name.", ""),
        ([NAMELESS, BLUE], "red", "chat has no deployment 'red'.", "It has: blue."),
        ([NAMELESS], "red", "chat has no deployment 'red'.", ""),
        (
            [NAMELESS],
            "",
            "The only deployment of chat has no name and cannot be scaled.",
            "Scale it in the cloud's own console.",
        ),
    ],
)
def test_without_a_choice_the_names_are_listed(
    deployments: list[Deployment], wanted: str, sentence: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as caught:
        choose_deployment(CHAT, deployments, wanted)
    assert (caught.value.sentence, caught.value.remedy) == (sentence, remedy)


class Refusing:
    """A session over a cloud without autoscaling, which counts the requests."""

    def __init__(self) -> None:
        self.sent = 0

    async def send(self, _call: object) -> NoReturn:
        self.sent += 1
        raise NotFoundError("There is no autoscaling.")


async def test_of_thousands_of_deployments_without_autoscaling_the_first_are_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scaling, "_MOST_WITHOUT", 3)
    session = Refusing()
    policies = scaling.ScalingPolicies(session)  # type: ignore[arg-type]
    for number in range(5):
        for _ in range(2):
            assert await policies.fetch_hpa_rows("s1", f"d{number}") == []
    assert session.sent == 5
    assert await policies.fetch_scaling_events("s1", "d4", "blue") == ()
    assert session.sent == 5
    assert await policies.fetch_hpa_rows("s1", "d0") == []
    assert session.sent == 6
