"""Words that name a secret, as alternatives of regular expressions, and what takes a secret's place."""

MASK = "***"
PASSWORDS = r"passw(?:or)?d|passphrase|pwd|口令|密码"
SECRETS = (
    r"secret|token(?!iz)|credential|signature|authorization"
    r"|(?:private|api|access|account|ssh|secret|session)[ _-]?key|密钥"
)
KEY_PAIR = r"(?<![a-z])(?:ak|sk)(?![a-z])"
PASSWORD_SIGNS = ("passw", "passphrase", "pwd", "口令", "密码")
"""One of these is in every lower-case text that names a password."""
SECRET_SIGNS = ("secret", "token", "cred", "signature", "auth", "key", "ak", "sk", "session", "密钥")
"""One of these is in every lower-case text that names another secret."""
