"""Where decisions come from: logging to MLflow, reading MLflow and DuckDB, the demo system."""
