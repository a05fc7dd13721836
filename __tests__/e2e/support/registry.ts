import type { FakeHost } from "../../../rehearsal/host/host";
import { mustRun } from "../../../rehearsal/host/command";
import { dockerRegistry, registryConfiguration } from "../../support/docker-registry";
import { waitFor } from "./run";

/** Where the registry listens: on the host's own loopback address, where engines trust it without a certificate. */
const ADDRESS = "127.0.0.1:5000";

/** Whom the engine asks when its mirror does not answer. Here nobody does, whatever this machine reaches. */
const NOBODY = "127.0.0.2 registry-1.docker.io auth.docker.io index.docker.io";

/** A real registry on a fake host, which its engine asks for official images. */
export class Registry {
  private constructor(private readonly host: FakeHost) {}

  /** Starts one that has no images yet, and has the engine ask it. */
  public static async start(host: FakeHost): Promise<Registry> {
    await mustRun("docker", ["cp", dockerRegistry(), `${host.name}:/usr/local/bin/docker-registry`]);
    await write(host, "/etc/registry.yml", registryConfiguration(ADDRESS, "/data/registry"));
    const engine = JSON.parse(await host.exec("cat", "/etc/docker/daemon.json")) as object;
    const mirrored = { ...engine, "registry-mirrors": [`http://${ADDRESS}`] };
    await write(host, "/etc/docker/daemon.json", JSON.stringify(mirrored));
    await host.exec("sh", "-c", 'echo "$0" >>/etc/hosts', NOBODY);
    const registry = new Registry(host);
    await registry.switchOn();
    // The engine reads its mirrors again without a restart.
    await host.exec("sh", "-c", 'kill -HUP "$(cat /run/docker.pid)"');
    return registry;
  }

  /** Has it answer, with the images that it had. */
  public async switchOn(): Promise<void> {
    const serve = "docker-registry serve /etc/registry.yml >/var/log/registry.log 2>&1 </dev/null";
    await this.host.exec("sh", "-c", `setsid ${serve} & echo $! >/run/registry.pid`);
    await waitFor("an answer of the registry", 30, async () => {
      const { status } = await this.host.try("curl", "--silent", "--fail", `http://${ADDRESS}/v2/`);
      return status === 0 ? true : undefined;
    });
  }

  /** From now on nobody answers where it was. */
  public async switchOff(): Promise<void> {
    await this.host.exec("sh", "-c", 'kill "$(cat /run/registry.pid)"');
  }

  /** Publishes an image of the host under its official name, for example `nginx:1.30`. */
  public async push(name: string, image = name): Promise<void> {
    const ours = `${ADDRESS}/library/${name}`;
    await this.host.exec("docker", "tag", image, ours);
    await this.host.exec("docker", "push", "--quiet", ours);
    await this.host.exec("docker", "image", "rm", ours);
  }

  /** Publishes a newer image of this name, which the host does not have. @param command what makes it newer */
  public async pushNewer(name: string, command: string): Promise<void> {
    const dockerfile = `FROM ${name}\nRUN ${command}\n`;
    const build = 'printf %s "$0" | DOCKER_BUILDKIT=0 docker build --quiet --network none --tag newer -';
    await this.host.exec("sh", "-c", build, dockerfile);
    await this.push(name, "newer");
    await this.host.exec("docker", "image", "rm", "newer");
  }
}

async function write(host: FakeHost, path: string, text: string): Promise<void> {
  await host.exec("sh", "-c", `printf %s "$0" >"$1"`, text, path);
}
