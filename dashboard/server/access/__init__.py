"""Who somebody is, and what they do: signing in, sessions, tokens, the access log. Who may do what: `permissions`."""
