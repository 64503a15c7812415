// Shows what is new without being asked: when the server has another picture, the page is fetched again and takes the place of
// the one that is shown. What somebody is typing is never taken away.
"use strict";

(() => {
  const says = (text) => { document.getElementById("live").textContent = text; };
  const isTyping = () => Boolean(document.activeElement?.closest("main form"));
  const key = (element) => element?.id || element?.getAttribute?.("href") || "";

  let wanted = document.body.dataset.revision;

  const show = async () => {
    if (wanted === document.body.dataset.revision) return;
    if (isTyping()) {
      says("There is something new.");
      return;
    }
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (isTyping()) return;
    const open = [...document.querySelectorAll("details[open][id]")].map((one) => one.id);
    const focused = key(document.activeElement);
    document.querySelector("main").replaceWith(next.querySelector("main"));
    document.querySelector("footer").replaceWith(next.querySelector("footer"));
    document.body.dataset.revision = next.body.dataset.revision;
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    const again = [...document.querySelectorAll("main a[href], main [id]")].find((one) => focused && key(one) === focused);
    again?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("page:shown"));
    says("Brought up to date.");
  };

  // A browser has few connections to one server, so pages that nobody sees hold none. Whoever comes back hears at once.
  let news = null;
  const listen = () => {
    news?.close();
    news = null;
    if (document.hidden) return;
    news = new EventSource("/events");
    news.addEventListener("picture", (event) => {
      wanted = event.data;
      show();
    });
  };

  document.addEventListener("visibilitychange", listen);
  document.addEventListener("focusout", () => setTimeout(show));
  window.addEventListener("pagehide", () => news?.close());
  listen();
})();
