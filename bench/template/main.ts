import { App } from "cdktf";
import { addLocal } from "./local";

const app = new App();
addLocal(app);
app.synth();
