import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Deployment } from "../../config/deployment";
import { DeploymentError } from "../../config/errors";
import {
  SEALED_FILE,
  SEALED_SECRETS,
  type Sealed,
  type SealedName,
  type SealedValue,
  type SecretValues,
  readSealed,
  sealedFor,
  sealedHash,
} from "../../config/files/sealed";
import { type GitHub, fullNameOf } from "../../config/github";
import { publicHalf } from "../host/keys";
import { machineProblems } from "../problems";
import type { GitHubClient, PublicKey } from "./client";
import { githubProblems } from "./problems";

/** Largest secret that GitHub takes (docs.github.com, "Secrets reference", limits). [bytes] */
export const LARGEST_SECRET = 48 * 1024;

/** What was done with each secret. */
export type SealedNow = Readonly<Record<SealedName, "sealed" | "unchanged" | "none">>;

export interface SealingProps {
  /** Folder of `deployment.ts`; absolute. */
  readonly root: string;
  readonly deployment: Deployment;
  readonly github: GitHub;
  readonly client: GitHubClient;
  /** The secrets as they are now. */
  readonly values: SecretValues;
}

/**
 * Seals what has changed for the environment's public key, and keeps it for synth. Values never leave this process but
 * as a sealed box, which GitHub alone can open. Unchanged ones stay as they are: a new box would be a change for
 * Terraform.
 *
 * @throws {@link DeploymentError} when GitHub says no, or a secret is none
 */
export async function seal({ root, deployment, github, client, values }: SealingProps): Promise<SealedNow> {
  await requireSound(root, deployment, values);
  await client.requireRepository();
  await client.requireBranch();
  const subject = await client.subject();
  await client.provideEnvironment();
  const key = await client.publicKey();

  const before = sealedFor(readSealed(root), github);
  const hashKey = before?.hashKey ?? randomBytes(32).toString("hex");
  const secrets: Partial<Record<SealedName, SealedValue>> = {};
  const done: Record<SealedName, "sealed" | "unchanged" | "none"> = { KEY: "none", ENV_VARS: "none" };
  for (const name of SEALED_SECRETS) {
    const value = values[name];
    if (value === undefined) continue;
    const hash = sealedHash({ hashKey, keyId: key.id }, name, value);
    const kept = before?.secrets[name];
    const isKept = kept?.hash === hash;
    secrets[name] = isKept ? kept : { hash, ciphertext: await sealedBox(value, key) };
    done[name] = isKept ? "unchanged" : "sealed";
  }
  const { environment } = github;
  keep(root, { repository: fullNameOf(github), environment, subject, keyId: key.id, hashKey, secrets });
  return done;
}

/** What GitHub would refuse, or the machine. */
async function requireSound(
  root: string,
  { host, project }: Deployment,
  values: SecretValues,
): Promise<void> {
  const file = host?.keys.deploy.file ?? "";
  if (values.KEY === undefined)
    throw new DeploymentError([machineProblems.noPrivateKey(relative(root, file), file)]);
  const [type, key] = (await publicHalf(file)).split(" ");
  if (`${type ?? ""} ${key ?? ""}`.trim() !== host?.keys.deploy.publicKey)
    throw new DeploymentError([githubProblems.otherKey(relative(root, file))]);
  const size = values.ENV_VARS?.length ?? 0;
  if (size > LARGEST_SECRET) {
    const path = project.envFile?.path ?? "";
    throw new DeploymentError([githubProblems.largeSecret(relative(root, path), size, LARGEST_SECRET)]);
  }
}

/** A value for GitHub alone: a sealed box in base64 (docs.github.com, "Encrypting secrets for the REST API"). */
export async function sealedBox(value: Buffer, { key }: PublicKey): Promise<string> {
  // Loaded when there is something to seal: it is half a megabyte.
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  return Buffer.from(sodium.crypto_box_seal(value, Buffer.from(key, "base64"))).toString("base64");
}

function keep(root: string, sealed: Sealed): void {
  const file = join(root, SEALED_FILE);
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.part`;
  writeFileSync(part, `${JSON.stringify(sealed, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(part, 0o600);
  renameSync(part, file);
}
