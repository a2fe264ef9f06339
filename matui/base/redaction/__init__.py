"""Secrets: recognised by name and by value, hidden in text and in trees."""
