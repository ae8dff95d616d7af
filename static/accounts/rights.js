// Ticking Update ticks Access, and unticking Access unticks Update: as the server does it.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches('input[name="rights"]')) return;
  const [level, ...module] = box.value.split("_");
  const other = level === "update" ? "access" : "update";
  const pair = document.querySelector(`input[name="rights"][value="${other}_${module.join("_")}"]`);
  if (pair && !pair.disabled && box.checked === (level === "update")) pair.checked = box.checked;
});
