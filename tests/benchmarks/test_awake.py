"""Tests of keeping the processor's cores awake while something is measured."""

import os
import time

import pytest

from interviewer.benchmarks.awake import cores_awake


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="No idle class here.")
def test_each_core_has_a_process_that_gives_way_and_ends_with_the_measurement():
    with cores_awake() as runners:
        assert len(runners) == len(os.sched_getaffinity(0))
        deadline = time.monotonic() + 30
        while {os.sched_getscheduler(r.pid) for r in runners} != {os.SCHED_IDLE}:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert all(runner.poll() is None for runner in runners)

    assert all(runner.poll() is not None for runner in runners)
