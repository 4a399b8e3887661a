"""How good recall is and how much evidence survives a fit: material of our own in two halves, baselines beside it."""
