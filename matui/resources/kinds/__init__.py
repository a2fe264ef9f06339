"""One module for each kind of resource: its columns, statuses, cadence and actions."""
