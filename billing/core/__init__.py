"""The arithmetic of billing: frozen values in and out, no Django, no clock, no database."""
