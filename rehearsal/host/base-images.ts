import type { Application } from "../../application/application";
import { baseOf } from "../../application/image";
import type { MachineImages } from "../../cli/computer/machine";
import { mustRun } from "./command";
import type { FakeHost } from "./host";

/**
 * Gives a fake's engine what a host has of the Internet: the official images, and the certificates that this
 * machine trusts. Where no registry answers, this machine's own base images take the official names.
 *
 * @param images this machine's own base images
 */
export async function provideBaseImages(
  host: FakeHost,
  { services }: Application,
  images: MachineImages,
): Promise<void> {
  const bases = services.map(({ image }) => baseOf(image));
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
