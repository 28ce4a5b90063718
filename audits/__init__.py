"""What is measured: systems, decision log, lake, cubes, metrics, drift, uncertainty, audit runs, ledger."""
