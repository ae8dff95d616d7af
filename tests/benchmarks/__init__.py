"""How fast the run is, as ratios measured in one go (decision 27)."""

from datetime import UTC, datetime

OPENED = datetime(2026, 1, 1, tzinfo=UTC)
DUE = datetime(2026, 2, 1, tzinfo=UTC)
# A request with this header is told in the answer's how many queries its page costs.
COUNT = "Queries"
