"""Webhooks: the signature of the specification, the schedule of repetitions, and addresses that are never called."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from services.kit import webhooks
from services.kit.webhooks import AddressRefused, Attempt, PublicResolver, Sender, require_callable

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def test_the_signature_is_the_one_in_the_specification() -> None:
    secret = "whsec_plJ3nmyCDGBKInavdOK15jsl"
    body = b'{"event_type":"ping","data":{"success":true}}'
    said = webhooks.signature(secret, "msg_loFOjxBNrRLzqYUf", 1731705121, body)
    assert said == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


def test_two_secrets_sign_while_one_is_being_replaced() -> None:
    old, new = webhooks.new_secret(), webhooks.new_secret()
    headers = webhooks.signed_headers([new, old], "m", NOW, b"{}")
    assert headers["webhook-signature"].split(" ") == [
        webhooks.signature(key, "m", int(NOW.timestamp()), b"{}") for key in (new, old)
    ]


def test_a_message_is_tried_ten_times_over_three_days() -> None:
    waits = [webhooks.next_attempt_at(attempts, NOW) for attempts in range(1, 11)]
    assert waits[0] == NOW + timedelta(seconds=5)
    assert waits[9] is None
    assert all(waits[:9])
    assert timedelta(days=3) < sum((wait - NOW for wait in waits[:9] if wait), timedelta()) < timedelta(days=4)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/hook",
        "http://example.org/hook",
        "https://",
        "https://user:secret@example.org/hook",
        "https://example.org/hook#part",
        "https://example.org:0/",
        "https://[half",
        "https://localhost/",
        "https://db.internal/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://224.0.0.1/",
        "https://[64:ff9b::a00:1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[2002:a00:1::1]/",
        "https://[::10.0.0.1]/",
        "https://[::ffff:0:10.0.0.1]/",
        "https://①②⑦.⓪.⓪.①/",
        "https://１２７.０.０.１/",
        "https://127。0。0。1/",
        "https://2130706433/",
        "https://0.0.0.0/",
    ],
)
def test_an_address_that_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        require_callable(url, private=False)


def test_a_public_address_is_taken() -> None:
    require_callable("https://hooks.example.org:8443/sunfair?x=1", private=False)
    require_callable("https://果园.example.org/", private=False)
    require_callable("https://[2606:4700::1111]/", private=False)
    require_callable("http://127.0.0.1:9000/", private=True)


async def test_a_public_name_that_leads_into_a_private_network_is_not_called() -> None:
    resolver = PublicResolver()
    with pytest.raises(OSError, match="private network"):
        await resolver.resolve("localhost", 80, socket.AF_INET)
    await resolver.close()


async def test_what_goes_wrong_at_the_other_end_is_an_outcome(unused_tcp_port: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/elsewhere") if request.path == "/moved" else web.HTTPGone

    app = web.Application()
    app.router.add_post("/{any}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    async with Sender(private=True) as sender:
        base = f"http://127.0.0.1:{unused_tcp_port}"
        moved, gone = await sender.send(f"{base}/moved", {}, b"{}"), await sender.send(f"{base}/gone", {}, b"{}")
    await runner.cleanup()
    async with Sender(private=True) as sender:
        silent = await sender.send(base, {}, b"{}")
    async with Sender(private=False) as sender:
        private = await sender.send(base, {}, b"{}")
    assert (moved, moved.delivered) == (Attempt(status=302), False)
    assert (gone.status, gone.gone, gone.delivered) == (410, True, False)
    assert silent.status is None
    assert silent.error
    assert private.error == "The address must begin with https://."


class TestComingIn:
    """What a stranger sends us: who signed it, when, and with which of our secrets."""

    SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"

    def headers(self, **changed: str) -> dict[str, str]:
        """A message signed just now, with some of its headers changed."""
        return webhooks.signed_headers([self.SECRET], "msg_1", NOW, b"{}") | changed

    def test_a_message_of_our_own_making_is_believed(self) -> None:
        assert webhooks.require_signed([self.SECRET], self.headers(), b"{}", NOW) == "msg_1"

    def test_the_old_secret_is_believed_while_it_is_being_replaced(self) -> None:
        assert webhooks.require_signed([webhooks.new_secret(), self.SECRET], self.headers(), b"{}", NOW) == "msg_1"

    @pytest.mark.parametrize(
        ("changed", "body", "minutes"),
        [
            ({"webhook-signature": "v1,AAAA"}, b"{}", 0),
            ({"webhook-signature": ""}, b"{}", 0),
            ({"webhook-signature": "v1,\ud800"}, b"{}", 0),
            ({"webhook-id": "msg_2"}, b"{}", 0),
            ({"webhook-id": ""}, b"{}", 0),
            ({"webhook-timestamp": "soon"}, b"{}", 0),
            ({"webhook-timestamp": "9" * 30}, b"{}", 0),
            ({}, b'{"more": 1}', 0),
            ({}, b"{}", 6),
            ({}, b"{}", -6),
        ],
    )
    def test_what_was_changed_on_the_way_or_is_old_is_refused(
        self, changed: dict[str, str], body: bytes, minutes: int
    ) -> None:
        later = NOW + timedelta(minutes=minutes)
        with pytest.raises(webhooks.SignatureRefused):
            webhooks.require_signed([self.SECRET], self.headers(**changed), body, later)
