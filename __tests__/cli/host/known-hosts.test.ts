import { knownHosts } from "../../../cli/host/known-hosts";
import { readOutputs } from "../../../cli/host/outputs";

const keys = {
  deploy: { file: "/d", publicKey: "ssh-ed25519 AAAAdeploy" },
  host: { file: "/h", publicKey: "ssh-ed25519 AAAAhost" },
};

it("knows the machine by its own key, under its address and its domain", () => {
  expect(knownHosts("192.0.2.1", { keys })).toBe("192.0.2.1 ssh-ed25519 AAAAhost\n");
  expect(knownHosts("192.0.2.1", { keys, domain: "app.example.org" })).toBe(
    "192.0.2.1,app.example.org ssh-ed25519 AAAAhost\n",
  );
});

it("reads what the stack says of itself, and fails when something is missing", () => {
  const outputs = {
    address: "192.0.2.1",
    url: "http://192.0.2.1/",
    session: "aws ssm",
    costs: { instance: "t4g.small" },
  };
  expect(readOutputs({ ...outputs, ssh: "ssh" })).toEqual(outputs);
  expect(() => readOutputs({ ...outputs, address: undefined })).toThrow(/address/);
});
