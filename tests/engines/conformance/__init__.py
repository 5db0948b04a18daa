"""The contract that every engine in `engines` runs, with answers from formulas and exact numerics of our own.

A theme's module (`clocks`, `memories`, `moving`, `speeds`, `renewals`, `chains`, `populations`, `queues`,
`reliability`, `timed`, `choices`, `branches`) has its models' exact distributions, each with its formula and source;
`models` and the specimens have the texts. `test_known_answers` holds them, `test_null_control` holds that,
`test_numerics` the methods. `test_orders` and `test_thresholds` leave nothing to chance.
"""
