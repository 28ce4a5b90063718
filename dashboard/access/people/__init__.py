"""Who may do what: roles, actions, the person of a look or request. The one table is in `permissions`."""
