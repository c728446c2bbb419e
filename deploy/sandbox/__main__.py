"""Run one stand-in: `python -m deploy.sandbox payments --port 8001`."""

import argparse
import importlib

import uvicorn

from deploy.sandbox.settings import SandboxSettings
from deploy.sandbox.witness.settings import WitnessSettings
from services.kit.telemetry import configure_logging


def main() -> None:
    """One process, its state in one file; settings are SUNFAIR_SANDBOX_… or SUNFAIR_WITNESS_… variables."""
    parser = argparse.ArgumentParser(description="Run a stand-in for a company outside.")
    parser.add_argument("name", choices=("payments", "courier", "witness"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    configure_logging(arguments.name, "INFO")
    settings = WitnessSettings() if arguments.name == "witness" else SandboxSettings()
    app = importlib.import_module(f"deploy.sandbox.{arguments.name}.app").create_app(settings)
    uvicorn.run(
        app,
        host=arguments.host,
        port=arguments.port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
