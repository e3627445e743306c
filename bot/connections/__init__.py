"""Outgoing connections: addresses, proxies, certificates, and the connector that makes them."""
