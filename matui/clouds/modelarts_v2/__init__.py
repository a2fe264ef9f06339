"""ModelArts as it is today: v2 training, services and pools, notebooks with leases, DevServers."""
