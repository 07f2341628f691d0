// Rows that are chosen, counted and changed together. The form is the whole list; without this it
// still posts what is ticked.

const formOf = (element) => element.closest("form[data-bulk]") ?? element.form?.closest?.("form[data-bulk]");
const boxesOf = (form) => [...form.elements].filter((element) => element.matches("[data-select]"));

function tell(form) {
  const boxes = boxesOf(form);
  const chosen = boxes.filter((box) => box.checked).length;
  for (const bar of form.querySelectorAll(".bulk-bar")) bar.hidden = chosen === 0;
  for (const place of form.querySelectorAll("[data-count]")) place.textContent = chosen;
  for (const all of form.querySelectorAll("[data-select-all]")) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

let last = null;

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-select]");
  const form = box && formOf(box);
  if (!form) return;
  const boxes = boxesOf(form);
  if (event.shiftKey && last && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", ({ target }) => {
  const form = target.matches("[data-select], [data-select-all]") && formOf(target);
  if (!form) return;
  if (target.matches("[data-select-all]")) for (const box of boxesOf(form)) box.checked = target.checked;
  tell(form);
});

document.addEventListener("click", ({ target }) => {
  const form = target.closest("[data-select-none]") && formOf(target);
  if (!form) return;
  for (const box of boxesOf(form)) box.checked = false;
  tell(form);
});

const tellAll = () => document.querySelectorAll("form[data-bulk]").forEach(tell);
document.addEventListener("htmx:after:swap", tellAll);
window.addEventListener("pageshow", tellAll);
tellAll();
