import type { Application } from "../../application/application";
import type { MachineImages } from "../../cli/computer/machine";
import { mustRun } from "./command";
import type { StandInHost } from "./host";

/**
 * Gives a stand-in's engine what a host has of the Internet: the official images, and the certificates that this
 * machine trusts. Where no registry answers, this machine's own base images take the official names.
 *
 * @param images this machine's own base images
 */
export async function provideBaseImages(
  host: StandInHost,
  { services }: Application,
  images: MachineImages,
): Promise<void> {
  const bases = services.map(({ image }) => (image.kind === "base" ? image : image.build.base));
  for (const { base, reference } of new Map(bases.map((image) => [image.base, image])).values()) {
    const own = images[base];
    // With a registry the host fetches them itself.
    if (own === undefined) continue;
    await host.load(own);
    await host.exec("docker", "tag", own, reference);
  }
  const certificates = "/etc/ssl/certs/ca-certificates.crt";
  const copy = 'docker exec --interactive "$1" tee "$2" <"$2" >/dev/null';
  await mustRun("bash", ["-c", copy, "copy", host.name, certificates]);
}
