// Small comforts of forms: filters that apply themselves, a box that grows, a text to copy.

document.addEventListener("change", ({ target }) => {
  target.closest("form[data-submit-on-change]")?.requestSubmit();
});

document.addEventListener("click", async ({ target }) => {
  const copier = target.closest("[data-copy]");
  if (!copier) return;
  await navigator.clipboard.writeText(copier.dataset.copy);
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Copied." } }));
});

// A date that is not set says what that means: <label class="pick" data-empty="Now">.
const sayEmpty = (pick) => pick.toggleAttribute("data-is-empty", !pick.querySelector("input").value);
const sayAllEmpty = () => document.querySelectorAll(".pick[data-empty]").forEach(sayEmpty);
document.addEventListener("input", ({ target }) => target.closest(".pick[data-empty]") && sayEmpty(target.closest(".pick")));
document.addEventListener("click", ({ target }) => target.matches(".pick[data-empty] > input") && target.showPicker?.());
document.addEventListener("htmx:after:swap", sayAllEmpty);
document.addEventListener("reset", () => setTimeout(sayAllEmpty));
sayAllEmpty();

// data-only="at" on a choice: the field of that name counts only while it is what is chosen.
document.addEventListener("change", ({ target }) => {
  const { only } = target.dataset;
  if (only && target.value !== only) target.form.elements[only].value = "";
});

// A choice that may be left open: pressing what is chosen takes it back.
document.addEventListener("pointerdown", ({ target }) => {
  const radio = target.closest("[data-uncheck] label")?.querySelector("input");
  if (radio) radio.dataset.was = radio.checked;
});
document.addEventListener("click", ({ target }) => {
  if (!target.matches("[data-uncheck] input") || target.dataset.was !== "true") return;
  delete target.dataset.was;
  target.checked = false;
  target.dispatchEvent(new Event("change", { bubbles: true }));
});

// A form that is being sent is not sent twice; without a connection it can be tried again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete], [method=dialog]") || event.defaultPrevented) return;
  if (form.hasAttribute("data-sending")) event.preventDefault();
  else if (form.method === "post") form.setAttribute("data-sending", "");
  setTimeout(() => form.removeAttribute("data-sending"), 5000);
});

if (!CSS.supports("field-sizing", "content")) {
  const grow = (area) => {
    area.style.blockSize = "auto";
    area.style.blockSize = `${area.scrollHeight + 2}px`;
  };
  document.addEventListener("input", ({ target }) => target.matches("textarea[data-autosize]") && grow(target));
  for (const area of document.querySelectorAll("textarea[data-autosize]")) if (area.value) grow(area);
}
