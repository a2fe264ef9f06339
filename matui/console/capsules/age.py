"""The age of an opened capsule in the status bar and in titles of panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.base.formatting import format_local_time
from matui.live.capsules import PROFILE_PREFIX

if TYPE_CHECKING:
    from datetime import tzinfo

    from matui.clouds.protocols import Cloud


def is_capsule(cloud: Cloud) -> bool:
    """Return whether a profile is an opened capsule."""
    return cloud.profile.startswith(PROFILE_PREFIX)


def describe_capsule(cloud: Cloud, zone: tzinfo | None) -> str:
    """Return what the status bar says of an opened capsule; ``zone`` None is the machine's."""
    return f"capsule saved {_time_saved(cloud, zone)} · offline · live profiles are not polled"


def describe_saved(cloud: Cloud, zone: tzinfo | None) -> str:
    """Return what the title of a pane says of the age of what a capsule holds: ``saved 03:12``."""
    return f"saved {_time_saved(cloud, zone)[11:16]}"


def _time_saved(cloud: Cloud, zone: tzinfo | None) -> str:
    from matui.live.capsules.cloud import CapsuleCloud

    saved_at = cloud.saved_at if isinstance(cloud, CapsuleCloud) else None
    return format_local_time(saved_at, zone)[:19]
