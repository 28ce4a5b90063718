"""Plain YAML, read fast, in which a key given twice is an error: the second would silently replace the first."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml


def parse(text: str) -> Any:
    """Parse a YAML text. Raises yaml.YAMLError with line and column."""
    return yaml.load(text, Loader=_OnceLoader)  # noqa: S506 (a safe loader)


class _OnceLoader(yaml.CSafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' is given twice", key_node.start_mark
                )
            if isinstance(key, Hashable):
                seen.add(key)
        return super().construct_mapping(node, deep=deep)
