{% load static %}"use strict";
// Keeps one page of one's own, the pages behind links on which a session waits to be logged, and what they look like, for
// when there is no network. Every other page is never kept.
const PAGE = "{% url "sessions:offline" %}";
const KEPT = "offline-1";
const LINKS = "links-1";
// A page behind the link in a mail, on which a session is logged without signing in. It keeps itself, see kept.js.
const LINK = /^\/t\/[^/]+\/session\/$/;
const LONGEST = 14 * 86400000;
const LOOKS = "{% get_static_prefix %}";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
async function page(request) {
  try {
    const answer = await fetch(request);
    const path = new URL(request.url).pathname;
    if (path === PAGE && answer.ok && !answer.redirected) (await caches.open(KEPT)).put(PAGE, answer.clone());
    return answer;
  } catch (error) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}
async function linked(request) {
  const path = new URL(request.url).pathname;
  const kept = await caches.open(LINKS);
  try {
    const answer = await fetch(request);
    if (!answer.ok || answer.redirected) await kept.delete(path);
    else if (request.mode !== "navigate") await kept.put(path, answer.clone());
    return answer;
  } catch (error) {
    const copy = await kept.match(path);
    if (copy && Date.now() - Date.parse(copy.headers.get("Date")) < LONGEST) return copy;
    await kept.delete(path);
    throw error;
  }
}
async function look(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) (await caches.open(KEPT)).put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await caches.match(request);
    if (kept) return kept;
    throw error;
  }
}
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(LOOKS)) event.respondWith(look(event.request));
  else if (LINK.test(url.pathname)) event.respondWith(linked(event.request));
  // Of one's own pages one stands for all.
  else if (event.request.mode === "navigate" && url.pathname.startsWith("{% url "sessions:home" %}")) event.respondWith(page(event.request));
  else if (url.pathname === PAGE) event.respondWith(page(event.request));
});
