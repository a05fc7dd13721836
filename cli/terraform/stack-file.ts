import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LABEL } from "../../application/application";
import { addressIn } from "./state";

/** A container that a stack asks for. */
export interface StackContainer {
  /** `docker_container.web`, `docker_container.worker[0]`. */
  readonly address: string;
  readonly role: string;
  /** It runs once; the others run until they are stopped. */
  readonly task: boolean;
  /** Entries of its environment, `NAME=value`. */
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What our commands need to know of a synthesized stack. */
export interface StackFile {
  readonly containers: readonly StackContainer[];
  readonly networks: readonly { readonly address: string; readonly name: string }[];
  readonly volumes: readonly { readonly address: string; readonly name: string }[];
  /** Addresses of the images. */
  readonly images: readonly string[];
}

interface RawStack {
  readonly resource?: {
    readonly docker_container?: Readonly<Record<string, RawContainer>>;
    readonly docker_network?: Readonly<Record<string, { readonly name: string }>>;
    readonly docker_volume?: Readonly<Record<string, { readonly name: string }>>;
    readonly docker_image?: Readonly<Record<string, unknown>>;
  };
}

interface RawContainer {
  /** How many there are, each with an index. @default one without */
  readonly count?: number;
  readonly attach?: boolean;
  readonly env?: readonly string[];
  readonly labels?: readonly { readonly label: string; readonly value: string }[];
}

/** The file of a stack, as cdktf calls it. */
export const STACK_FILE = "cdk.tf.json";

/**
 * What synth wrote into a stack's folder, as Terraform reads it.
 *
 * @param name a file that is laid over it. @default the stack's own file
 * @throws when the file is not there
 */
export function readStackJson(folder: string, name = STACK_FILE): unknown {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}

/** Reads the stack that synth wrote into a folder; nothing when it wrote none. */
export function readStackFile(folder: string): StackFile {
  const file = join(folder, STACK_FILE);
  return parseStackFile(existsSync(file) ? readFileSync(file, "utf8") : "{}");
}

/** @param json a stack as cdktf writes it */
export function parseStackFile(json: string): StackFile {
  const { resource = {} } = JSON.parse(json) as RawStack;
  const named = (type: string, resources: Readonly<Record<string, { readonly name: string }>> = {}) =>
    Object.entries(resources).map(([id, { name }]) => ({ address: `${type}.${id}`, name: unescape(name) }));
  return {
    containers: Object.entries(resource.docker_container ?? {}).flatMap(([id, raw]) => {
      const labels = Object.fromEntries(
        (raw.labels ?? []).map(({ label, value }) => [label, unescape(value)]),
      );
      const keys = raw.count === undefined ? [undefined] : Array.from({ length: raw.count }, (_, key) => key);
      return keys.map((key) => ({
        address: addressIn({ type: "docker_container", name: id }, key),
        role: labels[LABEL.role] ?? "",
        task: raw.attach === true,
        environment: (raw.env ?? []).map(unescape),
        labels,
      }));
    }),
    networks: named("docker_network", resource.docker_network),
    volumes: named("docker_volume", resource.docker_volume),
    images: Object.keys(resource.docker_image ?? {}).map((id) => `docker_image.${id}`),
  };
}

/** The counterpart of `literal` in constructs/docker/escape.ts. */
function unescape(text: string): string {
  return text.replace(/([$%])\1(?=\{)/g, "$1");
}
