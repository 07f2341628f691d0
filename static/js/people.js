// Choosing people: who is ticked moves up to the chosen, and stays in the address, so that a reload
// or a log-in in between forgets nobody. Enter takes the first that is offered.

const chips = (box) => box.querySelector("[data-chosen]");
const offered = (box) => box.querySelector("[data-offered]");
const typed = (box) => box.querySelector("input[type=text]");

function remember(box) {
  if (!box.hasAttribute("data-remember")) return;
  const url = new URL(location.href);
  const name = box.dataset.people;
  url.searchParams.delete(name);
  for (const tick of chips(box).querySelectorAll("input:checked")) url.searchParams.append(name, tick.value);
  history.replaceState(history.state, "", url);
}

function choose(box, chip) {
  const { value } = chip.querySelector("input");
  const twin = chips(box).querySelector(`input[value="${CSS.escape(value)}"]`);
  if (box.hasAttribute("data-only-one")) chips(box).replaceChildren(chip);
  else if (twin) twin.checked = true;
  else chips(box).append(chip);
  offered(box).replaceChildren();
  typed(box).value = "";
  typed(box).focus();
}

document.addEventListener("change", ({ target }) => {
  const box = target.closest("[data-people]");
  if (!box || target.type !== "checkbox") return;
  if (target.checked && target.closest("[data-offered]")) choose(box, target.closest("label"));
  else if (!target.checked && target.closest("[data-chosen]")) {
    target.closest("label").remove();
    typed(box).focus();
  }
  remember(box);
});

document.addEventListener("keydown", (event) => {
  const box = event.target.closest("[data-people]");
  if (!box || event.target !== typed(box) || event.isComposing) return;
  const last = chips(box).lastElementChild?.querySelector("input");
  if (event.key === "Backspace" && !event.target.value) last?.click();
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const first = offered(box).querySelector("input");
  if (first) first.click();
  else if (!event.target.value.trim()) event.target.form.querySelector("textarea, input[name=text]")?.focus();
});
