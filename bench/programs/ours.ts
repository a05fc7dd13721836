// What cdktf.json runs, for the example's default deployment: main.ts reads whatever the user has in deployment.ts.
import { resolve } from "node:path";
import { loadDeployment } from "../../config/load";
import { synthesize } from "../../synth/synthesize";

const root = resolve(".");
synthesize({ ...loadDeployment({ project: { folder: "examples/guestbook" } }, root), root });
