"""The names of the logs that a system can have; nothing else is read here, so that the command line answers at once."""

from typing import Literal, get_args

LogName = Literal[
    "decisions",
    "outcomes",
    "human_actions",
    "contacts",
    "generations",
    "usage",
    "agencies",
    "accounts",
    "search_controls",
]
"""Also the name of the log's table in the lake, of its folder below `boussole/` of a run, and of its module in
`audits/systems/logs/`."""

LOGS: tuple[LogName, ...] = get_args(LogName)
"""In the order in which they are brought in."""
