"use strict";
(() => {
  const film = JSON.parse(document.getElementById("film").textContent);
  const by = (id) => document.getElementById(id);
  const last = film.pictures.length - 1;
  let at = 0, timer = 0, asText = false;

  const drawn = (picture) => '<rect width="100%" height="100%" class="b0"/>' + picture.rows
    .map((row, line) => `<g transform="translate(0 ${line * film.line})">${film.rows[row]}</g>`).join("");

  const show = (wanted) => {
    at = Math.max(0, Math.min(last, wanted));
    const picture = film.pictures[at];
    by("screen").innerHTML = drawn(picture);
    by("text").textContent = picture.rows.map((row) => film.texts[row]).join("\n");
    by("scene").textContent = picture.scene;
    by("count").textContent = `${at + 1} of ${last + 1}, ${picture.at}`;
    by("say").innerHTML = picture.say;
    by("step").textContent = picture.step;
    by("result").textContent = picture.result;
    by("back").disabled = by("first").disabled = at === 0;
    by("next").disabled = by("last").disabled = at === last;
    document.querySelectorAll("[aria-current]").forEach((item) => item.removeAttribute("aria-current"));
    by(`step-${at + 1}`).setAttribute("aria-current", "step");
    document.body.dataset.at = String(at + 1);
  };

  const pause = () => {
    clearTimeout(timer);
    timer = 0;
    by("play").setAttribute("aria-pressed", "false");
    by("play").firstChild.textContent = "Play ";
  };

  const wait = () => {
    timer = setTimeout(() => {
      show(at + 1);
      if (at < last) wait(); else pause();
    }, film.pictures[at].seconds * 1000);
  };

  const play = () => {
    if (timer) { pause(); return; }
    if (at === last) show(0);
    by("play").setAttribute("aria-pressed", "true");
    by("play").firstChild.textContent = "Pause ";
    wait();
  };

  const go = (wanted) => { pause(); show(wanted); };

  const toggle = () => {
    asText = !asText;
    by("screen").toggleAttribute("hidden", asText);
    by("text").hidden = !asText;
    by("as-text").setAttribute("aria-pressed", String(asText));
  };

  const actions = {
    first: () => go(0), back: () => go(at - 1), play, next: () => go(at + 1), last: () => go(last), "as-text": toggle,
  };
  const keys = {
    Home: "first", ArrowLeft: "back", " ": "play", ArrowRight: "next", End: "last", t: "as-text", T: "as-text",
    n: "next", b: "back",
  };
  for (const [id, act] of Object.entries(actions)) by(id).addEventListener("click", act);
  document.addEventListener("keydown", (event) => {
    const isControl = event.target.closest("button, summary, a");
    if (event.ctrlKey || event.altKey || event.metaKey || (event.key === " " && isControl)) return;
    if (event.target.closest("pre") && !["t", "T", "n", "b"].includes(event.key)) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    actions[act]();
  });
  by("player").hidden = false;
  show(0);
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (location.hash === "#play" && !isCalm) play();
})();
