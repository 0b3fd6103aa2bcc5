// Puts the parts that the server sends into their places: <div data-live="URL"> listens to URL, and each event is for the
// element whose id is the event's name. A button with data-pause stops and goes on.
// What keeps a page from being up to date, or a button from working, stands in a bar above it: other modules tell it by the
// event "trouble" of the document.
const bar = document.createElement("p");
bar.className = "trouble";
bar.setAttribute("role", "status");
bar.hidden = true;
document.querySelector("main")?.prepend(bar);
const tell = (text) => {
  bar.textContent = text;
  bar.hidden = !text;
};
document.addEventListener("trouble", ({ detail }) => tell(detail));

for (const place of document.querySelectorAll("[data-live]")) listen(place);

function listen(place) {
  let source;
  let lost = "";
  const open = () => {
    source = new EventSource(place.dataset.live);
    source.addEventListener("ended", () => {
      source.close();
      location.reload();
    });
    // Who was lost may have begun anew, and know nobody who was logged in.
    source.addEventListener("open", () => lost && location.reload());
    source.addEventListener("error", () => {
      lost ||= new Date().toLocaleTimeString();
      place.classList.add("old");
      tell(`There is no connection to hookgate since ${lost}. What you see is of then.`);
      // While it tries again by itself there is nothing to do.
      if (source.readyState === EventSource.CLOSED) refused();
    });
    for (const part of place.querySelectorAll("[id]")) {
      source.addEventListener(part.id, (event) => put(part, event.data));
    }
  };
  const refused = async () => {
    try {
      const page = await fetch(location.href, { redirect: "manual", credentials: "same-origin" });
      if (page.type === "opaqueredirect") return location.reload();
      tell("Too many pages follow what happens, and this one does not. Load it again to see what is new.");
    } catch {
      setTimeout(open, 3000);
    }
  };
  open();
  for (const button of place.querySelectorAll("[data-pause]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const paused = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(paused));
      button.textContent = paused ? "Go on" : "Pause";
      if (paused) source.close();
      else open();
    });
  }
  addEventListener("pagehide", () => source.close());
}

// Puts rows before the others, but for those that are there: a stream that goes on begins where the page did.
function add(part, html) {
  const known = new Set([...part.children].map((row) => row.dataset.key));
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const row of [...template.content.children]) if (row.dataset.key && known.has(row.dataset.key)) row.remove();
  part.prepend(template.content);
}

// A part that has the focus keeps it, where the same element is there again.
function put(part, html) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const key = focused && (focused.id || focused.getAttribute("href"));
  if (part.dataset.add === "before") add(part, html);
  else part.innerHTML = html;
  const limit = Number(part.dataset.limit || 0);
  while (limit && part.children.length > limit) part.lastElementChild.remove();
  if (!key || part.contains(document.activeElement)) return;
  for (const element of part.querySelectorAll("[id], [href]")) {
    if (element.id === key || element.getAttribute("href") === key) return element.focus();
  }
}
