"""Notifications: a change that a rule names, or the end of a resource that is watched, is announced once."""
