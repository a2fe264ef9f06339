"""The why card on the screen."""
