"""Runs the provider as a process of its own, until a signal; prints its address."""

from __future__ import annotations

import argparse
import signal
import threading

from interviewer.benchmarks.fake_provider.meter import PrefixProfile
from interviewer.benchmarks.fake_provider.personas import PERSONAS
from interviewer.benchmarks.fake_provider.provider import Latency
from interviewer.benchmarks.fake_provider.server import fake_provider


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    options = _parser().parse_args()
    is_over = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: is_over.set())
    latency = Latency(
        first_token=options.first_token_ms / 1000, per_token=options.per_token_ms / 1000
    )
    profile = PrefixProfile(minimum=options.minimum) if options.minimum else None
    with fake_provider(
        persona=options.persona,
        latency=latency,
        profile=profile,
        is_whole=options.whole,
        port=options.port,
    ) as provider:
        print(provider.base_url, flush=True)
        is_over.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--persona", choices=PERSONAS, default="normal")
    parser.add_argument("--first-token-ms", type=float, default=0)
    parser.add_argument("--per-token-ms", type=float, default=0)
    parser.add_argument(
        "--whole", action="store_true", help="send each reply in one piece"
    )
    parser.add_argument(
        "--minimum", type=int, default=0, help="of cached beginnings, in tokens; 0: off"
    )
    return parser


if __name__ == "__main__":
    main()
