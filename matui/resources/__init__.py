"""The pure model: resources, phases, kinds with their columns and actions, filters and forms."""
