// What a script adds to pages that work without one.

"use strict";

const root = document.documentElement;
root.classList.add("scripted");

const dialog = () => document.getElementById("over");

// ---- a link's page, opened over this one ----

// Whoever presses a modifier wants a new tab, and gets the page.
const isPlain = (event) =>
  event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || !dialog() || !isPlain(event)) return;
  event.preventDefault();
  openOver(link);
});

// A form that only asks opens what it asks for over the page, too.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.matches("button[data-dialog]") || !dialog()) return;
  event.preventDefault();
  const asked = new URLSearchParams(new FormData(event.target, button));
  openOver(button, `${event.target.action}?${asked}`);
});

async function openOver(link, address = link.href) {
  const opener = link.closest("[popover]")
    ? document.querySelector(`[popovertarget="${link.closest("[popover]").id}"]`)
    : link;
  link.closest("[popover]")?.hidePopover();
  dialog().dataset.page = address;
  await htmx.ajax("GET", address, { target: "#over", swap: "innerHTML" });
  if (!dialog().childElementCount) return;
  opener?.focus();
  if (!dialog().open) dialog().showModal();
  // To the first thing that is asked, past the buttons beside it.
  dialog().querySelector("[autofocus], input:not([type=hidden]), select, textarea")?.focus();
}

// Forms inside go the way of the page: a redirect leads the whole page on, a refusal is drawn again.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== dialog()) return;
  const fragment = event.detail.serverResponse;
  // A whole page where a fragment was meant: show it as what it is.
  if (/<html[\s>]/i.test(fragment)) {
    event.detail.shouldSwap = false;
    leaveFor(event.detail.pathInfo.requestPath);
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== dialog()) return;
  for (const form of dialog().querySelectorAll('form[method="post"]')) {
    form.setAttribute("hx-post", form.getAttribute("action") || dialog().dataset.page);
    form.setAttribute("hx-target", "#over");
    form.setAttribute("hx-swap", "innerHTML");
    if (form.enctype) form.setAttribute("hx-encoding", form.enctype);
    htmx.process(form);
  }
  if (dialog().open) dialog().querySelector("[autofocus]")?.focus();
});

// What cannot be opened over the page is opened as a page, where the server says what is so.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, (event) => {
    if (event.detail.target === dialog()) leaveFor(dialog().dataset.page);
  });
}

function leaveFor(address) {
  window.location.assign(address);
}

// Inside, the way back to the page below is to close.
document.addEventListener("click", (event) => {
  const link = event.target.closest("#over a[href]");
  if (!link || !isPlain(event) || link.hash || link.pathname !== window.location.pathname) return;
  event.preventDefault();
  dialog().close();
});

document.addEventListener("click", (event) => {
  // Beside an open dialog: the backdrop closes it.
  if (event.target.matches?.("dialog[open]") && isOutside(event)) event.target.close();
});

function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  return (
    event.clientX < box.left ||
    event.clientX > box.right ||
    event.clientY < box.top ||
    event.clientY > box.bottom
  );
}

document.addEventListener(
  "close",
  (event) => {
    if (event.target !== dialog()) return;
    const changed = dialog().querySelector("[data-changes-page]");
    dialog().replaceChildren();
    if (changed) window.location.reload();
  },
  true,
);

// ---- forms: a double click sends once ----

const SENT_JUST_NOW = 2000; // milliseconds
const sentAt = new WeakMap();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (event.timeStamp - sentAt.get(form) < SENT_JUST_NOW) {
      event.preventDefault();
      event.stopPropagation();
    } else {
      sentAt.set(form, event.timeStamp);
    }
  },
  true,
);

// ---- stepper ----

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  if (Number(button.dataset.step) < 0) input.stepDown();
  else input.stepUp();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

function showLimits(input) {
  const [less, more] = input.parentElement.querySelectorAll("[data-step]");
  const value = Number(input.value);
  less.disabled = input.min !== "" && value <= Number(input.min);
  more.disabled = input.max !== "" && value >= Number(input.max);
}

// What is wrong comes beside the field with the price; what is typed stays, so it is marked here.
document.addEventListener("htmx:oobAfterSwap", ({ detail: { target } }) => {
  if (!target.matches(".field-wrong")) return;
  const input = target.parentElement.querySelector("input");
  const isWrong = target.childElementCount > 0;
  target.parentElement.classList.toggle("is-wrong", isWrong);
  if (isWrong) {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", target.id);
  } else {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
});

// ---- slider ----

function sayValue(slider) {
  const input = slider.querySelector("input");
  const stops = [...slider.querySelectorAll(".stops li")];
  const stop = stops[Number(input.value) - Number(input.min || 0)];
  const said = stop
    ? stop.textContent.trim()
    : new Intl.NumberFormat(root.lang).format(Number(input.value));
  slider.querySelector("output").textContent = said;
  input.setAttribute("aria-valuetext", said);
  const [from, to] = [Number(input.min || 0), Number(input.max || 100)];
  const reached = ((Number(input.value) - from) / (to - from || 1)) * 100;
  input.style.setProperty("--reached", `${reached}%`);
}

document.addEventListener("input", (event) => {
  const slider = event.target.closest("[data-slider]");
  if (slider) sayValue(slider);
  if (event.target.closest("[data-stepper]")) showLimits(event.target);
});

// ---- menus: arrows move, like everywhere ----

document.addEventListener("keydown", (event) => {
  const list = event.target.closest(".menu, .jump-dialog");
  if (!list || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const stops = [...list.querySelectorAll("input:not([type=hidden]), a[href], button")];
  const here = stops.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  event.preventDefault();
  stops[(here + step + stops.length) % stops.length]?.focus();
});

// The browser goes to the first entry while it opens the menu. Going there afterwards could
// overtake somebody who is already at another one.
document.addEventListener(
  "beforetoggle",
  (event) => {
    if (!event.target.matches?.(".menu") || event.newState !== "open") return;
    const first = event.target.querySelector("a[href], button");
    if (first) first.autofocus = true;
  },
  true,
);

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches?.(".menu") && event.newState === "open") placeBeside(event.target);
  },
  true,
);

// For browsers that cannot anchor it themselves.
function placeBeside(menu) {
  if (CSS.supports("position-area: bottom")) return;
  const opener = document.querySelector(`[popovertarget="${menu.id}"]`);
  const from = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = from.bottom + height < window.innerHeight;
  menu.style.margin = "0";
  menu.style.inset = "auto";
  menu.style.left = `${Math.max(8, Math.min(from.left, window.innerWidth - width - 8))}px`;
  menu.style.top = `${below ? from.bottom : Math.max(8, from.top - height)}px`;
}

// ---- jump ----

function jump() {
  const box = document.getElementById("jump");
  if (!box) return false;
  document.getElementById("side")?.matches(":popover-open") &&
    document.getElementById("side").hidePopover();
  if (!box.open) box.showModal();
  box.querySelector("input[type=search]").focus();
  box.querySelector("input[type=search]").select();
  return true;
}

document.addEventListener("keydown", (event) => {
  const wanted = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  if (wanted && jump()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-jump]") && isPlain(event) && jump()) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  // Enter in the box goes to the first thing found.
  const first = document.querySelector("#jump-found a[href]");
  if (event.target.closest("#jump") && first) {
    event.preventDefault();
    first.click();
  }
});

// ---- whole tables: the box in the heading ticks all rows ----

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-tick-all]")) return;
  const rows = event.target.closest("table").querySelectorAll("tbody input[type=checkbox]");
  for (const box of rows) box.checked = event.target.checked;
});

// ---- tabs: the one that is open stands in sight ----

function showTab(tab) {
  const tabs = tab.closest(".tabs");
  const [shown, whole] = [tab.getBoundingClientRect(), tabs.getBoundingClientRect()];
  if (shown.right > whole.right) tabs.scrollLeft += shown.right - whole.right;
}

function prepare(within) {
  for (const tab of within.querySelectorAll(".tabs [aria-current]")) showTab(tab);
  for (const slider of within.querySelectorAll("[data-slider]")) sayValue(slider);
  for (const input of within.querySelectorAll("[data-stepper] input")) showLimits(input);
}

prepare(document);
document.addEventListener("htmx:afterSettle", (event) => prepare(event.target));
