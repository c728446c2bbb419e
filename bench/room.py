"""A room full of viewers on one gateway process: delivery, memory, CPU and the storm after a kill, beside a floor.

`python3 sunfair.py bench room [2000 5000 10000]`. Ten messages a second are announced on NATS as broadcast announces
them; a delay runs from the announcement to the moment a viewer has read it, so half a tick of 250 ms is always in it.
The floor is a bare asyncio server that writes the same bytes at the same pace. Load generator, broadcast's stand-in and
server share the machine: read the ratios.

`python3 sunfair.py bench room --market [2000]` does the same with the running market: the host of the broadcast that is
on air speaks ten times a second, and a delay runs from before the request to the moment a viewer has read it.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import nats
import uvloop

from bench.viewers import Crowd, share
from deploy.nats import Nats
from deploy.seed.market import Market
from deploy.seed.onair import HOST
from deploy.stack import gateway_secret, kept_secret
from gateway.live.viewers import DEVICE_COOKIE, ROOM_COOKIE, Signer
from services.kit.settings import DEMO_SECRET

ROOM = "01976f3a-0000-7000-8000-00000000b0a1"
SECRET = "f1" * 16
LEVELS = (2_000, 5_000, 10_000)
MESSAGES_A_SECOND = 10
SECONDS = 15
TICK = 0.25
STORM_SECONDS = 60
BLOCKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: state\ndata: {}\n\n"


def state() -> dict[str, Any]:
    """A room of the size that a full one has: twenty lots with their sellers."""
    seller = {"name": "砀山示例果业专业合作社", "uscc": "93341321MA00000000", "address": "安徽省砀山县示例镇一号"}
    lot = {"title_zh": "砀山酥梨 10斤装", "title_en": "Dangshan pears, 5 kg", "price_fen": 2990, "seller": seller}
    shelf = [{"lot_id": f"01976f3a-0000-7000-8000-{number:012d}", "open": True, **lot} for number in range(20)]
    return {"state": "open", "version": 7, "segment": {"kind": "market", "number": 2}, "shelf": shelf}


@dataclass
class Served:
    """A process of ours and where it listens."""

    process: asyncio.subprocess.Process
    port: int

    async def stop(self) -> None:
        """End it, kindly at first."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), 10)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def resident_kib(self) -> int:
        """Resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0])

    def cpu_seconds(self) -> float:
        """Processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def serve(port: int, *arguments: str, **env: str) -> Served:
    """Start one of our processes and wait until it accepts connections."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, env={**os.environ, **env}, stderr=asyncio.subprocess.DEVNULL
    )
    for _ in range(600):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return Served(process, port)
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{' '.join(arguments)} did not start.")


async def serve_gateway(port: int, broadcast: Served, server: Nats) -> Served:
    """The gateway as it always runs, before a stand-in for broadcast."""
    env = {
        "SUNFAIR_DEMO": "1",
        "SUNFAIR_NATS_URL": server.url("gateway"),
        "SUNFAIR_BROADCAST_URL": f"http://127.0.0.1:{broadcast.port}",
        "SUNFAIR_LOG_LEVEL": "ERROR",
        "SUNFAIR_STREAMS_OF_ADDRESS": "100000",  # All viewers of the measurement sit at one.
    }
    return await serve(port, "services.kit.serve", "gateway", "--port", str(port), **env)


def requests_of(viewers: int, room: str = ROOM, secret: str = DEMO_SECRET) -> list[bytes]:
    """What each viewer's browser sends: the tokens that it was given when it first came."""
    signer = Signer(secret, secure=False)
    path = f"GET /api/v1/broadcasts/{room}/stream HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    return [
        f"{path}cookie: {ROOM_COOKIE}={signer.give(room)}; {DEVICE_COOKIE}={signer.give('device')}\r\n\r\n".encode()
        for _ in range(viewers)
    ]


async def announce(server: Nats, seconds: float) -> int:
    """Ten messages a second on NATS, each with the moment of its sending; how many."""
    connection = await nats.connect(server.url("broadcast"))
    started = time.perf_counter()
    sent = 0
    while (now := time.perf_counter()) - started < seconds:
        text = f"这个梨真甜，怎么保存？ sent={now:.6f}"
        line = {"message_id": f"m{sent}", "tag": "4821", "role": "viewer", "text": text, "times": 1}
        told = {"entity_id": f"e{sent}", "broadcast_id": ROOM, "lines": [line]}
        await connection.publish("broadcast.chat.said", json.dumps(told, ensure_ascii=False).encode())
        sent += 1
        await asyncio.sleep(max(0.0, started + sent / MESSAGES_A_SECOND - time.perf_counter()))
    await connection.flush()
    await asyncio.sleep(2)
    await connection.close()
    return sent


async def measured(name: str, served: Served, crowd: Crowd, server: Nats | None, empty_kib: int) -> None:
    """Let messages run through a full room and print what came of it."""
    viewers = len(crowd.requests)
    per_viewer = (served.resident_kib() - empty_kib) / viewers
    tally = crowd.tally
    tally.measuring, cpu, started = True, served.cpu_seconds(), time.perf_counter()
    sent = await announce(server, SECONDS) if server else await quiet(SECONDS)
    lasted = time.perf_counter() - started
    used = (served.cpu_seconds() - cpu) / lasted
    tally.measuring = False
    delays = sorted(tally.delays)
    whole = len(delays) / (sent * viewers) if sent else float("nan")
    print(
        f"{name:<9}{viewers:>7}{share(delays, 0.5):>9.0f}{share(delays, 0.99):>9.0f}{delays[-1] * 1000:>9.0f}"
        f"{len(delays) / lasted:>12.0f}{whole:>9.1%}{per_viewer:>9.1f}{used:>8.2f}{tally.lost:>7}",
        flush=True,
    )


async def quiet(seconds: float) -> int:
    """The floor announces by itself."""
    await asyncio.sleep(seconds + 2)
    return int((seconds + 2) * MESSAGES_A_SECOND)


async def fill(port: int, viewers: int) -> Crowd:
    """A room full of viewers."""
    crowd = Crowd("127.0.0.1", port, requests_of(viewers))
    took = await crowd.enter()
    print(f"          {viewers} viewers in after {took:.1f} s", flush=True)
    return crowd


async def level(viewers: int, broadcast: Served, server: Nats) -> None:
    """One number of viewers: the floor, the gateway, and the storm after the gateway is killed."""
    port = free_port()
    floor = await serve(port, "bench.room", "--floor", str(port))
    empty = floor.resident_kib()
    crowd = await fill(port, viewers)
    await measured("floor", floor, crowd, None, empty)
    await crowd.leave()
    await floor.stop()
    port = free_port()
    gateway = await serve_gateway(port, broadcast, server)
    empty = gateway.resident_kib()
    crowd = await fill(port, viewers)
    await measured("gateway", gateway, crowd, server, empty)
    await storm(gateway, crowd, broadcast, server)
    await crowd.leave()


async def storm(gateway: Served, crowd: Crowd, broadcast: Served, server: Nats) -> None:
    """Kill the gateway and start it anew: how long until everybody has the state of the room again."""
    crowd.returning = True
    crowd.tally.greeted_at.clear()
    asked = await asked_so_far(broadcast)
    os.kill(gateway.process.pid, signal.SIGKILL)
    killed = time.perf_counter()
    await gateway.process.wait()
    again = await serve_gateway(gateway.port, broadcast, server)
    back = time.perf_counter() - killed
    while crowd.tally.greeted < len(crowd.requests) and time.perf_counter() < killed + STORM_SECONDS:  # noqa: ASYNC110  Nobody tells of the last.
        await asyncio.sleep(0.1)
    returned = sorted(moment - killed for moment in crowd.tally.greeted_at)
    half, last = returned[len(returned) // 2], returned[-1]
    questions = await asked_so_far(broadcast) - asked
    print(
        f"          storm: gateway back {back:.1f} s after the kill, half of the viewers after {half:.1f} s, "
        f"{crowd.tally.greeted} of {len(crowd.requests)} after {last:.1f} s; broadcast was asked {questions} times",
        flush=True,
    )
    await crowd.leave()
    await again.stop()


async def asked_so_far(broadcast: Served) -> int:
    """How often broadcast's stand-in was asked for the room."""
    reader, writer = await asyncio.open_connection("127.0.0.1", broadcast.port)
    writer.write(b"GET /asked HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return int(answer.rpartition(b"\r\n\r\n")[2])


async def run_floor(port: int) -> None:
    """The least that can be done: the same bytes to every connection, four times a second."""
    transports: list[asyncio.Transport] = []

    class Bare(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            opened = cast(asyncio.Transport, transport)
            opened.write(BLOCKED)
            transports.append(opened)

    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", port, backlog=2048)
    started, sent = time.perf_counter(), 0
    async with server:
        while True:
            await asyncio.sleep(TICK)
            lines = []
            while started + sent / MESSAGES_A_SECOND < time.perf_counter():
                lines.append(f"这个梨真甜，怎么保存？ sent={started + sent / MESSAGES_A_SECOND:.6f}" + "x" * 100)
                sent += 1
            body = "\n".join(lines).encode()
            for transport in transports:
                if not transport.is_closing():
                    transport.write(body)


def run_stand_in(port: int) -> None:
    """Broadcast's side of a room: its state, and how often it was asked for it."""
    import uvicorn

    body, asked = json.dumps(state(), ensure_ascii=False).encode(), 0

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        nonlocal asked
        if scope["type"] != "http":
            return
        asked += scope["path"].endswith("/room")
        # Nothing was said before the measurement begins.
        past = b'{"items": [], "next": null}' if scope["path"].endswith("/messages") else str(asked).encode()
        answer = body if scope["path"].endswith("/room") else past
        headers = [(b"content-length", str(len(answer)).encode()), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    uvicorn.run(app, host="127.0.0.1", port=port, lifespan="off", log_level="error")


async def speak(url: str, room: str, demo: dict[str, Any], seconds: float) -> int:
    """The host of the broadcast says something ten times a second, whatever the answers do; how often it was taken."""
    async with Market(url, {account["username"]: demo["password"] for account in demo["accounts"]}) as market:
        headers = {"authorization": f"Bearer {await market.token(HOST)}"}
        started, asked = time.perf_counter(), []
        while (now := time.perf_counter()) - started < seconds:
            body = {"text": f"这个梨真甜，怎么保存？ sent={now:.6f}"}
            asked.append(
                asyncio.create_task(market.http.post(f"/broadcasts/{room}/messages", json=body, headers=headers))
            )
            await asyncio.sleep(max(0.0, started + len(asked) / MESSAGES_A_SECOND - time.perf_counter()))
        answers = await asyncio.gather(*asked)
    await asyncio.sleep(3)
    return sum(answer.status_code == 201 for answer in answers)


async def market(viewers: int) -> None:
    """Viewers of the broadcast that is on air in the running market."""
    state_folder, port = Path(os.environ.get("SUNFAIR_STATE") or ".sunfair"), os.environ.get("SUNFAIR_PORT") or "8000"
    url = f"http://127.0.0.1:{port}"
    demo = json.loads((state_folder / "demo.json").read_text(encoding="utf-8"))
    async with Market(url, {}) as anybody:
        room = (await anybody.get("/broadcasts", state="live"))["items"][0]["id"]
    secret = gateway_secret(kept_secret(state_folder / "secret"))
    crowd = Crowd("127.0.0.1", int(port), requests_of(viewers, room, secret))
    print(f"          {viewers} viewers in after {await crowd.enter():.1f} s", flush=True)
    crowd.tally.measuring = True
    sent = await speak(url, room, demo, SECONDS)
    delays = sorted(crowd.tally.delays)
    print(
        f"market   {viewers:>7}{share(delays, 0.5):>9.0f}{share(delays, 0.99):>9.0f}{delays[-1] * 1000:>9.0f}"
        f"   {sent} said, {len(delays) / (sent * viewers):.1%} delivered, {crowd.tally.lost} streams lost",
        flush=True,
    )
    await crowd.leave()


@contextlib.asynccontextmanager
async def surroundings(folder: Path) -> AsyncIterator[tuple[Served, Nats]]:
    """NATS and the stand-in for broadcast."""
    server = Nats(folder, SECRET, sink=lambda _name, _line: None)
    server.start()
    port = free_port()
    broadcast = await serve(port, "bench.room", "--stand-in", str(port))
    try:
        yield broadcast, server
    finally:
        await broadcast.stop()
        server.stop()


async def main(levels: tuple[int, ...]) -> None:
    """Every level in turn."""
    load = " ".join(f"{part:.1f}" for part in os.getloadavg())
    print(f"{MESSAGES_A_SECOND} messages a second for {SECONDS} s; load of the machine before: {load}")
    print("           viewers   p50 ms   p99 ms   max ms deliveries/s  whole KiB/view.  cores   lost")
    with tempfile.TemporaryDirectory() as folder:
        async with surroundings(Path(folder)) as (broadcast, server):
            for viewers in levels:
                await level(viewers, broadcast, server)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--floor"]:
        uvloop.run(run_floor(int(sys.argv[2])))
    elif sys.argv[1:2] == ["--stand-in"]:
        run_stand_in(int(sys.argv[2]))
    elif sys.argv[1:2] == ["--market"]:
        uvloop.run(market(int((sys.argv[2:] or ["2000"])[0])))
    else:
        uvloop.run(main(tuple(int(number) for number in sys.argv[1:]) or LEVELS))
