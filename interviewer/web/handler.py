"""Django behind ASGI with one hop: a whole request runs in one thread.

Django's own handler crosses between event loop and thread at each step that is not
asynchronous, and none of ours is: half a dozen times per page. It also makes a thread
per request, which opens a database connection of its own.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

# A plain form waits in its thread for the reply; threads are made when they are needed.
MOST_REQUESTS = 128


class OneHopHandler(ASGIHandler):
    """Answers requests in threads that last, and so keep their connections.

    A visitor who leaves stops nothing: what was sent is stored and answered. Answers
    are whole; what is streamed does not come this way.
    """

    def __init__(self) -> None:
        super().__init__()
        threads = ThreadPoolExecutor(MOST_REQUESTS, thread_name_prefix="request")
        # By way of asgiref, so that `async_to_sync` in a view finds this loop.
        self._in_thread = sync_to_async(
            self._answer, thread_sensitive=False, executor=threads
        )

    def load_middleware(self, is_async: bool = False) -> None:
        """Load it for threads, whatever Django's handler asks for."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        try:
            body_file = await self.read_body(receive)
        except RequestAborted:
            return
        with body_file:
            response = await self._in_thread(scope, body_file)
        await self.send_response(response, send)

    def _answer(self, scope: Any, body_file: Any) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, response = self.create_request(scope, body_file)
        if request is not None:
            response = self.get_response(request)
        assert isinstance(response, HttpResponse), "nothing is streamed through Django"
        # Here and not after sending: what it gives back belongs to this thread.
        response.close()
        return response
