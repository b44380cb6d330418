import factory
from factory.django import DjangoModelFactory

from participants.models import User


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    first_name = factory.Sequence(lambda n: f"Person{n}")
    last_name = "Example"
    timezone = "Europe/Berlin"
    password = factory.PostGenerationMethodCall("set_unusable_password")
