"""Priors that read other parameters, and in which order parameters are drawn."""
