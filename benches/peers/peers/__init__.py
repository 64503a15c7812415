"""Forecasters that cronwright is measured against, each from a ready library or a line of arithmetic."""
