"""Forms as data: fields, their TOML document and assignments."""
