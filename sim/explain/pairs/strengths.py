"""How strong a cause is, and what a step through it costs: the numbers that both walks over a pair share."""

HALF = 0.5  # the strength of a second way in which the same difference came about
WEAK = 0.02  # the strength of what a part reads otherwise without turning it
STEP = 0.05  # what each step costs beside its strength
