"""The figures of an audit as drawings and tables, and the pieces of which both are made."""
