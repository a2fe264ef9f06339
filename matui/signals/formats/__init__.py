"""Recognisers of the formats of training logs, by framework."""
