"""An item pipeline that breaks, for the test of what a run says then."""

from typing import Any


class RaisingStep:
    def process_item(self, item: Any) -> Any:
        raise RuntimeError("planted")
