// The text box of rules: numbers its lines, and has the server check the text as somebody types. What is found stands below
// its line in the list, and marks the line's number.
const form = document.querySelector("form[data-check]");
const box = document.getElementById("rules");
if (form && box) begin();

function begin() {
  const gutter = form.querySelector(".gutter");
  const findings = document.getElementById("findings");
  let marks = new Map();
  let asked = 0;
  let timer;

  const number = () => {
    const count = box.value.split("\n").length;
    if (gutter.children.length !== count) {
      gutter.replaceChildren(
        ...Array.from({ length: count }, (_, n) => {
          const line = document.createElement("span");
          line.textContent = n + 1;
          return line;
        }),
      );
    }
    [...gutter.children].forEach((line, n) => (line.className = marks.get(n + 1) || ""));
    follow();
  };
  const follow = () => {
    gutter.style.height = box.offsetHeight + "px";
    gutter.scrollTop = box.scrollTop;
  };
  // What was found before is of another text.
  const unknown = (why) => {
    findings.textContent = `Not checked. ${why}`;
    marks = new Map();
    number();
  };
  const check = async () => {
    const turn = ++asked;
    let answer;
    try {
      const body = new URLSearchParams(new FormData(form));
      answer = await fetch(form.dataset.check, { method: "POST", body, credentials: "same-origin" });
    } catch {
      return unknown("hookgate does not answer. Try again in a moment.");
    }
    if (turn !== asked) return;
    if (answer.status === 403 || answer.redirected) {
      return unknown("Your login has ended. Copy what you have typed, log in again, and paste it.");
    }
    if (!answer.ok) return unknown("The check could not be made. Press “Check” to see why.");
    findings.innerHTML = await answer.text();
    marks = new Map();
    for (const found of findings.querySelectorAll("[data-line]")) {
      const line = Number(found.dataset.line);
      if (marks.get(line) !== "error") marks.set(line, found.dataset.severity);
      const shown = found.querySelector("pre");
      shown?.setAttribute("data-goto", line);
    }
    number();
  };

  box.addEventListener("input", () => {
    number();
    clearTimeout(timer);
    timer = setTimeout(check, 350);
  });
  box.addEventListener("scroll", follow);
  new ResizeObserver(follow).observe(box);
  findings.addEventListener("click", (event) => {
    const line = Number(event.target.closest("[data-goto]")?.dataset.goto);
    if (!line) return;
    const start = box.value.split("\n", line - 1).join("\n").length + (line > 1 ? 1 : 0);
    box.focus();
    box.setSelectionRange(start, start);
    box.scrollTop = Math.max(0, (line - 5) * 18);
  });
  number();
  check();
}
