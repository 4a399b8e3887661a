"""How good recall is: generated material in two halves, and the baselines that stand beside every figure."""
