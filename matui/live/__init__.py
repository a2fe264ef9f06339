"""What keeps the data live: pollers, snapshots, log tails, the executor and the audit trail."""
