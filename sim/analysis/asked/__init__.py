"""What is asked of measures beside their means and quantiles: shares, ratios of means, variances, histograms."""
