// Where the window's page starts: the real host and the first component meet here and nowhere else.
import { mount } from "svelte";

import App from "./App.svelte";
import "./design/tokens.css";
import "./design/base.css";
import { tauriHost } from "./host/tauri";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");

export default mount(App, { target, props: { host: tauriHost } });
