"""Two versions compared: a candidate is judged, or the months of one version are set beside those of the next."""
