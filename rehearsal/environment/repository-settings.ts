import { GitHubClient } from "../../cli/github/client";
import { seal, sealedBox } from "../../cli/github/seal";
import type { Deployment } from "../../config/deployment";
import { SEALED_SECRETS, type Sealed, readSealed } from "../../config/files/sealed";
import { type GitHub, fullNameOf } from "../../config/github";
import { secretValuesOf } from "../../synth/pipeline";
import type { JobSecrets } from "../actions/actions";
import type { FakeGitHub } from "../github/fake-github";

export interface RepositorySettingsProps {
  /** The fake GitHub. */
  readonly fake: FakeGitHub;
  /** Folder that plays the program's own; absolute. */
  readonly root: string;
  readonly deployment: Deployment;
  readonly github: GitHub;
}

/** The repository's settings on GitHub: secrets, sealed by our own sealing, and variables. */
export class RepositorySettings {
  public constructor(private readonly props: RepositorySettingsProps) {}

  /** Seals what must never leave this machine otherwise, as `make seal` does. @returns what was done, in a few words */
  public async seal(): Promise<string> {
    const { root, deployment, github } = this.props;
    const values = secretValuesOf(deployment);
    const done = await seal({ root, deployment, github, client: this.client(), values });
    return Object.entries(done)
      .map(([name, what]) => `${name} ${what}`)
      .join(", ");
  }

  /**
   * Sets secrets and variables by GitHub's API, as the stack `pipeline` does, and opens the secrets again.
   *
   * @throws when one of them comes out as another
   */
  public async set(
    known: Readonly<Record<string, string>>,
    variables: Readonly<Record<string, string>>,
  ): Promise<string> {
    const { root, deployment } = this.props;
    const { id, key } = await this.client().publicKey();
    const values = secretValuesOf(deployment);
    const sealed: Partial<Sealed["secrets"]> = readSealed(root)?.secrets ?? {};
    for (const [name, value] of Object.entries(known)) {
      await this.put(name, await sealedBox(Buffer.from(value), { id, key }), id);
      this.requireOpened(name, Buffer.from(value));
    }
    for (const name of SEALED_SECRETS) {
      const secret = sealed[name];
      if (!secret) continue;
      await this.put(name, secret.ciphertext, id);
      this.requireOpened(name, values[name]);
    }
    for (const [name, value] of Object.entries(variables))
      await this.ask("POST", "variables", { name, value });
    const { secrets } = this.environment;
    return `${[...secrets.keys()].join(", ")}: sealed, and opened again`;
  }

  /** What a run in this environment gets. */
  public secretsOf(environment: string | undefined): JobSecrets {
    if (environment !== this.props.github.environment) return { secrets: {}, variables: {} };
    const { secrets, variables } = this.environment;
    const opened = [...secrets.keys()].map((name) => [name, this.environment.open(name)?.toString() ?? ""]);
    const plain = [...variables].map(([name, { value }]) => [name, value]);
    return {
      secrets: Object.fromEntries(opened) as Record<string, string>,
      variables: Object.fromEntries(plain) as Record<string, string>,
    };
  }

  private get environment(): ReturnType<FakeGitHub["repository"]["environment"]> {
    return this.props.fake.repository.environment(this.props.github.environment);
  }

  private client(): GitHubClient {
    const { github, fake } = this.props;
    return new GitHubClient({ github, token: fake.token, api: fake.url });
  }

  private requireOpened(name: string, value: Buffer | undefined): void {
    if (value === undefined || this.environment.open(name)?.equals(value) !== true)
      throw new Error(`the secret ${name} comes out of its box as another`);
  }

  private put(name: string, ciphertext: string, keyId: string): Promise<void> {
    return this.ask("PUT", `secrets/${name}`, { encrypted_value: ciphertext, key_id: keyId });
  }

  private async ask(method: string, path: string, body: object): Promise<void> {
    const { github, fake } = this.props;
    const url = `${fake.url}/repos/${fullNameOf(github)}/environments/${encodeURIComponent(github.environment)}/${path}`;
    const headers = { authorization: `Bearer ${fake.token}` };
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok)
      throw new Error(`${method} ${path}: the fake GitHub answers ${answer.status} ${await answer.text()}`);
  }
}
