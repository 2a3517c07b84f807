"""What `verify` finds: one value a fault, with the place and the next move."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

REPAIR = "hemero repair"
REBUILD = "hemero rebuild"
NOTE, DAMAGE = "note", "damage"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `check` is one word for its kind; `offset` and `end` are bytes of `file` in captures/."""

    check: str
    message: str
    level: str = DAMAGE
    file: str | None = None
    offset: int | None = None
    end: int | None = None
    url: str | None = None
    capture_id: int | None = None
    remedy: str | None = REPAIR

    @property
    def is_damage(self) -> bool:
        return self.level == DAMAGE

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        place = self.file or ""
        if self.offset is not None:
            place += f" at byte {self.offset}"
        parts = [self.check, place, self.message, self.url or ""]
        return ": ".join(part for part in parts if part)


def note(check: str, message: str, **values: Any) -> Finding:
    """Something to know that is no damage."""
    return Finding(check, message, NOTE, remedy=values.pop("remedy", None), **values)
