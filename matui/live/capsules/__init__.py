"""Capsules: the log, events, detail and metrics of a resource that failed, kept in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.clouds.protocols import Cloud

PROFILE_PREFIX = "capsule:"  # the profile of an opened capsule is this and its id


def is_capsule(cloud: Cloud) -> bool:
    """Return whether a profile is an opened capsule."""
    return cloud.profile.startswith(PROFILE_PREFIX)
