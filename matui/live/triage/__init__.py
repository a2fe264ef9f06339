"""Triage: everything that needs a person, ranked, each with its reason. Rules are pure."""
