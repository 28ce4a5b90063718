"""The page of an audited system as data: reports and the evaluator show parts of it too."""
