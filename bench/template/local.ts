// The deployment as the stock template of cdktf would have it: ts-node, one file, barrel imports. It makes as many
// resources of each type as ours does, and stands in the benchmark for how synth is commonly run.
import type { Construct } from "constructs";
import { type App, LocalBackend, TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
// eslint-disable-next-line no-restricted-imports -- what is measured
import { container, image, network, provider, volume } from "@cdktf/provider-docker";

const NAME = "guestbook";
const LABELS = [{ label: "name", value: NAME }];

/** What differs between the containers. */
interface ServiceProps {
  readonly image: string;
  readonly command: string[];
  readonly user: string;
  readonly volumes: Record<string, string>;
  readonly env?: string[];
  readonly port?: number;
  readonly healthcheck?: string[];
}

class DockerStack extends TerraformStack {
  protected constructor(scope: Construct, id: string) {
    super(scope, id);
    new provider.DockerProvider(this, "docker");
    new LocalBackend(this, { path: `../../../state/${id}.tfstate` });
  }

  protected baseImage(base: string, reference: string): string {
    const name = new TerraformVariable(this, `${base}_name`, { type: "string", default: reference });
    return new image.Image(this, `${base}_image`, { name: name.stringValue, keepLocally: true }).imageId;
  }

  protected container(id: string, props: ServiceProps): container.Container {
    const isTask = props.healthcheck === undefined;
    return new container.Container(this, id, {
      name: `${NAME}-${id}`,
      image: props.image,
      command: props.command,
      user: props.user,
      env: props.env,
      readOnly: true,
      capabilities: { drop: ["ALL"] },
      securityOpts: ["no-new-privileges"],
      memory: 512,
      memorySwap: 512,
      networkMode: NAME,
      mounts: [
        ...Object.entries(props.volumes).map(([name, target]) => ({
          type: "volume",
          source: `${NAME}-${name}`,
          target,
        })),
        { type: "tmpfs", target: "/tmp", tmpfsOptions: { sizeBytes: 64 * 1024 * 1024, mode: 0o1777 } },
      ],
      ports:
        props.port === undefined ? undefined : [{ ip: "127.0.0.1", internal: 8080, external: props.port }],
      restart: isTask ? "no" : "always",
      attach: isTask,
      mustRun: !isTask,
      wait: !isTask,
      healthcheck: props.healthcheck && {
        test: ["CMD", ...props.healthcheck],
        interval: "2s",
        timeout: "5s",
        startPeriod: "1m0s",
        retries: 5,
      },
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      labels: LABELS,
    });
  }
}

class DataStack extends DockerStack {
  public constructor(scope: Construct) {
    super(scope, "local-data");
    for (const name of ["dbdata", "media", "static", "run", "secrets"]) {
      new volume.Volume(this, name, { name: `${NAME}-${name}`, lifecycle: { preventDestroy: true } });
    }
  }
}

class DatabaseStack extends DockerStack {
  public constructor(scope: Construct) {
    super(scope, "local-database");
    new network.Network(this, "network", { name: NAME, driver: "bridge" });
    const secrets = this.container("secrets", {
      image: this.baseImage("python", "python:3.13-slim"),
      command: ["python3", "/upload/secrets_task.py"],
      user: "0:0",
      volumes: { secrets: "/volumes/secrets", dbdata: "/volumes/dbdata" },
    });
    const database = this.container("database", {
      image: this.baseImage("mariadb", "mariadb:11.8"),
      command: ["--character-set-server=utf8mb4", "--skip-name-resolve"],
      user: "999:999",
      volumes: { dbdata: "/var/lib/mysql", secrets: "/run/secrets" },
      env: ["MARIADB_DATABASE=django", "MARIADB_PASSWORD_FILE=/run/secrets/database_password"],
      healthcheck: ["healthcheck.sh", "--connect", "--innodb_initialized"],
    });
    database.node.addDependency(secrets);
  }
}

class ApplicationStack extends DockerStack {
  public constructor(scope: Construct) {
    super(scope, "local");
    const python = new TerraformVariable(this, "python_name", {
      type: "string",
      default: "python:3.13-slim",
    });
    const bundle = new TerraformVariable(this, "ca_bundle", { type: "string", default: "" });
    const web = new image.Image(this, "web_image", {
      name: `${NAME}-web:latest`,
      buildAttribute: {
        context: "../../../context",
        buildArgs: { PYTHON_IMAGE: python.stringValue, CA_BUNDLE: bundle.stringValue },
      },
    }).imageId;
    const nginx = this.baseImage("nginx", "nginx:1.30");
    new volume.Volume(this, "nginx_volume", { name: `${NAME}-nginx` });
    const django = {
      image: web,
      user: "10001:10001",
      volumes: { run: "/run/web", secrets: "/run/secrets", static: "/app/staticfiles", media: "/app/media" },
      env: [
        "DJANGO_SETTINGS_MODULE=config.settings.prod",
        `DATABASE_HOST=${NAME}-database`,
        "DATABASE_PORT=3306",
        "DATABASE_NAME=django",
        "DATABASE_USER=django",
        "ALLOWED_HOSTS=localhost,127.0.0.1",
      ],
    };
    const configuration = {
      image: nginx,
      user: "101:10001",
      volumes: { nginx: "/etc/nginx/deployment", run: "/run/web" },
    };
    this.container("migrate", { ...django, command: ["migrate"] });
    this.container("web", { ...django, command: ["web"], healthcheck: ["health"] });
    this.container("nginx_check", { ...configuration, command: ["sh", "/upload/apply.sh", "check"] });
    this.container("nginx_config", { ...configuration, command: ["sh", "/upload/apply.sh", "apply"] });
    this.container("nginx", {
      ...configuration,
      command: ["nginx", "-g", "daemon off;"],
      port: 8080,
      healthcheck: ["curl", "-fsS", "http://127.0.0.1:8081/.nginx-health"],
    });
    new TerraformOutput(this, "url", { value: "http://localhost:8080/" });
  }
}

/** The stacks on the local engine. */
export function addLocal(app: App): void {
  const data = new DataStack(app);
  const database = new DatabaseStack(app);
  const application = new ApplicationStack(app);
  database.addDependency(data);
  application.addDependency(database);
}
