"""The forms of secrets in texts; `matui.base.redaction` applies them."""
