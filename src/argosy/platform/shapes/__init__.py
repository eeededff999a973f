"""Shapes of what the API is told and tells, by subject."""
