"""Settings, credentials, paths and keymap: everything matui reads from the machine it runs on."""
