"""The hand-over: what happened in a shift, from the journal, the audit trail and the capsules."""
