"""`python -m sim`: the same as the command `sim`."""

import signal


def main() -> None:
    """Run the command line. While it is loaded, Ctrl-C ends the process without a traceback."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from sim.cli.main import main as command

    command()


if __name__ == "__main__":
    main()
