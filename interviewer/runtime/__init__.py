"""Running the parts as processes: plain Python without Django, so that the supervisor
stays small and the tests can start servers before any setting is read."""
