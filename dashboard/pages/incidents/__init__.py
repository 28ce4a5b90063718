"""The page of incidents and appeals: what is open, what is late, what it rests on, and the forms to enter them."""
