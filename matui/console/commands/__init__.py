"""The table of commands, and what runs them: keys, palette and command line."""
