"""How statements begin that only read. What is prepared is a SELECT each time: tests/house/test_prepared.py."""

READS = ("SELECT", "(SELECT", "EXECUTE prepared_")
