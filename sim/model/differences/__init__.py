"""What two scenarios, and their models, differ in: found in their frozen values, not in the text of their files.

How a difference is said in words is up to `sim.report`; which runs change, to `sim.analysis.differences`.
"""
