"""People and bots of the local Slack, as ``users.info`` tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

JSON = dict[str, Any]


@dataclass(eq=False, slots=True)
class User:
    """A person or bot.

    Attributes:
        team: the id of the person's own workspace, if it is another.
        is_sister: that workspace belongs to the same Enterprise Grid organization as the app's.
        guest: in all channels that they were added to, or in one only; "" for a full member.
    """

    id: str
    name: str
    real_name: str
    is_bot: bool = False
    team: str | None = None
    is_sister: bool = False
    guest: Literal["", "multi-channel", "single-channel"] = ""

    @property
    def is_outsider(self) -> bool:
        """Whether they belong to another company."""
        return self.team is not None and not self.is_sister

    def wire(self, team: str, enterprise: str | None = None, *, stranger: bool = False) -> JSON:
        """Return the user object of ``users.info``.

        Of people of other companies Slack tells less: neither roles nor time zone.
        Source: https://docs.slack.dev/reference/objects/user-object.

        Args:
            team: the app's workspace.
            enterprise: its Enterprise Grid organization; None if it is in none.
            stranger: no channel that the app can see is shared with the person.
        """
        profile = {"real_name": self.real_name, "display_name": self.name}
        content: JSON = {
            "id": self.id,
            "team_id": self.team or team,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
            "profile": {**profile, "team": self.team or team},
        }
        if self.is_outsider:
            return {**content, "is_stranger": stranger}
        content |= {"tz": "Europe/London", "tz_label": "Greenwich Mean Time", "tz_offset": 0}
        content |= dict.fromkeys(("is_admin", "is_owner", "is_primary_owner"), False)
        content |= {
            "is_restricted": bool(self.guest),
            "is_ultra_restricted": self.guest == "single-channel",
        }
        if enterprise and not self.is_bot:
            content["enterprise_user"] = {
                "id": self.id,
                "enterprise_id": enterprise,
                "enterprise_name": "Local Grid",
                "is_admin": False,
                "is_owner": False,
                "teams": [self.team or team],
            }
        return content
