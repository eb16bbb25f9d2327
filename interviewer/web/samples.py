"""Our own example set-up, so that a first visit needs no typing."""

SAMPLE_SETUP = {
    "role": "backend",
    "role_title": "Backend engineer, payments",
    "level": "mid",
    "kind": "mixed",
    "minutes": "15",
    "mode": "practice",
    "style": "formal",
    "company": "Linden Pay",
    "job_description": (
        "Linden Pay moves money for 4,000 small shops.\n"
        "You will:\n"
        "- design and run HTTP APIs that our partners depend on\n"
        "- keep PostgreSQL fast: schema changes without downtime, indexing\n"
        "- make payment processing safe to retry: queues, idempotency\n"
        "- share the on-call rota and write up incidents\n"
        "We look for about four years with a server-side language, sound knowledge "
        "of relational databases, and clear writing."
    ),
    "resume": (
        "Mara Lindqvist, backend developer\n"
        "2022-now  Parcel tracking service: owned the public API (Python, Django, "
        "PostgreSQL), cut p95 latency from 900 to 250 ms, introduced a job queue.\n"
        "2020-2022 Web shop agency: order import, caching with Redis, code reviews.\n"
        "On call one week in five; wrote the team's incident template."
    ),
}
