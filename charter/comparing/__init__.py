"""Two versions compared: a candidate judged, months of one beside those of the next, a shadow beside what decides."""
