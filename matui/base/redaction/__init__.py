"""Secrets: recognised by name, by form and by value, and hidden in texts and records.

``masking`` is the entrance: ``mask_secrets`` for a record or a text, ``hide_in_text`` and ``hide_in_lines``
for what is written or shown. ``known`` hides the secrets that this process has read itself.

A text passes these in order (``text.mask_text``); what an earlier one has masked, a later one leaves:

1. ``rules``: tables of patterns, each with a sign that is in every text with a match (``rules.selection``).
2. ``fields``: a value whose name stands in the field beside it, ``name: API_KEY``, ``value: x``.
3. base64 and hex of a text that names a secret.
4. ``rules.commands``: options of one letter of known programs, ``mysql -px``.
5. ``manifests``, ``blocks``: values on the lines below their name, in YAML.
6. line by line: ``strings`` of source and JSON, then ``named_values``, ``password: x``, then
   ``statements``, ``the password is x``.
7. ``assignments``: options, query parameters, keys of JSON; passwords in addresses; private keys.
8. all again on the text as it reads, without colour codes and escapes (``disguises``).

A new form belongs to the first of these that fits:

- The secret is known by how it begins: ``rules/tokens``.
- It stands at a place that a program, a call, a header, an address, SQL or XML gives it: ``rules/commands``,
  ``rules/calls``, ``rules/protocols``, ``rules/addresses``, ``rules/sql``, ``rules/markup``.
- It is the hash of a password: ``rules/hashes``.
- A word names it that is not always that of a secret, as ``pass`` or ``auth``: ``rules/settings``.
- A word names it that is always that of a secret: add the word to ``patterns``; all passes know it then.

What has the name of a secret and is none belongs to ``harmless``.
"""
