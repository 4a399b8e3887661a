"""Histories out of seeds, for as long as one likes, and every crash point of a history that meets them all."""
