// Opens what a link shows in the panel beside the list: <a data-panel href="URL">. The server answers with the part alone
// where the query has part=1. Without this module the link opens a page of its own.
addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-panel]");
  const panel = document.getElementById("panel");
  if (!link || !panel || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const url = new URL(link.href);
  url.searchParams.set("part", "1");
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin" });
  } catch {
    const detail = "hookgate does not answer. Try again in a moment.";
    return document.dispatchEvent(new CustomEvent("trouble", { detail }));
  }
  if (answer.redirected || !answer.ok) return location.assign(link.href);
  panel.innerHTML = await answer.text();
  panel.hidden = false;
  for (const row of document.querySelectorAll("[aria-current=true]")) row.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  // Beside the list it stands where one looks; below it the page has to go there.
  panel.focus({ preventScroll: matchMedia("(min-width: 1000px)").matches });
});

addEventListener("keydown", (event) => {
  const panel = document.getElementById("panel");
  if (event.key !== "Escape" || !panel || panel.hidden) return;
  panel.hidden = true;
  document.querySelector("[aria-current=true]")?.focus();
});
