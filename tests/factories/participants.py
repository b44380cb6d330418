import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from participants.models import User


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    first_name = factory.Sequence(lambda n: f"Person{n}")
    last_name = "Example"
    timezone = "Europe/Berlin"
    password = factory.LazyFunction(lambda: make_password(None))
