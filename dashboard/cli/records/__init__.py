"""Commands of records, made of their models: incidents, appeals, effects on work, the committee's acts."""
