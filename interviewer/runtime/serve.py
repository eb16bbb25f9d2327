"""The web process: uvicorn on a socket that the supervisor opened and keeps.

Started as `python -m interviewer.runtime.serve`. The socket comes as a descriptor, so
that a restarted web process finds the waiting connections.
"""

from __future__ import annotations

import argparse
import socket

import uvicorn

GRACE_SECONDS = 3


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--trusted-proxies", default="")
    options = parser.parse_args()
    config = uvicorn.Config(
        "interviewer.asgi:application",
        access_log=False,  # ours has ids and no paths
        log_config=None,
        server_header=False,
        proxy_headers=bool(options.trusted_proxies),
        forwarded_allow_ips=options.trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ws="none",
    )
    listener = socket.socket(fileno=options.fd)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
