// The price editor: asks what units cost as one types, and says what is wrong beside its field.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-preview]");
  const form = box && box.closest("form");
  if (!form) return;

  const amounts = box.querySelector(".desk-amounts");
  const touched = new Set();
  let asking = null;
  let waiting = null;

  function placeOf(name) {
    if (name === "tiers") return form.querySelector("#tiers-group");
    const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
    return field && (field.closest("td") || field.closest(".grow") || field.parentElement);
  }

  function say(problems) {
    form.querySelectorAll(".desk-problem").forEach((old) => {
      const field = form.querySelector(`[aria-describedby="${old.id}"]`);
      if (field) field.removeAttribute("aria-describedby");
      old.remove();
    });
    for (const [name, messages] of Object.entries(problems)) {
      // A field that nobody has come to yet is not wrong, it is empty.
      const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
      if (field && !touched.has(name) && field.value === "") continue;
      const place = placeOf(name);
      if (!place) continue;
      const line = document.createElement("p");
      line.className = "desk-problem";
      line.id = `problem-${name}`;
      line.textContent = messages.join(" ");
      place.append(line);
      if (field) field.setAttribute("aria-describedby", line.id);
    }
  }

  function draw(rows) {
    if (!rows.length) {
      amounts.classList.add("desk-dimmed");
      return;
    }
    amounts.classList.remove("desk-dimmed");
    const list = document.createElement("dl");
    for (const row of rows) {
      const pair = document.createElement("div");
      const units = document.createElement("dt");
      const amount = document.createElement("dd");
      units.textContent = row.units === "1" ? "1 unit" : `${row.units} units`;
      amount.textContent = row.amount;
      pair.append(units, amount);
      list.append(pair);
    }
    amounts.replaceChildren(list);
  }

  async function ask() {
    if (asking) asking.abort();
    asking = new AbortController();
    // The old figures stay, dimmed, in their place: nothing jumps.
    amounts.classList.add("desk-dimmed");
    try {
      const answer = await fetch(box.dataset.preview, {
        method: "POST",
        body: new FormData(form),
        signal: asking.signal,
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) return;
      const found = await answer.json();
      say(found.problems);
      draw(found.amounts);
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
    }
  }

  function soon(event) {
    if (event.target.name) touched.add(event.target.name);
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  }

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  document.addEventListener("formset:added", soon);
  document.addEventListener("formset:removed", soon);
  ask();
});
