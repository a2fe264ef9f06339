"""The current ModelArts API (``/v2``)."""
