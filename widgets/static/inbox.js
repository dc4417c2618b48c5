// The line above the inbox: demo data, and whether news still arrive.

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { panel } from "./panel.js";

export default panel("notice", ({ el, link }) => {
  const show = ({ demo, live }) => {
    fill(
      el,
      demo && h("span", { class: "cw-demo" }, h("b", {}, "Demo data"), " Invented people; nothing leaves this machine."),
      !live && h("span", { class: "cw-offline", role: "status" }, icon("clock"), "Reconnecting…"),
    );
    el.hidden = !demo && live;
  };
  el.hidden = true;
  link.on("state", show);
  link.read("ready", { view: link.view }).then(({ value }) => show(value), () => show({ demo: false, live: false }));
});
