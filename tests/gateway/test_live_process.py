"""The gateway as a process of its own, with viewers: it stops at once and in silence, and a killed one is survived."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.gateway.house import served
from tests.gateway.watching import Broadcast, Hall
from tests.servers import ROOT


@asynccontextmanager
async def gateway(folder: Path, address: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A gateway that listens on `gateway0.sock`; killed at the end if it still runs."""
    path = folder / "gateway0.sock"
    env = {"SUNFAIR_DEMO": "1", "SUNFAIR_BROADCAST_URL": address, "SUNFAIR_NATS_URL": "nats://127.0.0.1:9"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.kit.serve", "gateway", "--uds", str(path)),
        env=env,
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        for _ in range(1_200):
            with suppress(OSError):
                _, writer = await asyncio.open_unix_connection(str(path))
                writer.close()
                break
            assert process.returncode is None
            await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_gateway_that_stops_ends_its_streams_at_once_and_says_nothing_of_it(tmp_path: Path) -> None:
    async with served(Broadcast(), tmp_path / "broadcast.sock") as address:
        opened = Hall(Broadcast(), [], [tmp_path / "gateway0.sock"])
        async with gateway(tmp_path, address) as process:
            streams = [await opened.watch() for _ in range(5)]
            for stream in streams:
                await stream.data("state")
            process.send_signal(signal.SIGTERM)
            for stream in streams:
                with pytest.raises(EOFError):
                    await stream.event("nothing of that name")
            _, said = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode in (0, -signal.SIGTERM)
        assert b"Traceback" not in said
        assert b"without completing" not in said
        assert b"timeout graceful shutdown exceeded" not in said


async def test_viewers_of_a_killed_gateway_come_back_to_the_next_one_with_the_token_they_have(tmp_path: Path) -> None:
    async with served(Broadcast(), tmp_path / "broadcast.sock") as address:
        opened = Hall(Broadcast(), [], [tmp_path / "gateway0.sock"])
        async with gateway(tmp_path, address) as process:
            stream = await opened.watch()
            _, _, last = await stream.event("state")
            process.kill()
            await process.wait()
            with suppress(EOFError, asyncio.IncompleteReadError, ConnectionError):
                while True:
                    await stream.block()
        (tmp_path / "gateway0.sock").unlink(missing_ok=True)
        async with gateway(tmp_path, address):
            again = await opened.watch(cookie=stream.cookie, last=last or "")
            assert (again.status, (await again.data("state"))["state"]) == (200, "open")
            assert not [value for name, value in again.headers if name == "set-cookie"]
