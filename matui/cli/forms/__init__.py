"""``matui edit``, ``create`` and ``rerun``: the form of a resource, filled in and sent."""
