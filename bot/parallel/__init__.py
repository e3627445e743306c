"""Parallel's Task API: `wire` knows its words, `client` speaks them over the network.

The API as a whole: https://docs.parallel.ai/task-api/task-quickstart
"""
