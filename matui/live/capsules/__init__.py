"""Capsules: the log, events, detail and metrics of a resource that failed, kept in one file."""

PROFILE_PREFIX = "capsule:"  # the profile of an opened capsule is this and its id
