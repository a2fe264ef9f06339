"""Entry point of ``python -m matui`` and of the ``matui`` console script."""


def main() -> None:
    """Run ``matui`` on the process's arguments and exit; ctrl+c ends it with 130, during its imports too."""
    try:
        from matui.cli.main import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
