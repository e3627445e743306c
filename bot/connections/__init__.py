"""How connections leave this process: proxies, certificates, addresses."""
