// Draws Stripe's form for a card, and sends it. Runs on that one page, beside Stripe's own script.

"use strict";

const form = document.getElementById("stripe-form");
const wrong = form.querySelector("[role=alert]");
const button = form.querySelector("button[type=submit]");
const { key, secret, language, unreachable } = form.dataset;
const returnTo = form.dataset.return;

function say(words) {
  wrong.textContent = words;
  wrong.hidden = !words;
}

if (typeof Stripe === "undefined") {
  say(unreachable);
} else {
  draw();
}

function draw() {
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const stripe = Stripe(key, { locale: language });
  const elements = stripe.elements({
    clientSecret: secret,
    appearance: { theme: dark ? "night" : "stripe" },
  });
  const card = elements.create("payment");
  card.on("ready", () => {
    button.disabled = false;
  });
  card.on("loaderror", () => say(unreachable));
  card.mount(form.querySelector("[data-card]"));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say("");
    // Where all is well the browser is led on, perhaps by way of the bank.
    const { error } = await stripe.confirmSetup({
      elements,
      confirmParams: { return_url: returnTo },
    });
    if (error) say(error.message);
    button.disabled = false;
  });
}
