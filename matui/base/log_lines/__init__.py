"""The pure reading of a log line: control sequences, times, levels and errors."""
