"""Entry point of ``python -m matui`` and of the ``matui`` console script."""

from matui.cli.main import main

if __name__ == "__main__":
    main()
