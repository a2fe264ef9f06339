"""Puts the right generation of ModelArts on a session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from matui.clock import Clock
from matui.clouds.modelarts.session import ModelArtsSession

if TYPE_CHECKING:
    from matui.clouds.modelarts.cloud import ModelArtsCloud
    from matui.clouds.modelarts_v2.cloud import ModelArtsV2Cloud


async def cloud_on(
    session: ModelArtsSession, *, clock: Clock, cache_dir: Path | None
) -> ModelArtsCloud | ModelArtsV2Cloud:
    """Return the cloud that the session's profile asks for; ``auto`` is found out and may send a request."""
    profile = session.profile
    api = profile.api
    if api == "auto":
        from matui.clouds.modelarts_v2.generation import find_generation

        api = await find_generation(session, clock=clock, cache_dir=cache_dir)
    about: dict[str, Any] = {
        "profile": profile.name,
        "region": session.region,
        "workspace": profile.workspace_id or "",
        "everyone": profile.all_users,
        "clock": clock,
    }
    if api == "v2":
        from matui.clouds.modelarts_v2.cloud import ModelArtsV2Cloud

        return ModelArtsV2Cloud(session, **about)
    from matui.clouds.modelarts.cloud import ModelArtsCloud

    return ModelArtsCloud(session, **about)
