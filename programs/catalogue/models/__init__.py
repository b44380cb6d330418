"""One file a mentoring model, each with a `MODEL`."""
