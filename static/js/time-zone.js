// The browser knows the time zone: it fills a hidden field, or is offered beside one that says else.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const field of document.querySelectorAll("input[data-browser-zone]")) field.value ||= zone ?? "";

function offer() {
  for (const place of document.querySelectorAll("[data-zone-offer]")) {
    const field = document.getElementById(place.dataset.zoneOffer);
    place.querySelector("b").textContent = zone;
    place.hidden = !zone || field.value === zone;
  }
}

document.addEventListener("click", ({ target }) => {
  const place = target.closest("[data-zone-offer]");
  if (!place || !target.closest("button")) return;
  const field = document.getElementById(place.dataset.zoneOffer);
  field.value = zone;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

document.addEventListener("input", offer);
document.addEventListener("htmx:after:swap", offer);
offer();
