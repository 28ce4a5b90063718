"""Shows whether AI systems keep the promises of an organisation's ethics charter, and proves it.

The four packages lie at the top of the repository and are imported from here: `boussole.audits`, `boussole.charter`,
`boussole.experiments`, `boussole.dashboard`.
"""
