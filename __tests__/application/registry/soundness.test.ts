import { DEFINITIONS } from "../../../application/registry/definitions";
import type { Definition } from "../../../application/registry/definition";
import { applicationOf } from "../../../application/model";
import type { ContainerDescription } from "../../../application/service";
import { guestbook } from "../../support/guestbook";
import { cache, worker } from "../../support/fakes";

/** Builds the application with definitions that the program doesn't have. */
const withMore =
  (...more: Definition[]) =>
  (): unknown =>
    applicationOf({ ...guestbook, memory: { ...guestbook.memory, cache: 64, other: 64, worker: 96 } }, [
      ...DEFINITIONS,
      ...more,
    ]);

/** A definition with another container. */
function changed<Kind extends Definition>(definition: Kind, change: Partial<ContainerDescription>): Kind {
  return {
    ...definition,
    container: (...given) => ({ ...definition.container(...given), ...change }),
  };
}

it("definitions that fit are taken", () => expect(withMore(cache, worker)).not.toThrow());

describe("an error names", () => {
  it("a name that not every rendering can have", () =>
    expect(withMore({ ...cache, name: "my_cache" })).toThrow(
      'the name "my_cache" has other characters than lower-case letters, digits and -',
    ));

  it("a name that is there twice", () =>
    expect(withMore({ ...cache, name: "web" })).toThrow('two definitions have the name "web"'));

  it("a volume or a secret with two owners", () => {
    expect(withMore({ ...cache, volumes: [{ role: "media" }] })).toThrow(
      'two definitions have the volume "media"',
    );
    expect(withMore({ ...cache, secrets: [{ name: "env", readers: "owner" }] })).toThrow(
      'two definitions have the secret "env"',
    );
  });

  it("a volume that nobody owns", () =>
    expect(withMore({ ...cache, volumes: [] })).toThrow(
      '"cache" mounts the volume "cachedata", which no definition owns',
    ));

  it("who writes to a volume before it is prepared", () => {
    expect(withMore(changed(cache, { dependsOn: [] }))).toThrow(
      '"cache" writes to the volume "cachedata", which the task "secrets" prepares: it must wait until "secrets" is completed',
    );
    // Through another one is enough.
    const other = { ...cache, name: "other", volumes: [], secrets: [], provides: undefined };
    expect(
      withMore(cache, changed(other, { dependsOn: [{ role: "cache", condition: "healthy" }] })),
    ).not.toThrow();
  });

  it("a dependency that there isn't", () =>
    expect(withMore(changed(worker, { dependsOn: [{ role: "nobody", condition: "healthy" }] }))).toThrow(
      '"worker" waits for "nobody", and the application has no such service',
    ));

  it("a dependency that is never fulfilled", () => {
    expect(withMore(changed(cache, { healthCheck: undefined }))).toThrow(
      '"migrate" waits until "cache" is healthy, which never happens: cache has no health check, or no time in which it must pass',
    );
    expect(withMore(changed(worker, { dependsOn: [{ role: "web", condition: "completed" }] }))).toThrow(
      '"worker" waits until "web" is completed, which never happens: web is no task',
    );
    expect(withMore(changed(worker, { dependsOn: [{ role: "migrate", condition: "started" }] }))).toThrow(
      '"worker" waits until "migrate" is started, which never happens: migrate is a task',
    );
  });

  it("what can't run twice, and would have to with each release", () =>
    expect(withMore({ ...cache, stack: "local" })).toThrow(
      '"web" runs beside its successor and waits for "cache", which can\'t: put "cache" into a stack before local',
    ));

  it("files laid into what a host's Swarm runs", () => {
    const file = { target: "/a", source: { asset: "secrets/secret_files.py" }, executable: false };
    expect(withMore(changed(cache, { files: [file] }))).toThrow(
      '"cache" has files laid into it: the Swarm of a host lays none into what lasts',
    );
  });

  it("a share of memory that the budget lacks", () =>
    expect(() => applicationOf({ ...guestbook, memory: {} })).toThrow(
      'the memory budget has no share for "database"',
    ));
});
