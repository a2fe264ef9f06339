"""What commands write: streams, tables of text, questions."""
