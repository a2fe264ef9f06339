"""Actions: policy, guard, execution, outcome and reconciliation."""
