"""Shell completion: the script of a shell, what it passes and takes, and the candidates."""
