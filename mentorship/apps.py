from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class MentorshipConfig(AppConfig):
    name = "mentorship"

    def ready(self) -> None:
        check_storage()


def check_storage() -> None:
    """Raises ImproperlyConfigured where no upload could be kept, before anybody has sent one. Asks no other machine."""
    from django.core.files.storage import storages

    try:
        _ = storages["default"]
    except (ImproperlyConfigured, ImportError, TypeError) as error:
        raise ImproperlyConfigured(
            f"STORAGE with its STORAGE_OPTIONS makes no storage: {error}. See docs/scaling.md for how to set them."
        ) from error
