"use strict";
(() => {
  const video = document.getElementById("video");
  const drawing = document.getElementById("timeline");
  const head = document.getElementById("head");
  const now = document.getElementById("now");
  const links = drawing ? [...drawing.querySelectorAll("a.shot")] : [];
  const cards = [...document.querySelectorAll("li.card")];
  let shown = null;

  function show(place) {
    if (shown === place) return;
    shown = place;
    for (const link of links) link.classList.toggle("on", link.dataset.shot === place);
    for (const card of cards) card.classList.toggle("on", card.id === "shot-" + place);
    const card = document.getElementById("shot-" + place);
    if (!card || !now) return;
    const copy = document.createElement("div");
    copy.className = "card";
    for (const child of card.cloneNode(true).childNodes) copy.append(child.cloneNode(true));
    for (const details of copy.querySelectorAll("details")) details.open = true;
    now.replaceChildren(copy);
  }

  if (cards.length) show("1");

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-seek]");
    if (!target) return;
    event.preventDefault();
    show(target.dataset.shot);
    if (video) {
      video.currentTime = Number(target.dataset.seek) + 0.001;
      if (target.classList.contains("frame")) {
        video.play().catch(() => {});
        video.scrollIntoView({ block: "nearest" });
      }
    }
  });

  if (video && head) {
    const edge = Number(drawing.dataset.edge);
    const scale = Number(drawing.dataset.scale);
    const follow = () => {
      const at = video.currentTime;
      head.setAttribute("transform", "translate(" + (edge + at * scale) + ",0)");
      head.setAttribute("visibility", at > 0 ? "visible" : "hidden");
      const card = cards.find((one) => at >= Number(one.dataset.from) && at < Number(one.dataset.to));
      if (card && at > 0) show(card.id.slice("shot-".length));
    };
    const frame = () => {
      follow();
      if (!video.paused && !video.ended) requestAnimationFrame(frame);
    };
    video.addEventListener("play", frame);
    video.addEventListener("timeupdate", follow);
    video.addEventListener("seeked", follow);
  }

  for (const tools of document.querySelectorAll(".tools")) {
    const list = document.getElementById(tools.dataset.list);
    const rows = [...list.children];
    const select = tools.querySelector("select");
    const count = tools.querySelector("output");
    let state = "";
    const orders = {
      "": () => 0,
      score: (a, b) => Number(b.dataset.score) - Number(a.dataset.score),
      name: (a, b) => (a.dataset.name < b.dataset.name ? -1 : 1),
      length: (a, b) => Number(b.dataset.length) - Number(a.dataset.length),
    };
    const update = () => {
      list.append(...[...rows].sort(orders[select.value]));
      for (const row of rows) row.hidden = state !== "" && row.dataset.state !== state;
      const visible = rows.filter((row) => !row.hidden).length;
      count.textContent = visible + (visible === 1 ? " clip" : " clips");
    };
    for (const button of tools.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        state = button.dataset.show;
        for (const other of tools.querySelectorAll("button")) {
          other.setAttribute("aria-pressed", String(other === button));
        }
        update();
      });
    }
    select.addEventListener("change", update);
    update();
    tools.hidden = false;
  }
})();
