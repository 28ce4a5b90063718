"""Documents that records rest on, each kept under its SHA-256."""
