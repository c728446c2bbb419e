"""People in a room: viewers on their phones, the region's moderator, an inspector."""

from typing import Any

from httpx import Response

from services.broadcast.actions.chat.telling import record_chat, tell_what_was_said
from tests.broadcast.county import COUNTY, Answer
from tests.broadcast.studio import Studio


class Crowd:
    """Everybody who speaks or keeps order in one room."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.client = studio.app.client

    def viewer(self, name: str = "li", device: str | None = None) -> dict[str, str]:
        """A buyer on a phone of their own, unless told which."""
        headers = self.studio.tokens.headers("buyer", account_id=f"account-{name}", person=f"person-{name}")
        return headers | {"x-viewer-device": device or f"phone-of-{name}"}

    def moderator(self, name: str = "mo", region: str = COUNTY, **claims: Any) -> dict[str, str]:
        """A moderator of the region."""
        given = {"account_id": f"moderator-{name}", "person": f"person-{name}", "scopes": (region,)} | claims
        return self.studio.tokens.headers("moderator", **given)

    def inspector(self, name: str = "ins") -> dict[str, str]:
        """An inspector."""
        return self.studio.tokens.headers("inspector", account_id=f"inspector-{name}", person=f"person-{name}")

    async def post(self, what: str, body: Any, headers: dict[str, str]) -> Response:
        """One request about the room's chat."""
        return await self.client.post(f"/broadcasts/{self.studio.id}/{what}", json=body, headers=headers)

    async def say(self, text: str, who: dict[str, str] | None = None, **fields: Any) -> Response:
        """A message."""
        return await self.post("messages", {"text": text, **fields}, who or self.viewer())

    async def said(self, text: str, who: dict[str, str] | None = None) -> str:
        """The id of a message that is said."""
        answer = await self.say(text, who)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["message_id"])

    async def history(self, **query: Any) -> list[Answer]:
        """The chat as everybody reads it, newest first."""
        answer = await self.client.get(f"/broadcasts/{self.studio.id}/messages", params=query)
        assert answer.status_code == 200, answer.text
        items: list[Answer] = answer.json()["items"]
        return items

    async def remove(self, message: str, who: dict[str, str], rule: str = "abuse") -> Response:
        """A removal."""
        body = {"rule": rule, "reason": "辱骂其他观众"}
        return await self.post(f"messages/{message}/removal", body, who)

    async def silence(self, who: dict[str, str], **body: Any) -> Response:
        """A silence; for an hour unless told otherwise."""
        length = {} if body.get("forever") else {"minutes": 60}
        return await self.post("silences", {**length, "rule": "spam", "reason": "反复刷屏", **body}, who)

    async def moderation(self) -> Answer:
        """The public figures."""
        answer = await self.client.get(f"/broadcasts/{self.studio.id}/moderation")
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found

    async def told(self) -> list[Answer]:
        """Tell what was said; all news of the chat so far."""
        async with self.studio.app.database.sessions.begin() as db:
            await tell_what_was_said(db)
        return await self.studio.app.said("broadcast.chat.said")

    async def record(self) -> None:
        """Anchor what was said in the room's record."""
        async with self.studio.app.database.sessions.begin() as db:
            await record_chat(db)


def kind(answer: Response) -> str:
    """The last word of a problem's type."""
    return str(answer.json()["type"].rsplit("/", 1)[-1])
