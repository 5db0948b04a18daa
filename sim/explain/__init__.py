"""Why: events, numbers and differences followed back to paragraphs, judgements, assumptions and draws.

Reads models and logs. What needs new runs, such as a run without one assumption, asks `sim.experiment`.
"""
