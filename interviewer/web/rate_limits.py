"""How much one person may ask of the machine in a while.

A person over a limit is asked to wait, and loses nothing that was typed.
"""

from __future__ import annotations

import ipaddress
import math

from django.http import HttpRequest
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from interviewer.rate_limits import Counter

ANSWERS_PER_MINUTE = 20
INTERVIEWS_PER_HOUR = 10
EDITS_PER_MINUTE = 60  # in the lab, where a pause in typing judges
PLANS_PER_HOUR = 60  # to look at; none of them has begun
FILES_PER_HOUR = 40
# Of one address, which a whole class may share: only from visitors who are new.
NEW_VISITORS_PER_HOUR = 300
VISITORS_FILES_PER_HOUR = 120
IPV6_NETWORK_BITS = 64  # what one household or machine gets

_answers = RateLimitItemPerMinute(ANSWERS_PER_MINUTE, namespace="answers")
_edits = RateLimitItemPerMinute(EDITS_PER_MINUTE, namespace="edits")
_interviews = RateLimitItemPerHour(INTERVIEWS_PER_HOUR, namespace="interviews")
_visitors = RateLimitItemPerHour(NEW_VISITORS_PER_HOUR, namespace="visitors")
_plans = RateLimitItemPerHour(PLANS_PER_HOUR, namespace="plans")
_files = RateLimitItemPerHour(FILES_PER_HOUR, namespace="files")
_visitors_files = RateLimitItemPerHour(
    VISITORS_FILES_PER_HOUR, namespace="visitors-files"
)
_counter = Counter(name="limits")


class TooMany(Exception):
    """The person has to wait for `seconds`."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def count_answer(request: HttpRequest) -> None:
    """Count a message to the interviewer; raises TooMany."""
    _count(_answers, str(request.user.pk))


def count_edit(request: HttpRequest) -> None:
    """Count an answer that is judged in the lab; raises TooMany."""
    _count(_edits, str(request.user.pk))


def count_interview(request: HttpRequest) -> None:
    """Count an interview that is about to begin; raises TooMany."""
    if request.user.is_authenticated:
        _count(_interviews, str(request.user.pk))
    else:
        _count(_visitors, network(request.META.get("REMOTE_ADDR", "")))


def count_plan(request: HttpRequest) -> None:
    """Count a plan that is about to be made and looked at; raises TooMany."""
    if request.user.is_authenticated:
        _count(_plans, str(request.user.pk))
    else:
        _count(_visitors, network(request.META.get("REMOTE_ADDR", "")))


def count_file(request: HttpRequest) -> None:
    """Count a file that is about to be read; raises TooMany."""
    if request.user.is_authenticated:
        _count(_files, str(request.user.pk))
    else:
        _count(_visitors_files, network(request.META.get("REMOTE_ADDR", "")))


def _count(limit: RateLimitItem, who: str) -> None:
    if seconds := _counter.seconds_to_wait(limit=limit, who=who):
        raise TooMany(seconds=math.ceil(seconds))


def network(address: str) -> str:
    """Return what stands for the visitor: the address, or an IPv6 network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address  # a socket has none
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped  # as a socket for both kinds says it
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((int(ip), IPV6_NETWORK_BITS), strict=False))
