"""What documents say of parameters: values, priors, priors that read other parameters."""
