"""The bars of the browse screen: header, tabs, status, keys and the prompt."""
