"""Modals and Home tabs: opening, changing, stacking, and what a submission's answer does to them.

Source: https://docs.slack.dev/surfaces/modals.
"""

from __future__ import annotations

import copy
from typing import Any

from bot.playground.slack.interactivity.responses import Responses
from bot.playground.slack.rules.message_rules import acting_elements, check_view
from bot.playground.slack.rules.refusal import Refusal, invalid_arguments
from bot.playground.slack.state.entities import JSON, View
from bot.playground.slack.state.workspace import Workspace

MOST_STACKED = 3


class Views:
    """Every view that was ever opened; a closed one stays known and cannot be changed."""

    def __init__(self, workspace: Workspace, responses: Responses) -> None:
        self._workspace = workspace
        self._responses = responses

    def open(self, trigger_id: str, content: Any, *, push: bool = False) -> View:
        """Open a modal for whoever made the trigger. Raises Refusal."""
        checked = check_view(content, "modal")
        user = self._responses.exchange(trigger_id)
        below = self.stack(user) if push else []
        if push and not below:
            raise Refusal("not_found")
        if len(below) >= MOST_STACKED:
            raise Refusal("push_limit_reached")
        if not push:
            self._close(self.stack(user))
        return self._show(user, checked, below)

    def update(self, view_id: str, content: Any, known_hash: str | None) -> View:
        """Change an open view. Raises Refusal when it is gone or has changed meanwhile."""
        view = self._workspace.views.get(view_id)
        if view is None or not view.open:
            raise Refusal("not_found")
        checked = check_view(content, view.content["type"])
        self._fill(view, checked, known_hash)
        return view

    def publish(self, user: str, content: Any, known_hash: str | None) -> View:
        """Set somebody's Home tab. Raises Refusal."""
        checked = check_view(content, "home")
        if not self._workspace.app.home:
            raise Refusal("not_enabled")
        view = self._workspace.home(user)
        if view is None:
            return self._show(user, checked, [])
        self._fill(view, checked, known_hash)
        return view

    def close(self, view: View) -> None:
        """Close one modal; the one below it is on top again."""
        self._close([view])

    def by_external_id(self, external_id: str) -> str | None:
        """Return the id of the open view that the app calls so."""
        for view in self._workspace.views.values():
            if view.open and view.content.get("external_id") == external_id:
                return view.id
        return None

    def stack(self, user: str) -> list[View]:
        """Return the modals that a person has open, the lowest first."""
        return [
            view
            for view in self._workspace.views.values()
            if view.user == user and view.open and view.content["type"] == "modal"
        ]

    def answer(self, view: View, body: JSON) -> tuple[dict[str, str], View | None]:
        """Do what the app answered a submission with: close, complain, change, stack or clear.

        Returns the complaints by block id, and the view that is on top now. Raises Refusal.
        """
        action = body.get("response_action")
        if action == "errors":
            errors = body.get("errors")
            known = {block["block_id"] for block in view.content["blocks"]}
            if not isinstance(errors, dict) or not errors or not set(errors) <= known:
                raise invalid_arguments("errors must name blocks of the view")
            return {str(name): str(text) for name, text in errors.items()}, view
        if action == "update":
            self._fill(view, check_view(body.get("view"), "modal"), None)
            return {}, view
        if action == "push":
            stack = self.stack(view.user)
            if len(stack) >= MOST_STACKED:
                raise Refusal("push_limit_reached")
            return {}, self._show(view.user, check_view(body.get("view"), "modal"), stack)
        if action == "clear":
            self._close(self.stack(view.user))
        elif action is None:
            self._close([view])
        else:
            raise invalid_arguments("unknown response_action")
        stack = self.stack(view.user)
        return {}, stack[-1] if stack else None

    def _show(self, user: str, content: JSON, below: list[View]) -> View:
        external_id = content.get("external_id")
        if external_id and self.by_external_id(external_id):
            raise Refusal("duplicate_external_id")
        view_id = self._workspace.new_id("V")
        root = below[0].id if below else view_id
        previous = below[-1].id if below else None
        view = View(view_id, user, {}, "", root, previous)
        self._workspace.views[view_id] = view
        self._fill(view, content, None)
        return view

    def _fill(self, view: View, content: JSON, known_hash: str | None) -> None:
        if known_hash and known_hash != view.hash:
            raise Refusal("hash_conflict")
        view.content = copy.deepcopy(content)
        for block in view.content["blocks"]:
            block["block_id"] = block.get("block_id") or self._workspace.secret()[:5]
        for _, element in acting_elements(view.content["blocks"]):
            element["action_id"] = element.get("action_id") or self._workspace.secret()[:5]
        view.hash = f"{int(self._workspace.clock())}.{self._workspace.secret()[:8]}"
        self._workspace.changed("view", view)

    def _close(self, views: list[View]) -> None:
        for view in views:
            view.open = False
            self._workspace.changed("view", view)
