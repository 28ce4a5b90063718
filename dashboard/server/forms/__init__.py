"""Forms by which people act in the browser: plain ones, checked on the server, that lose no text.

A page shows a `Form`; its route (`form_route`) holds what was sent to the form's own fields, hands it to the function
that acts, and leads back to the page: with what was done, or with what is wrong and everything that was typed.
"""
