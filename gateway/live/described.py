"""What the gateway itself answers about rooms, as the merged OpenAPI document tells it."""

from typing import Any

from gateway.api import PREFIX
from gateway.live.presence import PresenceIn

_STREAM = """Server-sent events (`text/event-stream`), one connection for everything that happens in a room.

The first event is `state`, the room as `GET /broadcasts/{broadcast_id}/room` tells it; it comes again with each
change. `stock` tells by lot what is left: `{lot_id: {available, sold_out}}`. `chat` has `messages` and `shed`, how many
were left out by sampling. `folded` has `times`: by message, for how many of a chorus of praise it stands. `removed` has
`message_ids` that are no longer shown. `notice` has `id`, `zh` and `en` and is never left out. `viewers` has `about`, a
rounded count; null means fewer than ten. `bye` ends the stream for good.

With `Last-Event-ID` what was missed within two minutes is told again, and `resumed` says whether that is `complete`;
messages may come twice and are known by their ids. The answer sets the cookies of the viewer, with which presence is
told and messages are said."""


def live_paths(problem_answer: dict[str, Any]) -> dict[str, Any]:
    """The two operations that no service answers."""
    room = {"name": "broadcast_id", "in": "path", "required": True, "schema": {"type": "string"}}
    last = {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}}
    problems = {"4XX": problem_answer, "5XX": problem_answer}
    stream = {
        "operationId": "watch_room",
        "summary": "Watch Room",
        "description": _STREAM,
        "tags": ["live room"],
        "parameters": [room, last],
        "responses": {
            "200": {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
            **problems,
        },
    }
    presence = {
        "operationId": "tell_presence",
        "summary": "Tell Presence",
        "description": "The page of a viewer joins, is still there (every 15 seconds) or leaves; `foreground_ms` and "
        "`interactions` count since it last spoke. Needs the cookies of the stream. The definition of a stay is in "
        "docs/viewer-sessions.md.",
        "tags": ["live room"],
        "parameters": [room],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": PresenceIn.model_json_schema()}},
        },
        "responses": {"204": {"description": "Taken"}, **problems},
    }
    base = f"{PREFIX}/broadcasts/{{broadcast_id}}"
    return {f"{base}/stream": {"get": stream}, f"{base}/presence": {"post": presence}}
