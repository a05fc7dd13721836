import type { StackContainer } from "../terraform/stack-file";
import type { Attributes } from "../terraform/state-edit";

/** What the engine says of a container, the part of it that Terraform's import leaves out. */
export interface InspectedContainer {
  readonly Config: {
    readonly Env: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>> | null;
  };
  readonly HostConfig: {
    readonly LogConfig: { readonly Config: Readonly<Record<string, string>> | null };
    readonly PortBindings: Readonly<
      Record<string, readonly { HostIp: string; HostPort: string }[] | null>
    > | null;
  };
}

/** What the engine says of an image; a container has all of it as well. */
export interface InspectedImage {
  readonly Config: {
    readonly Env: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>> | null;
  };
}

/**
 * What the provider's import doesn't read, though another value of it replaces the container: without it, a
 * container that is exactly as it should be would be replaced, and MariaDB or nginx be away for seconds.
 *
 * Nothing is taken over from the code: a container that differs from it is replaced, as it should be.
 */
export function attributesOf(
  container: InspectedContainer,
  image: InspectedImage,
  wanted: StackContainer,
): Attributes {
  const { Config: config, HostConfig: host } = container;
  const imageEnvironment = image.Config.Env ?? [];
  const imageLabels = image.Config.Labels ?? {};
  return {
    // What comes from the image is no part of the container's own; what both say is, when the code says it.
    env: (config.Env ?? [])
      .filter((entry) => wanted.environment.includes(entry) || !imageEnvironment.includes(entry))
      .sort(),
    labels: Object.entries(config.Labels ?? {})
      .filter(([label, value]) => wanted.labels[label] === value || imageLabels[label] !== value)
      .map(([label, value]) => ({ label, value })),
    log_opts: host.LogConfig.Config ?? {},
    ports: Object.entries(host.PortBindings ?? {}).flatMap(([port, bindings]) =>
      (bindings ?? []).map(({ HostIp, HostPort }) => ({
        internal: Number(port.split("/")[0]),
        external: Number(HostPort),
        ip: HostIp === "" ? "0.0.0.0" : HostIp,
        protocol: port.split("/")[1] ?? "tcp",
      })),
    ),
  };
}
