import "./tokens.css";
import "./base.css";
import { render } from "preact";
import { App } from "./app";
import { Workplace } from "./workplace";

const root = document.getElementById("app");
if (root) {
  const workplace = new Workplace(window);
  render(<App workplace={workplace} />, root);
  workplace.start();
}
