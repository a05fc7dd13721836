import { applicationOf } from "../../application/model";
import { onHost } from "../../application/on-host";
import { releaseSettings } from "../../pipeline/release-settings";
import { FAULTS, faultsOf } from "../../rehearsal/faults/faults";
import { RELEASE_STEPS } from "../../rehearsal/faults/kill";
import { redirected } from "../../rehearsal/environment/machine";
import { readHostTexts } from "../../host/files";
import { userData } from "../../host/user-data";
import { parse } from "yaml";
import { ROOT, guestbook, guestbookOnHost } from "../support/guestbook";

test("every step of the release program can be killed, in its order", () => {
  const { host } = guestbookOnHost("/srv");
  if (!host) throw new Error("the fixture has a host");
  const deployment = onHost(guestbook, host);
  const { steps } = releaseSettings({ deployment, application: applicationOf(deployment) });
  expect(RELEASE_STEPS).toEqual(steps);
});

test("an unknown fault is one error that lists those that there are", () => {
  expect(() => faultsOf("reboot,rebot")).toThrow(
    /^✗ FAULT is "rebot", which the rehearsal doesn't know\n {4}expected: one of kill-identity, .*, database-stopped\n/,
  );
  expect(faultsOf("reboot,disk-full").map(([name]) => name)).toEqual(["reboot", "disk-full"]);
  expect(faultsOf("all").map(([name]) => name)).toEqual(Object.keys(FAULTS));
  expect(Object.keys(FAULTS)).toHaveLength(RELEASE_STEPS.length + 7);
});

test("the machine's user data are AWS's, but for where AWS answers and the size of the swap file", () => {
  const settings = {
    name: "site",
    region: "eu-central-1",
    swap: 2048,
    hostKeyParameter: "/site/host-key",
    deployKey: "ssh-ed25519 AAAAkey",
    rebootTime: "04:30",
  };
  const endpoints = { ssmEndpoint: "http://172.17.0.1:1", metadataEndpoint: "http://172.17.0.1:1" };
  const texts = readHostTexts(ROOT);
  const text = redirected(userData(settings, texts), "http://172.17.0.1:1");
  expect(parse(text)).toEqual(parse(userData({ ...settings, ...endpoints, swap: 32 }, texts)));
});
