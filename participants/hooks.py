"""What each floor knows about people's own data. The floors add their part in AppConfig.ready; nothing looks up."""

import datetime as dt
from collections.abc import Callable

from participants.models import User
from participants.personal_data import Part
from participants.retention import Rule

# What somebody gets in the file of their own data, in the order in which it is listed.
parts: list[Part] = []
# Called with (person, whether to lock what was looked at) to hear why they cannot be erased now: sentences to read.
refusing: list[Callable[[User, bool], list[str]]] = []
# Called with (person, now) inside the transaction that erases them, from the highest floor down.
erasing: list[Callable[[User, dt.datetime], None]] = []
# Called with the key of a person to hear in whose files of own data they may stand.
sharing: list[Callable[[int], list[int]]] = []
# What is deleted by itself after a time.
retaining: list[Rule] = []
