{% load static %}"use strict";
// Keeps one page, and what it looks like, for when there is no network. Every other page is never kept.
const PAGE = "{% url "sessions:offline" %}";
const KEPT = "offline-1";
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
  // Only one's own pages: what is behind a link in a mail is never kept.
  else if (event.request.mode === "navigate" && url.pathname.startsWith("{% url "sessions:home" %}")) event.respondWith(page(event.request));
  else if (url.pathname === PAGE) event.respondWith(page(event.request));
});
