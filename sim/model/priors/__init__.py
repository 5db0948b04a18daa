"""Priors that read other parameters, in which order parameters are drawn, and what experts said of them."""
