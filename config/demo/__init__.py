"""The demo: a catalogue of all five product families, and a book of accounts with a history."""
