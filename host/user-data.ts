import { stringify } from "yaml";
import { HOST_FILES, type HostTexts } from "./files";

/** Stands in the user data for the data volume's id, which Terraform knows only when it has made the volume. */
export const DATA_VOLUME_PLACEHOLDER = "@DATA_VOLUME_ID@";

/** Bytes that EC2 takes as user data, before base64 (EC2 user guide, "Run commands at launch"). */
export const USER_DATA_LIMIT = 16 * 1024;

/** What prepare-host makes of a machine. */
export interface HostSettings {
  /** The deployment's name. */
  readonly name: string;
  /** AWS region, for example `eu-central-1`. */
  readonly region: string;
  /** Swap file on the root disk, in MiB; 0 for none. */
  readonly swap: number;
  /** Name of the SSM parameter (SecureString) with the private half of the host's ssh key. */
  readonly hostKeyParameter: string;
  /** Public half of the deploy key, which gets verbs only. */
  readonly deployKey: string;
  /** When a security update may reboot the machine: UTC, `HH:MM`. */
  readonly rebootTime: string;
  /** Where SSM answers. @default the region's own endpoint */
  readonly ssmEndpoint?: string;
  /** Where the instance's metadata answer. @default `http://169.254.169.254` */
  readonly metadataEndpoint?: string;
}

/**
 * The user data of a host: the files of assets/host, and the host's settings. Programs leave their comments at home. It is public to everybody who
 * may describe the instance, so nothing secret is in it. EC2 takes it gzipped.
 */
export function userData(host: HostSettings, texts: HostTexts): string {
  const files = HOST_FILES.map(({ source, path, permissions = "0644" }) => {
    const content = texts[source];
    if (content === undefined)
      throw new Error(`assets/host/${source} is missing; restore it: git checkout -- assets/host`);
    return { path, permissions, content: source.startsWith("etc/") ? content : withoutComments(content) };
  });
  const settings = { path: "/etc/django-deployment/host.env", permissions: "0644", content: hostEnv(host) };
  const deployKey = {
    path: "/etc/django-deployment/deploy-key.pub",
    permissions: "0644",
    content: `${host.deployKey.trim()}\n`,
  };
  const document = {
    // At each boot and not only at the first one, which may be cut off: files that are half written are written again.
    bootcmd: [["cloud-init", "single", "--name", "write_files", "--frequency", "always"]],
    write_files: [settings, deployKey, ...files],
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}

/**
 * A program without the lines that are comments alone: packed, they are a fifth of what EC2 takes.
 *
 * @param text of a shell or of Python, in which no text of several lines has such a line
 */
export function withoutComments(text: string): string {
  return text.replace(/^[ \t]*#(?!!).*\n/gm, "");
}

/** The settings as prepare-host reads them. */
function hostEnv(host: HostSettings): string {
  const variables = {
    NAME: host.name,
    REGION: host.region,
    DATA_VOLUME_ID: DATA_VOLUME_PLACEHOLDER,
    SWAP_MIB: String(host.swap),
    HOST_KEY_PARAMETER: host.hostKeyParameter,
    REBOOT_TIME: host.rebootTime,
    SSM_ENDPOINT: host.ssmEndpoint,
    METADATA_ENDPOINT: host.metadataEndpoint,
  };
  return Object.entries(variables)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${literal(name, value)}\n`]))
    .join("");
}

/** These values stand in shell, in JSON and in configuration of curl: they are words that mean the same in each. */
function literal(name: string, value: string): string {
  if (!/^[A-Za-z0-9@_.:/-]+$/.test(value))
    throw new Error(
      `${name} of the host is ${JSON.stringify(value)}; expected letters, digits and @_.:/- only; write another value`,
    );
  return value;
}
