"""One module for each command, with a click command named `command`; shared options are in `sim.cli.options`."""
