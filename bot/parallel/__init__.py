"""Parallel's Task API (`client`, `wire`) and Chat API (`chat_client`, `chat_wire`).

Only `client`, `chat_client` and `connection` touch the network. The `wire` modules map Parallel's
JSON to `bot.domain.research`, `error_bodies` and `api_errors` its errors to those of `bot.errors`.
https://docs.parallel.ai/task-api/task-quickstart
"""
