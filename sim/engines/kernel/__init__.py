"""The kernel: an engine compiled from the model, whose logs are the reference's, bit for bit.

What never changes (`loop`, `clockwork`, `distributions`, `arithmetic`, and the laws, priors and draws of `sim.model`)
is plain Python of a typed subset, compiled once for a machine: `runtime`. What a model adds is written as text of the
same subset (`text`, of `clocks`, `happenings`, `questions` and `expressions`), laid out by `layout` and `places`, and
compiled by `code`. `subset` reads the functions, `translate` and `operations` turn them into LLVM's language, and
`machine` makes that machine code and keeps it on disk. `engine` puts a scenario's data into the arrays, and `failures`
says what went wrong in a run.
"""
