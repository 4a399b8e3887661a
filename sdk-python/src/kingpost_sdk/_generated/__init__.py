"""The ground floor: models and requests."""
