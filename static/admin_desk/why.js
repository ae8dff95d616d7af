// *Why this amount?* opens below its line and closes again; without script it is a page of its own.
"use strict";

document.addEventListener("htmx:confirm", (event) => {
  const link = event.target.closest(".desk-why");
  if (!link || link.getAttribute("aria-expanded") !== "true") return;
  event.preventDefault();
  document.getElementById(link.getAttribute("aria-controls")).replaceChildren();
  link.setAttribute("aria-expanded", "false");
});

document.addEventListener("htmx:afterRequest", (event) => {
  const link = event.target.closest(".desk-why");
  if (link && event.detail.successful) link.setAttribute("aria-expanded", "true");
});
