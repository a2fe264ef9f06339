"""The simulated OpenSearch app group."""
