"""Modals and Home tabs: open, update, stack, and apply the response to a submission.

Source: https://docs.slack.dev/surfaces/modals.
"""

from __future__ import annotations

import copy
from typing import Any

from bot.playground.slack.interactivity.responses import Responses
from bot.playground.slack.rules.message_rules import check_view, interactive_elements
from bot.playground.slack.rules.refusal import Refusal, invalid_arguments
from bot.playground.slack.state.entities import JSON, View
from bot.playground.slack.state.workspace import Workspace

MOST_STACKED = 3


class Views:
    """Opens and changes views. Closed views are kept, but cannot be changed."""

    def __init__(self, workspace: Workspace, responses: Responses) -> None:
        self._workspace = workspace
        self._responses = responses

    def open(self, trigger_id: str, content: Any, *, push: bool = False) -> View:
        """Open a modal for the user of a trigger id. Raises Refusal."""
        checked = check_view(content, "modal")
        user = self._responses.use_trigger(trigger_id)
        below = self.stack(user) if push else []
        if push and not below:
            raise Refusal("not_found")
        if len(below) >= MOST_STACKED:
            raise Refusal("push_limit_reached")
        if not push:
            self._close(self.stack(user))
        return self._add(user, checked, below)

    def update(self, view_id: str, content: Any, known_hash: str | None) -> View:
        """Update an open view. Raises Refusal when it is closed or has another hash."""
        view = self._workspace.views.get(view_id)
        if view is None or not view.open:
            raise Refusal("not_found")
        checked = check_view(content, view.content["type"])
        self._set_content(view, checked, known_hash)
        return view

    def publish(self, user: str, content: Any, known_hash: str | None) -> View:
        """Publish a person's Home tab. Raises Refusal."""
        checked = check_view(content, "home")
        if not self._workspace.app.home:
            raise Refusal("not_enabled")
        view = self._workspace.home(user)
        if view is None:
            return self._add(user, checked, [])
        self._set_content(view, checked, known_hash)
        return view

    def close(self, view: View) -> None:
        """Close one modal; the one below it becomes the top."""
        self._close([view])

    def by_external_id(self, external_id: str) -> str | None:
        """Return the id of the open view with that external id; None if there is none."""
        for view in self._workspace.views.values():
            if view.open and view.content.get("external_id") == external_id:
                return view.id
        return None

    def stack(self, user: str) -> list[View]:
        """Return a person's open modals, the bottom of the stack first."""
        return [
            view
            for view in self._workspace.views.values()
            if view.user == user and view.open and view.content["type"] == "modal"
        ]

    def apply_response(self, view: View, body: JSON) -> tuple[dict[str, str], View | None]:
        """Apply the app's `response_action` to a submission; without one, close the view.

        Returns the errors by block id, and the view that is on top now. Raises Refusal.
        """
        action = body.get("response_action")
        if action == "errors":
            errors = body.get("errors")
            known = {block["block_id"] for block in view.content["blocks"]}
            if not isinstance(errors, dict) or not errors or not set(errors) <= known:
                raise invalid_arguments("errors must name blocks of the view")
            return {str(name): str(text) for name, text in errors.items()}, view
        if action == "update":
            self._set_content(view, check_view(body.get("view"), "modal"), None)
            return {}, view
        if action == "push":
            stack = self.stack(view.user)
            if len(stack) >= MOST_STACKED:
                raise Refusal("push_limit_reached")
            return {}, self._add(view.user, check_view(body.get("view"), "modal"), stack)
        if action == "clear":
            self._close(self.stack(view.user))
        elif action is None:
            self._close([view])
        else:
            raise invalid_arguments("unknown response_action")
        stack = self.stack(view.user)
        return {}, stack[-1] if stack else None

    def _add(self, user: str, content: JSON, below: list[View]) -> View:
        external_id = content.get("external_id")
        if external_id and self.by_external_id(external_id):
            raise Refusal("duplicate_external_id")
        view_id = self._workspace.new_id("V")
        root = below[0].id if below else view_id
        previous = below[-1].id if below else None
        view = View(id=view_id, user=user, content={}, hash="", root_id=root, previous_id=previous)
        self._workspace.views[view_id] = view
        self._set_content(view, content, None)
        return view

    def _set_content(self, view: View, content: JSON, known_hash: str | None) -> None:
        if known_hash and known_hash != view.hash:
            raise Refusal("hash_conflict")
        view.content = copy.deepcopy(content)
        for block in view.content["blocks"]:
            block["block_id"] = block.get("block_id") or self._workspace.new_secret()[:5]
        for _, element in interactive_elements(view.content["blocks"]):
            element["action_id"] = element.get("action_id") or self._workspace.new_secret()[:5]
        view.hash = f"{int(self._workspace.clock())}.{self._workspace.new_secret()[:8]}"
        self._workspace.publish("view", view)

    def _close(self, views: list[View]) -> None:
        for view in views:
            view.open = False
            self._workspace.publish("view", view)
