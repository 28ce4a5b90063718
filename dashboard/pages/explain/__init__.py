"""The page on which one decision is explained to the person concerned: a steward asks, a case handler agrees."""
