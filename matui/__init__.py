"""matui: a terminal console for engineers on call for machine-learning platforms."""

__version__ = "0.1.0"
