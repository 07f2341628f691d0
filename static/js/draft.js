// A draft is never lost: not by a reload, a lost connection, an expired log-in or a second tab.
//
// A form with data-draft="key" keeps in this browser what is typed into it, under the key and the
// user. It is forgotten when the server says that it is saved: by the event draft:saved (HX-Trigger,
// detail {"key": "..."}), by an element with data-draft-clear="key", or by the cookie draft_saved.

const user = document.body.dataset.user;
const MINE = `kept:draft:${user}:`;
const ALL = "kept:draft:";
const PAUSE = 300;
const KEPT_FOR = 30 * 24 * 3600 * 1000;
const SKIPPED = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);

const forms = () => document.querySelectorAll("form[data-draft]");
const nameOf = (form) => MINE + form.dataset.draft;
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !SKIPPED.has(field.type) && !field.closest("[data-draft-skip]"));
const timers = new Map();
let isPutting = false;

// --- One field -------------------------------------------------------------------------------

const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
const selected = (field, which) => [...field.options].filter((option) => option[which]).map((option) => option.value).join("\n");

function valueOf(field) {
  if (isTicked(field)) return field.checked;
  return field.type.startsWith("select") ? selected(field, "selected") : field.value;
}

// What the server sent. A select without a default shows its first option.
function sentOf(field) {
  if (isTicked(field)) return field.defaultChecked;
  if (!field.type.startsWith("select")) return field.defaultValue.replace(/\r\n?/g, "\n");
  return selected(field, "defaultSelected") || (field.multiple ? "" : (field.options[0]?.value ?? ""));
}

// As if typed, for whoever listens (a box that grows, a count), but not to be kept again.
function put(field, value) {
  if (isTicked(field)) field.checked = value;
  else if (field.type.startsWith("select")) {
    const chosen = value.split("\n");
    for (const option of field.options) option.selected = chosen.includes(option.value);
  } else field.value = value;
  isPutting = true;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  isPutting = false;
}

// Two radios share a name, and so may two text fields: the name and which of them it is.
function keysOf(fields) {
  const seen = new Map();
  return fields.map((field) => {
    const base = isTicked(field) ? `${field.name}=${field.value}` : field.name;
    const at = seen.get(base) ?? 0;
    seen.set(base, at + 1);
    return `${base}#${at}`;
  });
}

// --- Keeping ---------------------------------------------------------------------------------

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function keep(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  if (!form.isConnected) return;
  const fields = fieldsOf(form);
  const keys = keysOf(fields);
  const before = read(nameOf(form))?.changed ?? {};
  const changed = {};
  fields.forEach((field, at) => {
    const [value, was] = [valueOf(field), sentOf(field)];
    if (value !== was) changed[keys[at]] = { value, was };
    // A refused form sends back what was typed: that is no less a draft.
    else if (before[keys[at]]?.value === value) changed[keys[at]] = before[keys[at]];
  });
  try {
    if (Object.keys(changed).length) localStorage.setItem(nameOf(form), JSON.stringify({ at: Date.now(), changed }));
    else localStorage.removeItem(nameOf(form));
  } catch {
    // Storage is full or forbidden: the page itself still holds what was typed.
  }
}

const keepAll = () => [...timers.keys()].forEach(keep);

// The forms of this key show again what the server sent: an emptied composer, as a rule.
function forget(key) {
  for (const form of forms()) {
    if (form.dataset.draft !== key) continue;
    clearTimeout(timers.get(form));
    timers.delete(form);
    form.querySelector(".draft-notice")?.remove();
    reset(form);
  }
  localStorage.removeItem(MINE + key);
}

// --- Bringing back ---------------------------------------------------------------------------

function restore(form) {
  const draft = read(nameOf(form));
  if (!draft) return;
  const fields = fieldsOf(form);
  const keys = keysOf(fields);
  let isBack = false;
  let isOvertaken = false;
  fields.forEach((field, at) => {
    const kept = draft.changed[keys[at]];
    if (!kept || kept.value === valueOf(field)) return;
    put(field, kept.value);
    isBack = true;
    isOvertaken ||= kept.was !== sentOf(field);
  });
  if (isBack) tell(form, isOvertaken ? "Your draft was kept, but this has changed since: look before you save." : "Your draft was kept.", "Discard it");
}

function tell(form, text, offer) {
  form.querySelector(".draft-notice")?.remove();
  const notice = document.createElement("p");
  notice.className = "draft-notice";
  notice.append(text);
  if (offer) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "link", textContent: offer });
    button.addEventListener("click", () => discard(form));
    notice.append(" ", button);
  }
  const area = form.querySelector("textarea") ?? fieldsOf(form)[0];
  (area?.closest(".field") ?? area)?.after(notice);
  document.dispatchEvent(new CustomEvent("announce", { detail: { text } }));
}

function reset(form) {
  for (const field of fieldsOf(form)) if (valueOf(field) !== sentOf(field)) put(field, sentOf(field));
}

function discard(form) {
  forget(form.dataset.draft);
  fieldsOf(form)[0]?.focus();
}

// --- Another tab -----------------------------------------------------------------------------

window.addEventListener("storage", ({ key, newValue }) => {
  for (const form of forms()) {
    if (nameOf(form) !== key || timers.has(form)) continue;
    if (newValue) {
      restore(form);
      tell(form, "Brought over from another tab.");
    } else if (fieldsOf(form).some((field) => valueOf(field) !== sentOf(field))) {
      reset(form);
      tell(form, "Saved or discarded in another tab.");
    }
  }
});

// --- When ------------------------------------------------------------------------------------

function noteTyping({ target }) {
  const form = target.form ?? target.closest?.("form");
  if (isPutting || !form?.dataset.draft) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(keep, PAUSE, form));
}

function forgetSaved() {
  for (const element of document.querySelectorAll("[data-draft-clear]")) {
    forget(element.dataset.draftClear);
    element.removeAttribute("data-draft-clear");
  }
  const saved = document.cookie.match(/(?:^|; )draft_saved=([^;]*)/);
  if (!saved) return;
  forget(decodeURIComponent(saved[1]));
  document.cookie = "draft_saved=; Max-Age=0; Path=/; SameSite=Lax";
}

function forgetOld() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(ALL) && !(Date.now() - read(name)?.at < KEPT_FOR)) localStorage.removeItem(name);
  }
}

function forgetMine() {
  timers.clear();
  for (const name of Object.keys(localStorage)) if (name.startsWith(MINE)) localStorage.removeItem(name);
}

const seen = new WeakSet();
function begin() {
  forgetSaved();
  for (const form of forms()) {
    if (!seen.has(form)) restore(form);
    seen.add(form);
  }
}

if (user) {
  document.addEventListener("input", noteTyping);
  document.addEventListener("change", noteTyping);
  document.addEventListener("draft:saved", ({ detail }) => forget(detail.key ?? detail.value));
  for (const event of ["htmx:after:swap", "sheet:filled"]) document.addEventListener(event, begin);
  document.addEventListener("htmx:before:request", keepAll);
  document.addEventListener("submit", ({ target }) => (target.matches("[data-log-out]") ? forgetMine() : keepAll()), true);
  window.addEventListener("pagehide", keepAll);
  document.addEventListener("visibilitychange", keepAll);
  forgetOld();
  begin();
}
