"""The ModelArts API of 2020 (``/v1``)."""
