"""The mentoring models as data: pure, one file a model, found by the registry."""
