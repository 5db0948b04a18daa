"""The command line: options, what is printed, exit codes. Each command has a module in `commands`.

Nothing else prints or exits. What a command does is in `sim.study`; its words, tables and pictures are in `sim.report`.
"""
