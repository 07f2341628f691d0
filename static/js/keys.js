// Keys act by pressing what is visible: whatever a key does, a button or link on the page does, too.

const FIELD = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const PRESSED = { n: "n", p: "p", c: "c", e: "e", s: "s", u: "u" };

const isVisible = (element) => element.checkVisibility({ visibilityProperty: true });
const isOff = () => document.body.dataset.keys === "off";
const movables = () => [...document.querySelectorAll("main [data-movable]")].filter(isVisible);
const current = () => document.querySelector("[data-movable][aria-current=true]");
const opener = (movable) => movable.querySelector("[data-key=Enter]") ?? movable.querySelector("a[href]");

function makeCurrent(movable) {
  const before = current();
  if (before === movable) return;
  before?.removeAttribute("aria-current");
  movable.setAttribute("aria-current", "true");
}

function move(step) {
  const all = movables();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  goTo(all[next]);
}

function goTo(movable, options) {
  makeCurrent(movable);
  const target = opener(movable) ?? movable;
  if (target === movable) movable.tabIndex = -1;
  target.focus(options);
  if (!options?.preventScroll) movable.scrollIntoView({ block: "nearest" });
}

// What a key presses: inside the current thing first, then on the page, last in what is always
// there (toast, bar, palette), visible or not only there.
function findPressable(key) {
  const composer = key === "n" && [...document.querySelectorAll("main .composer textarea")].find(isVisible);
  if (composer) return composer;
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const places = [current() ?? movables()[0], document.querySelector("main"), document];
  for (const place of places) {
    const found = [...(place?.querySelectorAll(selector) ?? [])].find(isVisible);
    if (found) return found;
  }
  return document.querySelector(`#palette ${selector}`);
}

function press(key) {
  const found = findPressable(key);
  if (!found) return false;
  if (found.matches(FIELD)) found.focus();
  else found.click();
  if (found.matches("summary")) found.focus();
  return true;
}

function saveText(event) {
  const form = event.target.closest("textarea")?.form;
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button[type=submit], button:not([type])"));
}

function findSearch() {
  const box = [...document.querySelectorAll("main [data-search]")].find(isVisible);
  if (box) box.focus();
  else document.dispatchEvent(new CustomEvent("palette:open"));
}

function actOn(key) {
  if (key === "j") return move(1);
  if (key === "k") return move(-1);
  if (key === "/") return findSearch();
  if (key === "?") return document.getElementById("keys")?.showModal();
  if (key === "Enter") return document.activeElement === document.body && current() && opener(current())?.click();
  return key in PRESSED ? press(PRESSED[key]) : false;
}

const KNOWN = new Set(["j", "k", "/", "?", ...Object.keys(PRESSED)]);

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const withCommand = event.ctrlKey || event.metaKey;
  if (withCommand && event.key === "Enter") return saveText(event);
  if (withCommand && event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("palette:open"));
    return;
  }
  if (withCommand || event.altKey || isOff() || event.target.closest?.(FIELD)) return;
  if (document.querySelector("dialog:modal")) return;
  const key = event.shiftKey && event.key.length === 1 && event.key !== "?" && event.key !== "/" ? "" : event.key;
  if (KNOWN.has(key)) event.preventDefault();
  actOn(key);
});

document.addEventListener("focusin", ({ target }) => {
  const movable = target.closest?.("main [data-movable]");
  if (movable) makeCurrent(movable);
});

// A swap forgets which one was current, or takes it away. Its place in the list keeps the focus:
// the next one is under the thumb, and under the key.
let left = null;
document.addEventListener("htmx:before:swap", ({ target }) => {
  const source = target.closest?.("[data-movable]");
  const movable = source ?? current();
  const focused = document.activeElement;
  // A menu that was pressed has closed by now, and its item lost the focus to the page.
  const hadFocus = movable?.contains(focused) || (source && focused === document.body);
  left = movable && { id: movable.id, at: movables().indexOf(movable), hadFocus };
});
document.addEventListener("htmx:after:swap", () => {
  if (!left) return;
  const { id, at, hadFocus } = left;
  left = null;
  const all = movables();
  const next = all.find((movable) => id && movable.id === id) ?? all[Math.min(at, all.length - 1)];
  if (!next) return;
  makeCurrent(next);
  const focused = document.activeElement;
  // An item of a menu that has closed may keep the focus for a moment, though nobody sees it.
  if (!hadFocus || (focused !== document.body && isVisible(focused))) return;
  const target = id === next.id ? next.querySelector("button, input, a[href]") : opener(next);
  target?.focus({ preventScroll: true });
});
