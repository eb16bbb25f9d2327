import time, datetime
from django.db import connection
from sessions_app.services.archive import drain
from tests.people import *
from sessions_app.models import *
def test_speed(alice):
    for n in range(100):
        make_answered_session(user=alice, answers=10)
    total = Message.objects.count()
    t=time.perf_counter(); d=drain(now=START); dt=time.perf_counter()-t
    print("\n", connection.vendor, total, "messages", d.messages, f"{dt:.2f}s {total/dt:.0f}/s")
    s = make_answered_session(user=alice, answers=10, is_finished=False)
    drain(now=START)
    times=[]
    for _ in range(20):
        ask(s, slot=0); answer(s)
        t=time.perf_counter(); drain(now=START); times.append(time.perf_counter()-t)
    print("one pair in a live session p50 ms", sorted(times)[10]*1000)
