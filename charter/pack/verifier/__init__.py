"""The verifier of an evidence pack: it imports nothing but Python's standard library (3.9 or later).

It is written a second time, from the same publications as Boussole and without its code, so that both can be wrong only
where both are.
"""
