"""A provider of chat models that can be scripted: a real server, no real model.

Speaks the OpenAI chat protocol over HTTP on loopback, so that what is tested and
measured is the whole way to a model. `fake_provider` runs it in a thread of this
process; `python -m interviewer.benchmarks.fake_provider` as one of its own.
"""

from interviewer.benchmarks.fake_provider.faults import Fault
from interviewer.benchmarks.fake_provider.meter import PrefixProfile
from interviewer.benchmarks.fake_provider.process import fake_provider_process
from interviewer.benchmarks.fake_provider.provider import Latency, Provider
from interviewer.benchmarks.fake_provider.requests import ChatRequest, Reply
from interviewer.benchmarks.fake_provider.server import RunningProvider, fake_provider

__all__ = [
    "ChatRequest",
    "Fault",
    "Latency",
    "PrefixProfile",
    "Provider",
    "Reply",
    "RunningProvider",
    "fake_provider",
    "fake_provider_process",
]
