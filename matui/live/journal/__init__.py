"""The journal: what polling saw change, kept in SQLite and shared by every process of this user."""
