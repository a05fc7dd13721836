import { App } from "cdktf";
import { addHost } from "./host";
import { addLocal } from "./local";

const app = new App();
addLocal(app);
addHost(app);
app.synth();
