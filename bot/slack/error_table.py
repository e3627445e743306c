"""The cause of each of Slack's errors, by the error's name. Pure.

- PLACE: nothing can be posted there, in any form.
- CONTENT: a simpler form may be accepted.
- TOKEN, SCOPE: an admin must act.
- GONE: what was to change is not there, or cannot be changed any more.

Sources: https://docs.slack.dev/reference/methods (chat.*, files.*, reactions.*, views.*,
conversations.replies, agents.sessions.setStatus), section "Errors", as of 2026-08; and measured.
"""

from __future__ import annotations

from bot.errors import Cause

#: A stream ended: after five minutes, or by Slack's own Stop.
#: https://docs.slack.dev/reference/methods/chat.appendStream
STREAM_IS_OVER = ("message_not_in_streaming_state", "stopped_by_user")

CAUSES = {
    Cause.PLACE: (
        "cannot_reply_to_message",
        "channel_is_limited_access",
        "channel_not_found",
        "channel_type_not_supported",
        "ekm_access_denied",
        "invalid_channel",
        "invalid_thread_ts",
        "is_archived",
        "is_inactive",
        "message_limit_exceeded",
        "messages_tab_disabled",
        "method_not_supported_for_channel_type",
        "not_in_channel",
        "org_user_not_in_team",
        "restricted_action",  # and all that begin so
        "team_access_not_granted",
        "team_not_found",
        "thread_locked",
        "thread_not_found",
        "user_is_restricted",
        "user_is_ultra_restricted",
        "user_not_in_channel",
    ),
    Cause.TOKEN: (
        "access_denied",
        "account_inactive",
        "invalid_auth",
        "invalid_token",
        "not_authed",
        "org_login_required",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
        "user_removed_from_team",
    ),
    Cause.SCOPE: (
        "deprecated_endpoint",
        "enterprise_is_restricted",
        "feature_disabled",
        "forbidden_team",
        "metadata_must_be_sent_from_app",
        "method_deprecated",
        "missing_scope",
        "no_permission",
        "not_agent_app",
        "not_allowed_token_type",
        "not_authorized",
        "unknown_method",
    ),
    Cause.GONE: (
        "cant_delete_message",
        "cant_update_message",
        "edit_window_closed",
        "message_not_found",
        "message_not_owned_by_app",
        *STREAM_IS_OVER,
    ),
    Cause.CONTENT: (
        # the message or the view as it is
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "cant_broadcast_message",
        "duplicate_external_id",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_view",
        "markdown_text_conflict",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_blocks_too_many",
        "msg_too_long",
        "no_dual_broadcast_content_update",
        "no_text",
        "only_one_table_allowed",
        "push_limit_reached",
        "slack_connect_canvas_sharing_blocked",
        "slack_connect_file_link_sharing_blocked",
        "slack_connect_file_upload_sharing_blocked",
        "slack_connect_lists_sharing_blocked",
        "too_many_attachments",
        "too_many_contact_cards",
        "view_too_large",
        # a view, and where it was to open
        "exchanged_trigger_id",
        "expired_trigger_id",
        "hash_conflict",
        "invalid_trigger_id",
        "not_enabled",
        "not_found",
        "not_implemented",
        "trigger_exchanged",
        "trigger_expired",
        # its arguments
        "as_user_not_supported",
        "bad_timestamp",
        "cannot_provide_both_markdown_text_and_chunks",
        "duplicate_channel_not_found",
        "duplicate_message_not_found",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_charset",
        "invalid_cursor",
        "invalid_form_data",
        "invalid_json",
        "invalid_metadata_filter_keys",
        "invalid_post_type",
        "invalid_status",
        "invalid_ts_latest",
        "invalid_ts_oldest",
        "json_not_object",
        "missing_argument",
        "missing_post_type",
        "missing_recipient_team_id",
        "missing_recipient_user_id",
        "streaming_mode_mismatch",
        "thread_ts_not_allowed",
        "thread_ts_required",
        "user_not_found",
        # a file; its text may be accepted in the same place
        "alt_txt_too_large",
        "channels_limit_exceeded",
        "file_not_found",
        "file_type_not_allowed",
        "file_upload_size_restricted",
        "file_uploads_disabled",
        "file_uploads_except_images_disabled",
        "missing_file_data",
        "posting_to_channel_denied",
        "snippet_too_large",
        "storage_limit_reached",
        "unknown_snippet_type",
        "unknown_subtype",
        # a reaction
        "already_reacted",
        "invalid_name",
        "no_access",
        "no_item_specified",
        "no_reaction",
        "not_reactable",
        "too_many_emoji",
        "too_many_reactions",
    ),
}
_BY_ERROR = {error: cause for cause, errors in CAUSES.items() for error in errors}

RATE_LIMITS = frozenset(("ratelimited", "rate_limited"))
#: Slack's own failures. The documentation of `fatal_error` says that parts may have succeeded.
SERVER_ERRORS = frozenset(
    (
        "fatal_error",
        "file_update_failed",
        "internal_error",
        "list_record_comment_fetch_failed",
        "request_timeout",
        "service_unavailable",
        "update_failed",
    )
)
#: Those that may be about one message: some payloads get them each time.
PAYLOAD_ERRORS = frozenset(("fatal_error", "file_update_failed", "internal_error", "update_failed"))
#: Temporary, and nothing took effect: "intermittently unavailable until the transition is
#: complete", or the network that we call from is not allowed at the moment.
TEMPORARY = frozenset(("accesslimited", "external_channel_migrating", "team_added_to_org"))


def cause_of(error: str) -> Cause | None:
    """Return the cause of an error that refuses a call; None for an unknown one."""
    if error.startswith("restricted_action"):
        return Cause.PLACE
    return _BY_ERROR.get(error)
