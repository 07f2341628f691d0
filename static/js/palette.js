// One box that finds anybody and does anything. Without it, search is a link to the list of people.

const palette = document.getElementById("palette");
const box = palette?.querySelector("input[type=search]");
const found = palette?.querySelector("[data-palette-found]");
const options = [...(palette?.querySelectorAll("[data-palette-options] :is(.option, .place)") ?? [])];
const titles = [...(palette?.querySelectorAll("[data-palette-options] .section-title") ?? [])];
const PAUSE = 120;

let asking;
let timer;

function open() {
  if (!palette || palette.open) return;
  palette.showModal();
  box.select();
  narrow(box.value.trim());
}

function narrow(text) {
  const words = text.toLowerCase();
  for (const option of options) option.hidden = !option.textContent.toLowerCase().includes(words);
  for (const title of titles) title.hidden = words !== "";
}

async function ask(text) {
  asking?.abort();
  asking = new AbortController();
  try {
    const url = `${box.dataset.searchUrl}?q=${encodeURIComponent(text)}`;
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asking.signal });
    if (answer.ok && !answer.redirected) return show(await answer.text());
    if (answer.redirected || answer.headers.has("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect") ?? answer.url);
  } catch (error) {
    if (error.name !== "AbortError") found.replaceChildren(); // Enter still leads to the list
  }
}

function show(html) {
  found.innerHTML = html;
  const text = found.querySelector("[data-found]")?.dataset.found ?? "";
  document.dispatchEvent(new CustomEvent("announce", { detail: { text } }));
}

const targets = () => [...palette.querySelectorAll(".palette-results a[href]")].filter((link) => link.checkVisibility());

function step(by) {
  const all = [box, ...targets()];
  const at = all.indexOf(document.activeElement);
  all[(at + by + all.length) % all.length].focus();
}

palette?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    event.preventDefault(); // a search box would only empty itself
    palette.close();
  } else if (event.key === "Enter" && event.target === box && targets().length) {
    event.preventDefault();
    targets()[0].click();
  }
});

box?.addEventListener("input", () => {
  const text = box.value.trim();
  narrow(text);
  clearTimeout(timer);
  asking?.abort();
  if (!text || !box.dataset.searchUrl) found.replaceChildren();
  else timer = setTimeout(ask, PAUSE, text);
});

document.addEventListener("palette:open", open);
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-palette]");
  if (!opener || !palette || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open();
});
