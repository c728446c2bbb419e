"""Run one process of Sunfair: `python -m services.kit.serve catalog --uds PATH` or `--host HOST --port PORT`."""

import argparse
import gc
import importlib
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from services.kit.protocol import BoundedProtocol

YOUNG_OBJECTS = 20_000


def main() -> None:
    """One uvicorn worker on uvloop and httptools; how many processes there are is the platform's business."""
    parser = argparse.ArgumentParser(description="Run one process of Sunfair.")
    parser.add_argument("name", help="accounts, catalog, compliance, broadcast … or gateway")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--uds", help="listen on this unix socket instead of a port")
    arguments = parser.parse_args()
    package = "gateway" if arguments.name == "gateway" else f"services.{arguments.name}"
    app = importlib.import_module(f"{package}.app").create_app()
    # What was imported and prepared stays for ever; looking through it at every full collection would stop the process
    # for a tenth of a second now and then.
    gc.collect()
    gc.freeze()
    # An answer is made of thousands of small objects and leaves none behind; looking for rubbish after every 700 of
    # them, as Python does by default, takes a tenth of the time of a decision and finds nothing.
    gc.set_threshold(YOUNG_OBJECTS)
    where = {"uds": arguments.uds} if arguments.uds else {"host": arguments.host, "port": arguments.port}
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=BoundedProtocol,
        # Whose word about an address is believed is a setting of the gateway, not whoever is on this machine.
        proxy_headers=False,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        ws="none",
        # Longer than the gateway keeps a connection for later: the side that asks must be the one that closes, or
        # now and then it asks into a connection that is just being closed.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        **where,
    )
    server = Server(config, getattr(app, "leave", None))
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        if arguments.uds:
            Path(arguments.uds).unlink(missing_ok=True)
    if not server.started:
        sys.exit(STARTUP_FAILURE)


class Server(uvicorn.Server):
    """A server that lets its application take leave first: answers without end would only be waited for in vain."""

    def __init__(self, config: uvicorn.Config, leave: Callable[[], Awaitable[None]] | None) -> None:
        super().__init__(config)
        self.leave = leave

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take leave, then stop as always: the rest is waited for, and cut after the time-out."""
        if self.leave is not None:
            await self.leave()
        await super().shutdown(sockets)


if __name__ == "__main__":
    main()
