"""What the browser's fixtures notice."""

import pytest
from django.http import HttpResponse
from django.urls import clear_url_caches

import mentorship.urls

PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Ground</title>
<main><h1>Ground</h1>{}</main></html>"""


@pytest.fixture(autouse=True)
def _true_addresses():
    """The tests after these find the site again, not the page served here."""
    yield
    clear_url_caches()


def serve(monkeypatch, body, status=200):
    """Answer every address with this page."""
    from django.contrib.auth.decorators import login_not_required
    from django.urls import re_path

    @login_not_required
    def view(request):
        return HttpResponse(PAGE.format(body), status=status)

    monkeypatch.setattr(mentorship.urls, "urlpatterns", [re_path(r"^(?!static/)", view)])
    clear_url_caches()


def test_a_page_without_fault_passes(page, axe, monkeypatch):
    serve(monkeypatch, "<p>All is well.</p>")
    page.goto("/")
    assert page.get_by_role("heading").inner_text() == "Ground"
    assert axe(page) == []


def test_inline_script_and_style_are_noticed(page, problems, monkeypatch):
    serve(monkeypatch, "<script>document.title = 'no'</script><p style='color: red'>Red</p>")
    page.goto("/")
    assert page.title() == "Ground"
    assert [("Content Security Policy" in problem) for problem in problems] == [True, True]
    problems.clear()


def test_a_file_that_is_missing_is_noticed(page, problems, monkeypatch, live_server):
    serve(monkeypatch, "<img src='/static/missing.svg' alt=''>")
    page.goto("/")
    assert problems == [f"404 {live_server.url}/static/missing.svg"]
    problems.clear()


def test_a_server_error_is_noticed_and_a_refusal_is_not(page, problems, monkeypatch, live_server):
    serve(monkeypatch, "refused", status=422)
    page.goto("/refused")
    assert problems == []
    serve(monkeypatch, "broken", status=500)
    page.goto("/broken")
    assert problems == [f"500 {live_server.url}/broken"]
    problems.clear()


def test_an_error_in_a_script_is_noticed(page, problems, monkeypatch):
    serve(monkeypatch, "<p>Well</p>")
    page.goto("/")
    page.evaluate("setTimeout(() => { throw new Error('out of luck') })")
    page.wait_for_timeout(200)
    assert len(problems) == 1
    assert "out of luck" in problems[0]
    problems.clear()


def test_axe_names_the_fault_and_the_place(page, axe, monkeypatch):
    serve(monkeypatch, "<input id=age>")
    page.goto("/")
    assert [finding.split(":")[0] for finding in axe(page)] == ["label"]


def test_axe_can_look_at_colours_alone(page, axe, monkeypatch):
    serve(monkeypatch, "<input><p><font color='#bbbbbb'>Hard to read on white</font></p>")
    page.goto("/")
    assert [finding.split(":")[0] for finding in axe(page, only_colours=True)] == ["color-contrast"]


def test_windows_differ_as_people_do(phone, dark, without_javascript, monkeypatch):
    serve(monkeypatch, "<noscript><b>No script runs</b></noscript>")
    for window in (phone, dark, without_javascript):
        window.goto("/")
    assert phone.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [390, False]
    assert dark.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [1280, True]
    assert [window.locator("b").count() for window in (dark, without_javascript)] == [0, 1]


def test_a_picture_is_taken_of_the_whole_page(page, shoot, monkeypatch):
    serve(monkeypatch, "<br>" * 200)
    page.goto("/")
    monkeypatch.setenv("PICTURES", "no")
    assert not shoot(page, "ground").exists()
    monkeypatch.setenv("PICTURES", "yes")
    picture = shoot(page, "ground")
    height = int.from_bytes(picture.read_bytes()[20:24], "big")
    picture.unlink()
    assert height > 900
