"""What the tests of safeguarding share."""

# What somebody reported, found nowhere it does not belong.
WORDS = "canarywhathappened"
