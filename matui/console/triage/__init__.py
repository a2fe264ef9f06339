"""Triage on the screen: its rows, the reasons fetched for those in view, and acknowledgements."""
