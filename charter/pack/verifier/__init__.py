"""The verifier of an evidence pack: 1,500 lines that import nothing but Python's standard library (3.9 or later)."""
