"""A service that never becomes ready, and says what it waits for. It is started with where to listen."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Waiting(BaseHTTPRequestHandler):
    """Answers every question alike."""

    def do_GET(self) -> None:
        """As a service of ours whose database is away."""
        self.send_response(503)
        self.end_headers()
        self.wfile.write(b'{"status": 503, "waiting": ["database", "nats"]}')


if __name__ == "__main__":
    HTTPServer((sys.argv[2], int(sys.argv[4])), Waiting).serve_forever()
