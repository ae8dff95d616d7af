// Says it on the page where a passkey was not used: called off, timed out, or not known here.

"use strict";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const problem = document.getElementById("passkey-problem");
  problem.hidden = false;
  problem.scrollIntoView({ block: "nearest" });
});
