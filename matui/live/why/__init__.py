"""The why card: gathers what explains the state of one resource, part by part."""
