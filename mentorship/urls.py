from allauth.account import views as account
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from mentorship import views
from mentorship.administration.tables import urls as maintenance
from sessions.views.offline import forgotten, worker

# Hidden from whoever is no superuser, and not there at all unless it was asked for.
MAINTENANCE = [path(f"{settings.ADMIN_PATH}/", maintenance)] if settings.ADMIN_PATH else []
BEHIND_A_LINK = [
    path("", include(f"{app}.urls_token")) for app in ("sessions", "surveys", "matching", "programs", "reports")
]
handler500 = "mentorship.views.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    *MAINTENANCE,
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/ready", views.ready, name="ready"),
    path("help/", views.plain_page, {"template": "mentorship/help.html"}, name="help"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.plain_page, {"template": "mentorship/accessibility.html"}, name="accessibility"),
    # Behind links of mails and in calendars. First of the many, as they are asked for most.
    path("t/<str:tok>/", include(BEHIND_A_LINK)),
    path("", include("participants.urls")),
    # The parts of allauth this product uses; accounts come from imports and invitations, never from a sign-up form.
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", forgotten(account.logout), name="account_logout"),
    path("offline-worker.js", worker, name="offline_worker"),
    path("sign-in/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("me/password/", account.password_change, name="account_change_password"),
    path("me/password/new/", account.password_set, name="account_set_password"),
    path("sign-up/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("sign-in/forgotten/", RedirectView.as_view(pattern_name="account_login"), name="account_reset_password"),
    path("", include("mentorship.own_data.urls")),
    path("concern/", include("safeguarding.urls_concern")),
    path("join/", include("programs.urls_join")),
    path("me/", include("programs.urls_joining")),
    path("me/", include("sessions.urls")),
    path("me/", include("surveys.urls_me")),
    path("org/", include("mentorship.own_data.urls_privacy")),
    path("org/", include("reports.urls_organisation")),
    path("org/exports/", include("reports.urls_all_exports")),
    path("org/safeguarding/", include("safeguarding.urls")),
    path("models/", include("programs.urls_models")),
    path("programs/", include("mentorship.setup")),
    path("programs/", include("programs.urls")),
    path("programs/<slug:slug>/", include("matching.urls")),
    path("programs/<slug:slug>/", include("sessions.urls_program")),
    path("programs/<slug:slug>/", include("sessions.urls_closing")),
    path("programs/<slug:slug>/", include("surveys.urls")),
    path("programs/<slug:slug>/", include("reports.urls_signals")),
    path("programs/<slug:slug>/exports/", include("reports.urls_exports")),
    path("programs/<slug:slug>/", include("reports.urls")),
    path("", include("mail.urls")),
]
