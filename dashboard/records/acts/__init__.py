"""Acting in a session, in the browser: the forms that a role is offered, and what each does.

What is sent is held to the fields of its form, to the permissions of the role, and to the rules of the committee, in
the transaction that seals it.
"""
