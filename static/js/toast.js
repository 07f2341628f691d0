// What has just happened, for ten seconds, with Undo where it can be taken back.

const SHOWN_FOR = 10_000;
const AT_MOST = 3;
const region = document.getElementById("toasts");
const pattern = document.getElementById("toast");
const announcer = document.getElementById("announcer");

function build({ text, undo, tone }) {
  const toast = pattern.content.firstElementChild.cloneNode(true);
  toast.querySelector("span").textContent = text;
  if (tone) toast.classList.add(tone);
  const form = toast.querySelector("form");
  if (undo) {
    form.action = undo;
    form.setAttribute("hx-post", undo);
  } else form.remove();
  return toast;
}

function show(toast) {
  region.append(toast);
  window.htmx?.process(toast);
  while (region.childElementCount > AT_MOST) region.firstElementChild.remove();
  countDown(toast);
}

function countDown(toast) {
  let left = SHOWN_FOR;
  let since;
  let timer;
  const go = () => {
    clearTimeout(timer);
    since = performance.now();
    timer = setTimeout(() => toast.remove(), left);
  };
  const wait = () => {
    clearTimeout(timer);
    left = Math.max(left - (performance.now() - since), 2000);
  };
  const resume = () => {
    if (!toast.matches(":hover") && !toast.contains(document.activeElement)) go();
  };
  toast.addEventListener("pointerenter", wait);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("pointerleave", resume);
  toast.addEventListener("focusout", () => setTimeout(resume));
  go();
}

document.addEventListener("toast", ({ detail }) => {
  for (const said of detail.toasts ?? [detail]) show(build(said));
});

document.addEventListener("announce", ({ detail }) => {
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = detail.text ?? detail.value), 50);
});

region?.addEventListener("click", ({ target }) => {
  if (target.closest("[data-dismiss]")) target.closest("[data-toast]").remove();
});
region?.addEventListener("htmx:after:request", ({ target, detail: { ctx } }) => {
  if (ctx.response.status < 400) target.closest("[data-toast]")?.remove();
});

// Undo answers with the page as it is now. Where it leads elsewhere, or to no page, go and look.
region?.addEventListener("htmx:before:swap", (event) => {
  const { raw } = event.detail.ctx.response;
  const leadsElsewhere = raw.redirected && new URL(raw.url).pathname !== location.pathname;
  if (!leadsElsewhere && event.detail.ctx.text.includes('id="main"')) return;
  event.preventDefault();
  location.assign(leadsElsewhere ? raw.url : location.href);
});

// A live region says what is put into it, not what it was born with.
const waiting = [...(region?.children ?? [])];
region?.replaceChildren();
if (waiting.length) setTimeout(() => waiting.forEach(show), 100);
