"""Customers' pages about money."""
