"""Which question comes next, and why: deterministic, and free of any framework."""
