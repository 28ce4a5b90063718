"""Commands, forms and routes of records, made of their models: nothing of a record is written a second time here."""
