"""What matui shows: resources, phases, kinds and what may be done to them. Pure."""
