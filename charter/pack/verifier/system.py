"""What the declaration of a system says that figures depend on."""

from __future__ import annotations

By = tuple[str, ...]


class System:
    """A declaration (`systems/HASH.json` of the pack)."""

    def __init__(self, declared: dict) -> None:
        self.declared = declared
        columns = declared.get("columns") or {}
        outcome = columns.get("outcome")
        self.kind = str(declared["kind"])
        self.favourable = bool(columns.get("favourable", True))
        self.observed_for = str(outcome["observed_for"]) if outcome else "all"
        self.absent_counts = outcome is not None and outcome.get("absent") == "negative"
        self.has_outcome, self.has_columns = outcome is not None, bool(columns)
        self.decides = columns.get("decision") is not None
        self.window = str((declared.get("windows") or {}).get("audit", "month"))
        self.stages: list[str] = list(columns.get("stages") or [])
        self.actors: dict[str, str] = dict(declared.get("actors") or {})
        self.clustered = not columns.get("weight") and bool(columns.get("person") or columns.get("request"))
        self.by_person = self.clustered and bool(columns.get("person"))
        low, high = (columns.get("score") or {}).get("range", (0, 1))
        self.range = float(low), float(high)
        self.groups: dict = declared.get("groups") or {}
        self.controls: list[str] = list(declared.get("controls") or {})
        self.limit = int(declared["privacy"]["suppress_below"])
        names = [(name,) for name in self.groups]
        self.attributes: list[By] = names + [tuple(each) for each in declared.get("intersections") or []]

    def reference(self, by: By) -> By | None:
        """The group that others are compared with; None: with all others."""
        values = [self.groups[name].get("reference") for name in by]
        return None if any(value is None for value in values) else tuple(str(value) for value in values)

    def has(self, need: str) -> bool:
        """Whether it declares what a question needs."""
        columns, sent = self.declared.get("columns") or {}, self.declared.get("contacts") or {}
        human, uses = columns.get("human") or {}, self.declared.get("usage") or {}
        called = (self.declared.get("generations") or {}).get("calls") or {}
        texts = (self.declared.get("generations") or {}).get("texts") or {}
        written = self.declared.get("generations") or {}
        controlled = self.declared.get("search_controls") or {}
        closings = bool(sent.get("reply_at") and sent.get("closes_at"))
        return {
            "decision": self.decides,
            "outcome": self.has_outcome,
            "reference": bool((self.declared.get("windows") or {}).get("reference")),
            "score": columns.get("score") is not None,
            "features": bool(self.declared.get("features")),
            "controls": bool(self.controls),
            "stages": bool(self.stages),
            "actors": bool(self.stages)
            and all(self.actors.get(name) for name in self.stages)
            and any(self.actors.get(name) in ("tool", "adviser") for name in self.stages),
            "ranks": bool(columns.get("request") and columns.get("rank")),
            "person": bool(columns.get("person")),
            "contacts": bool(self.declared.get("contacts")),
            "closings": closings,
            "smartphones": closings and bool(sent.get("smartphone")),
            "replies": bool(sent.get("reply_at")),
            "reviews": bool(human.get("agent")),
            "reading_time": all(human.get(name) for name in ("agent", "seconds", "words")),
            "agencies": bool(self.declared.get("agencies")),
            "accounts": bool(self.declared.get("accounts")),
            "search_controls": bool(controlled),
            "trained_users": bool(uses.get("agent") and uses.get("trained_on")),
            "triggers": bool(controlled.get("triggers") and controlled.get("from_replies")),
            "notices": bool(sent.get("notices")),
            "allowed_places": bool(called.get("places") or called.get("providers")),
            "adverts": bool(texts.get("adverts")),
            "personal_kinds": bool(texts.get("personal")),
            "marks": bool(texts.get("marking")),
            "reworked_texts": all(written.get(name) for name in ("agent", "team", "outcome")),
            "texts_in_time": all(written.get(name) for name in ("agent", "team", "outcome", "shown_at", "sent_at"))
            and bool(written.get("words") or written.get("output")),
            "called_models": bool(called.get("models")),
            "text_outcomes": bool((self.declared.get("generations") or {}).get("calls"))
            and bool((self.declared.get("generations") or {}).get("outcome")),
            "purposes": bool(uses.get("purposes") or uses.get("tasks")),
        }[need]


def label(by: By, group: By) -> str:
    """`gender=F,age=50+`, as measures name a group."""
    values = (value.replace("%", "%25").replace("=", "%3D") for value in group)
    return ",".join(f"{name}={value}" for name, value in zip(by, values))
