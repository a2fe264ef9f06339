"""The kinds of resources: each file in this package that makes a ``Kind`` adds one."""
