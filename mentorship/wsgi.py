import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")

application = get_wsgi_application()
# What is loaded by now stays until the process ends: nobody need look through it again for what could be dropped.
gc.collect()
gc.freeze()
# Of a page with many figures a tenth of the time goes into looking through its rows for what could be dropped, mostly
# in vain, since rows go by themselves. Looking less often takes a fifth of that off.
gc.set_threshold(5_000, 20, 20)
