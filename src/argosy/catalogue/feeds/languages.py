"""Language tags as files write them, matched to those that are known."""

from __future__ import annotations

from collections.abc import Iterable

# Tags that name Chinese by its country, or not at all; the script is what a reader needs (CLDR likely subtags).
_CHINESE = {
    "zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans", "zh-my": "zh-hans",
    "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant",
}  # fmt: skip


class Languages:
    """Finds a known language for a tag, whatever its case and its region."""

    def __init__(self, tags: Iterable[str]) -> None:
        self._known = {tag.casefold(): tag for tag in tags}

    def find(self, tag: str) -> str | None:
        """The known tag that says the same, or the same less exactly (`en-US` is `en`); None where there is none."""
        wanted = tag.strip().replace("_", "-").casefold()[:40]
        while wanted:
            for candidate in (wanted, _CHINESE.get(wanted, "")):
                if candidate in self._known:
                    return self._known[candidate]
            # `zh-hant` must not turn into `zh`: another script is another language to its readers.
            if len(wanted.rpartition("-")[2]) == 4:
                return None
            wanted = wanted.rpartition("-")[0]
        return None
