import datetime

from sessions_app.models import InterviewSession, User
from sessions_app.services.retention import forget_guests
from tests.people import START, make_session

LIMIT = START - datetime.timedelta(days=1)
LONG_AGO = START - datetime.timedelta(days=40)


def make_guest(*, joined_at):
    guest = User.objects.create_guest()
    User.objects.filter(pk=guest.pk).update(date_joined=joined_at)
    return guest


def test_forgets_an_idle_guest_with_everything_said(db):
    guest = make_guest(joined_at=LONG_AGO)
    make_session(user=guest, created_at=LONG_AGO, last_activity_at=LONG_AGO)

    assert forget_guests(idle_since=LIMIT) == 1

    assert not User.objects.filter(pk=guest.pk).exists()
    assert not InterviewSession.objects.exists()


def test_keeps_a_guest_who_practised_lately(db):
    guest = make_guest(joined_at=LONG_AGO)
    make_session(user=guest)

    assert forget_guests(idle_since=LIMIT) == 0


def test_keeps_account_holders_however_idle(alice):
    User.objects.filter(pk=alice.pk).update(date_joined=LONG_AGO)

    assert forget_guests(idle_since=LIMIT) == 0
