import { type Diagnostic, addressOf, describeEvent, parseEvent } from "../../../cli/terraform/events";

/** A line as `terraform apply -json` writes it. */
function line(type: string, resource: string, action: string, seconds?: number): string {
  const [resource_type = "", resource_name = ""] = resource.split(".");
  return JSON.stringify({
    "@level": "info",
    "@message": "…",
    type,
    hook: { resource: { addr: resource, resource_type, resource_name }, action, elapsed_seconds: seconds },
  });
}

const told = (text: string): string | undefined => {
  const event = parseEvent(text);
  return event && describeEvent(event, ["nginx-config"]);
};

describe("an event", () => {
  it.each([
    [line("apply_start", "docker_container.web", "create"), "web: starting"],
    [line("apply_progress", "docker_container.web", "create", 10), "web: starting, 10 s"],
    [line("apply_complete", "docker_container.web", "create", 12), "web: ready after 12 s"],
    [line("apply_complete", "docker_volume.dbdata", "create", 0), "volume dbdata: ready"],
    [line("apply_errored", "docker_container.web", "create", 31), "web: failed after 31 s"],
    [line("apply_complete", "docker_container.nginx_config", "create", 2), "nginx-config: ended after 2 s"],
    [line("apply_start", "docker_container.nginx_config", "delete"), "nginx-config: stopping"],
    [line("apply_complete", "docker_container.database", "update", 0), "database: changed"],
    [line("apply_start", "docker_image.web_image", "create"), "image web-image: starting"],
  ])("%s is told as: %s", (text, words) => expect(told(text)).toBe(words));

  it.each([
    ["an image that is only forgotten", line("apply_start", "docker_image.web_image", "delete")],
    ["a refresh", line("refresh_start", "docker_container.web", "noop")],
    ["a summary", '{"@message":"Apply complete!","type":"change_summary"}'],
  ])("tells nothing of %s", (_what, text) => expect(told(text)).toBeUndefined());

  it.each(["", "panic: runtime error", "{broken", "null", '{"type":1,"@message":"x"}', '{"type":"version"}'])(
    "is not read from %j",
    (text) => expect(parseEvent(text)).toBeUndefined(),
  );
});

describe("a diagnostic", () => {
  const diagnostic: Diagnostic = { severity: "error", summary: "s", detail: "d" };

  it("says itself which resource it is about", () =>
    expect(addressOf({ ...diagnostic, address: "docker_container.web" })).toBe("docker_container.web"));

  it("of a failed condition says it by its place in the code", () =>
    expect(
      addressOf({
        ...diagnostic,
        snippet: { context: "resource.docker_container.migrate.lifecycle.postcondition[0]" },
      }),
    ).toBe("docker_container.migrate"));

  it.each([undefined, { context: null }, { context: "provider.docker" }])(
    "may be about none: %j",
    (snippet) => expect(addressOf({ ...diagnostic, snippet })).toBeUndefined(),
  );
});
