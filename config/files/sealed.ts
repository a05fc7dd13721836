import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { DeploymentError, type Problem, problems } from "../errors";
import { type GitHub, fullNameOf } from "../github";

/** Where `make seal` keeps what it has sealed, relative to `deployment.ts`; git ignores the folder. */
export const SEALED_FILE = join(".deployment", "sealed.json");

/** The secrets whose values never leave this machine but sealed. */
export const SEALED_SECRETS = ["KEY", "ENV_VARS"] as const;
export type SealedName = (typeof SEALED_SECRETS)[number];

const valueSchema = z.strictObject({
  /** Says which value this is, to those alone who have the file's own key. */
  hash: z.string(),
  /** A sealed box for the environment's public key, in base64. */
  ciphertext: z.base64(),
});

const sealedSchema = z.strictObject({
  /** `owner/name`. */
  repository: z.string(),
  environment: z.string(),
  /** First part of the subject of the repository's tokens. */
  subject: z.string(),
  /** GitHub's name of the public key that the values are sealed for. */
  keyId: z.string(),
  /** Key of the hashes, hexadecimal: made at random, and nowhere but here. */
  hashKey: z.string(),
  secrets: z.strictObject({ KEY: valueSchema.optional(), ENV_VARS: valueSchema.optional() }),
});

/** What `make seal` has sealed, for whom, and what GitHub has said by the way. */
export type Sealed = z.output<typeof sealedSchema>;

/** One value for Terraform, which GitHub alone can open. */
export type SealedValue = z.output<typeof valueSchema>;

/** Ciphertexts in base64, by the secret's name. */
export type Ciphertexts = Readonly<Partial<Record<SealedName, string>>>;

/** Bytes of the secrets, by name; undefined: there is none of this name. */
export type SecretValues = Readonly<Record<SealedName, Buffer | undefined>>;

/** @returns undefined when nothing has been sealed yet, or what is there can't be read: then it is sealed anew */
export function readSealed(root: string): Sealed | undefined {
  try {
    return sealedSchema.safeParse(JSON.parse(readFileSync(join(root, SEALED_FILE), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** The same for the repository and environment that are meant; undefined for any other. */
export function sealedFor(sealed: Sealed | undefined, github: GitHub): Sealed | undefined {
  const fits = sealed?.repository === fullNameOf(github) && sealed.environment === github.environment;
  return fits ? sealed : undefined;
}

/** Says of a value whether it is the one that was sealed, and tells nothing else about it. */
export function sealedHash(
  { hashKey, keyId }: Pick<Sealed, "hashKey" | "keyId">,
  name: string,
  value: Buffer,
): string {
  const hmac = createHmac("sha256", Buffer.from(hashKey, "hex"));
  return hmac.update(`${name}\0${keyId}\0`).update(value).digest("hex");
}

/**
 * The ciphertexts for Terraform. Pure.
 *
 * @param sealed what {@link readSealed} has found
 * @param values the secrets as they are now
 * @throws {@link DeploymentError} when something has not been sealed, or is another value by now
 */
export function ciphertextsOf(sealed: Sealed | undefined, github: GitHub, values: SecretValues): Ciphertexts {
  const found = sealedFor(sealed, github);
  if (!found)
    throw new DeploymentError([problems.notSealed(SEALED_FILE, fullNameOf(github), github.environment)]);
  const stale: Problem[] = [];
  const ciphertexts: Partial<Record<SealedName, string>> = {};
  for (const name of SEALED_SECRETS) {
    const [value, kept] = [values[name], found.secrets[name]];
    if (value === undefined ? kept : kept?.hash !== sealedHash(found, name, value)) {
      stale.push(problems.staleSecret(SEALED_FILE, name));
    } else if (kept) ciphertexts[name] = kept.ciphertext;
  }
  if (stale.length > 0) throw new DeploymentError(stale);
  return ciphertexts;
}
