"""Uploaded files, and their JSON in the API and in events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]


@dataclass(eq=False, slots=True)
class File:
    """An uploaded file; `content` is None until its bytes have been received.

    `foreign`: it was shared from another workspace, so messages contain only its id.
    """

    id: str
    name: str
    length: int
    user: str
    created: int
    url: str
    title: str = ""
    content: bytes | None = None
    shared: bool = False
    foreign: bool = False
    shares: list[tuple[str, str]] = field(default_factory=list)  #: (channel id, message ts)

    @property
    def text(self) -> str:
        """The content as text. Raises ValueError before its bytes have been received."""
        if self.content is None:
            raise ValueError(f"{self.name} has not been uploaded")
        return self.content.decode()

    def wire(self) -> JSON:
        """Return the file object of ``files.info``."""
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "filetype": self.name.rpartition(".")[2].lower() or "text",
            "user": self.user,
            "size": self.length,
            "mode": "hosted",
            "url_private": self.url,
            "url_private_download": f"{self.url}/download",
            "file_access": "visible",
        }

    def wire_in_message(self) -> JSON:
        """Return the file object of messages: a stub for a foreign file (see ``files.info``).

        Source: https://docs.slack.dev/reference/objects/file-object#slack_connect_files.
        """
        if not self.foreign:
            return self.wire()
        stub = {"id": self.id, "mode": "file_access", "file_access": "check_file_info"}
        return {**stub, "created": 0, "timestamp": 0, "user": ""}
