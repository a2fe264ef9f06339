"""Text for a terminal: cleaned, measured, formatted, matched."""
