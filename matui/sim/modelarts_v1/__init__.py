"""The API of ModelArts in the reference's chapters 4 to 8."""
