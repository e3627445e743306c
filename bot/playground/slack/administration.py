"""What admins of workspaces do, here and elsewhere: share channels, change people's roles."""

from __future__ import annotations

from typing import Literal

from bot.playground.slack.delivery import events
from bot.playground.slack.delivery.delivery import Delivery, Dispatcher
from bot.playground.slack.state.entities import JSON, Channel
from bot.playground.slack.state.users import User
from bot.playground.slack.state.workspace import Workspace

PARTNER = "partner"  #: the domain of the company that channels are shared with


class Administration:
    """Changes what admins decide, and sends the events."""

    def __init__(self, workspace: Workspace, dispatcher: Dispatcher) -> None:
        self._workspace = workspace
        self._dispatcher = dispatcher

    def invite(self, channel: Channel) -> None:
        """Invite another company to a channel. The app hears nothing of it."""
        channel.invited = True

    def share(self, channel: Channel, *, new_id: bool = False) -> list[Delivery]:
        """Share a channel with another company.

        Args:
            channel: the channel.
            new_id: it gets another id first, as a private one may in Slack. The old id is unknown
                to Slack from then on.
        """
        sent = self.rename(channel) if new_id else []
        channel.connected, channel.invited = True, False
        team = self._workspace.team(PARTNER)
        return [
            *sent,
            *self._send(
                events.channel_shared(
                    self._workspace.app, channel, team, event_ts=self._workspace.new_ts()
                )
            ),
        ]

    def unshare(self, channel: Channel) -> list[Delivery]:
        """Disconnect a channel from all other companies; their people leave it."""
        workspace = self._workspace
        leaving = {user.id for user in workspace.members(channel) if user.is_outsider}
        channel.members -= leaving
        channel.connected = False
        return self._send(
            events.channel_unshared(
                workspace.app,
                channel,
                workspace.team(PARTNER),
                event_ts=workspace.new_ts(),
                still_shared=False,
            )
        )

    def rename(self, channel: Channel) -> list[Delivery]:
        """Give a channel another id; everything in it stays."""
        old = self._workspace.rename(channel)
        return self._send(
            events.channel_id_changed(
                self._workspace.app, channel, old, event_ts=self._workspace.new_ts()
            )
        )

    def make_guest(
        self, user: User, guest: Literal["", "multi-channel", "single-channel"]
    ) -> list[Delivery]:
        """Make a person a guest, or ("") a full member."""
        user.guest = guest
        about = self._workspace.about(user)
        return self._send([events.user_changed(about, event_ts=self._workspace.new_ts())])

    def _send(self, sent: list[JSON]) -> list[Delivery]:
        return self._dispatcher.send_events(sent)
