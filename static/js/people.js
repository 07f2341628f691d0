// Choosing people: who is ticked moves up to the chosen, and stays in the address, so that a reload
// or a log-in in between forgets nobody.

function remember(box) {
  const url = new URL(location.href);
  const name = box.dataset.people;
  url.searchParams.delete(name);
  for (const tick of box.querySelectorAll(`[data-chosen] input:checked`)) url.searchParams.append(name, tick.value);
  history.replaceState(history.state, "", url);
}

document.addEventListener("change", ({ target }) => {
  const box = target.closest("[data-people]");
  if (!box || target.type !== "checkbox") return;
  const chip = target.closest("label");
  if (target.checked && target.closest("[data-offered]")) {
    const typed = box.querySelector("input[type=text]");
    const twin = box.querySelector(`[data-chosen] input[value="${target.value}"]`);
    if (twin) twin.checked = true;
    else box.querySelector("[data-chosen]").append(chip);
    box.querySelector("[data-offered]").replaceChildren();
    typed.value = "";
    typed.focus();
  } else if (!target.checked && target.closest("[data-chosen]")) chip.remove();
  if (box.hasAttribute("data-remember")) remember(box);
});
