"""The command line: the only place that prints or exits. Each command has a file in `commands`."""
