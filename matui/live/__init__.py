"""Keeps data live without a screen: pollers, log tails, the action executor and the audit trail."""
