"use strict";
// What htmx does not do by itself: show an answer that carries an error status, and hand the focus to what matters.
document.addEventListener("htmx:beforeSwap", (event) => {
  // 409 and 422 are answers made to be read: a conflict, a form with errors.
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  const problem = event.detail.elt.querySelector(".problem[tabindex]");
  if (problem) problem.focus();
});
