"""Agencies and resellers: accounts that hold other accounts."""
