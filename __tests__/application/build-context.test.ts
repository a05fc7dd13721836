import { type ContextContent, buildContextOf, hashContext } from "../../application/build-context";

const files = buildContextOf({
  imageAssets: ["bin/web", "Dockerfile", "gunicorn.conf.py"],
  requirements: ["requirements/production.txt", "requirements/base.txt"],
  projectFiles: ["manage.py", "Dockerfile", "requirements/base.txt"],
  assetsFolder: "/program/assets",
  projectFolder: "/project",
});

describe("buildContextOf", () => {
  it("lays each file where the Dockerfile copies it from, in a stable order", () =>
    expect(files).toEqual([
      { target: "Dockerfile", source: "/program/assets/image/Dockerfile" },
      { target: "app/Dockerfile", source: "/project/Dockerfile" },
      { target: "app/manage.py", source: "/project/manage.py" },
      { target: "app/requirements/base.txt", source: "/project/requirements/base.txt" },
      { target: "deployment/bin/web", source: "/program/assets/image/bin/web" },
      { target: "deployment/gunicorn.conf.py", source: "/program/assets/image/gunicorn.conf.py" },
      { target: "requirements/requirements/base.txt", source: "/project/requirements/base.txt" },
      { target: "requirements/requirements/production.txt", source: "/project/requirements/production.txt" },
    ]));
});

describe("hashContext", () => {
  const content = (text: string, kind: ContextContent["kind"] = "file"): ContextContent => ({
    kind,
    bytes: Buffer.from(text),
  });
  const hashOf = (contents: Record<string, ContextContent>): string => {
    const list = Object.keys(contents).map((target) => ({ target, source: `/somewhere/${target}` }));
    return hashContext(list, ({ target }) => contents[target] ?? content(""));
  };
  const base = hashOf({ "a.py": content("x = 1"), b: content("") });

  it("does not depend on where the files lie", () => {
    const elsewhere = [{ target: "a", source: "/one" }];
    expect(hashContext(elsewhere, () => content("x"))).toBe(
      hashContext([{ target: "a", source: "/two" }], () => content("x")),
    );
  });

  it.each([
    ["a byte", { "a.py": content("x = 2"), b: content("") }],
    ["a name", { "c.py": content("x = 1"), b: content("") }],
    ["whether a file can be run", { "a.py": content("x = 1", "executable"), b: content("") }],
    ["a file that is a link", { "a.py": content("x = 1", "link"), b: content("") }],
    ["one file less", { "a.py": content("x = 1") }],
    ["where one file ends and the next begins", { "a.py": content("x = "), b: content("1") }],
  ])("changes with %s", (_what, contents: Record<string, ContextContent>) =>
    expect(hashOf(contents)).not.toBe(base),
  );
});
