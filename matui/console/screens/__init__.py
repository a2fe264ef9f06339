"""Screens: browse, dialogs, help, first run."""
