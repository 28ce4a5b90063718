"""The fairness explorer: one released measure at a time, by group, with what it is compared with.

It reads the measures of stored audits and nothing else: what an audit hid stays hidden here, and no figure is computed
that an audit has not released.
"""
