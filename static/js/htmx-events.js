// What can go wrong between the page and the server, said in a sentence.

const SAID = {
  400: "That could not be read. Reload the page and try again.",
  403: "That is not allowed, or this page is too old. Reload it and try again.",
  404: "That is not there any more. Reload the page to see what is.",
  405: "That cannot be done here.",
  413: "That is too large.",
  429: "That was too often in a short time. Wait a minute, then try again.",
};
const BROKEN = "Something went wrong on our side. Nothing you typed is lost; try again in a moment.";
const NO_CONNECTION = "No connection. What you typed is kept; try again when you are back.";

const say = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "owed" } }));

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const isShown = [409, 422].includes(ctx.response.status);
  if (isShown || ctx.hx?.trigger?.includes("toast")) return;
  say(SAID[ctx.response.status] ?? BROKEN);
});

document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx && !detail.ctx.response) say(NO_CONNECTION);
});

// A refused form: to the first field that needs mending.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.response?.status === 422) document.querySelector("[aria-invalid=true], .errors")?.focus?.();
});

// "Show more" is gone once it was pressed: the first of what came takes its focus.
document.addEventListener("htmx:before:swap", ({ target }) => {
  const more = target.closest?.(".more");
  if (!more?.contains(document.activeElement)) return;
  const before = more.previousElementSibling;
  document.addEventListener(
    "htmx:after:swap",
    () => before?.nextElementSibling?.querySelector("a[href], button")?.focus({ preventScroll: true }),
    { once: true },
  );
});
