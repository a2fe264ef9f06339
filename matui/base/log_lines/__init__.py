"""The pure reading of one log line: control sequences, times, levels and errors."""
