"""The API for the vendor's own product: `site` puts its parts together."""
