"""How fast the run is, as ratios measured in one go (decision 27)."""
