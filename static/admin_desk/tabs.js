// On a narrow screen the tab that is open is brought into sight.
"use strict";

// Only now is the type here, and each tab as wide as it stays.
window.addEventListener("load", () => {
  const tab = document.querySelector(".desk-tabs [aria-current]");
  if (!tab) return;
  const tabs = tab.closest(".desk-tabs");
  const [shown, whole] = [tab.getBoundingClientRect(), tabs.getBoundingClientRect()];
  if (shown.right > whole.right) tabs.scrollLeft += shown.right - whole.right;
});
