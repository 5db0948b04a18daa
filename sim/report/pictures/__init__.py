"""Results to pictures: what the numbers of an ensemble, of a comparison or of one run look like.

Pictures are Vega-Lite, rendered without a browser and without the network. No number is made here.
"""

from sim.report.pictures.picture import Picture
from sim.report.pictures.plots import plot, timeline

__all__ = ["Picture", "plot", "timeline"]
