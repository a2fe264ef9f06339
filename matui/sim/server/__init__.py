"""The HTTP side of the simulator: requests, answers, authentication, faults."""
