"""Commands that show runs and figures, and hand them on."""
