// usage: node tools/bundle.mjs bench/programs/model.ts COUNT
//
// Synthesizes an application of COUNT services, into the docker provider's resources and into compose.yaml.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { App } from "cdktf";
import type { Construct } from "constructs";
import { stringify } from "yaml";
import { type Application, serviceOf } from "../../application/application";
import { composeOf } from "../../application/renderings/compose";
import { applicationOf } from "../../application/model";
import { loadDeployment } from "../../config/load";
import { Containers } from "../../constructs/docker/containers";
import { Files } from "../../constructs/files";
import { Images } from "../../constructs/docker/images";
import { DockerStack, type DockerStackProps } from "../../stacks/docker-stack";

const CONTEXT = { path: "context", hash: "0".repeat(64) };

class ModelStack extends DockerStack {
  public constructor(scope: Construct, id: string, props: DockerStackProps) {
    super(scope, id, props);
    const { application, files } = props;
    const images = new Images(this, "images", { application: application.name, buildContext: CONTEXT });
    new Containers(this, "containers", { application, files, services: application.services, images });
  }
}

const root = resolve(".");
const count = Number(process.argv[2]);
const { deployment } = loadDeployment({ project: { folder: "examples/guestbook" } }, root);
const guestbook = applicationOf(deployment);
const application: Application = {
  ...guestbook,
  services: Array.from({ length: count }, (_, index) => ({
    ...serviceOf(guestbook, "web"),
    role: `web-${index}`,
    dependsOn: [],
  })),
};

const app = new App({ stackTraces: false });
new ModelStack(app, "model", { deployment, application, files: new Files({ root, outdir: app.outdir }) });
app.synth();
const compose = composeOf(application, {
  buildContext: "./context",
  assets: "./assets",
  contextHash: CONTEXT.hash,
  userFile: (path) => path,
});
writeFileSync(join(app.outdir, "compose.yaml"), stringify(compose, { lineWidth: 0, version: "1.1" }));
