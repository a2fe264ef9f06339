"""Opens a capsule as a profile of the console, offline."""

from __future__ import annotations

from matui.cli.options import Options
from matui.cli.session import Session


def open_capsule_session(options: Options, name: str) -> Session:
    """Return the session of ``capsule:ID``. Raises NotFoundError, UsageError for an unknown ID."""
    from matui.base.clock import SystemClock
    from matui.cli.capsule.command import open_store
    from matui.config.settings import Profile, Settings
    from matui.live.capsules import PROFILE_PREFIX
    from matui.live.capsules.cloud import CapsuleCloud

    cloud = CapsuleCloud(open_store(options).find(name.removeprefix(PROFILE_PREFIX)))
    profile = Profile.model_validate(
        {"name": name, "cloud": cloud.name, "read_only": True, "endpoint": "http://127.0.0.1:9"}
    )
    settings = Settings.model_validate({"journal": {"enabled": False}, "capsules": {"enabled": False}})
    return Session(cloud, profile, settings, SystemClock(), "", True)
