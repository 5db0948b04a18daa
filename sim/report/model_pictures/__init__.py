"""A model as a picture: who reads and who writes what, drawn as columns or as a grid, or written for other programs."""
