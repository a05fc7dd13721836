import { Clone } from "./support/clone";
import { MINUTE, RELEASES } from "./support/counts";
import { errorsOf } from "./support/run";
import { expectNothingLost, underLoad } from "./support/under-load";
import { uploadOfSize } from "./support/upload";

/** Seconds that a release has to become healthy: short, since one of them never does. */
const START_TIMEOUT = 25;

const PROJECT = "examples/guestbook";
const NGINX = "assets/nginx/nginx.conf.template";

/**
 * Dies by itself 4 s after its start, each time it is started again. It waits for a moment without a POST, which the
 * load leaves at the begin of each second: no proxy can save one that is being worked on, for nobody knows whether it
 * was done. All other requests that are under way then are cut off.
 */
const CRASH = `

import multiprocessing, os, threading, time

_posts = multiprocessing.Value("i", 0)
_application = application


def application(environ, start_response):
    if environ["REQUEST_METHOD"] != "POST":
        return _application(environ, start_response)
    with _posts.get_lock():
        _posts.value += 1
    try:
        return list(_application(environ, start_response))
    finally:
        with _posts.get_lock():
            _posts.value -= 1


def crash():
    time.sleep(4)
    while _posts.value or not 0.15 < time.time() % 1 < 0.2:
        time.sleep(0.001)
    os._exit(3)


threading.Thread(target=crash, daemon=True).start()
`;

/** MiB of the largest request body, before it is changed and after that. The guestbook takes images of 5 MiB. */
const BODY_SIZE = { before: 2, after: 4 } as const;

let clone: Clone;
let release = 1;

function configure(bodySize: number): void {
  clone.configure({
    project: { folder: PROJECT },
    web: { startTimeout: START_TIMEOUT, soak: 6 },
    // All visitors of the load come from one address.
    proxy: { rateLimit: 2000, connectionLimit: 2000, bodySize },
  });
}

beforeAll(async () => {
  clone = await Clone.create("releases");
  configure(BODY_SIZE.before);
  await clone.mustMake("up");
}, 6 * MINUTE);

/** Deploys a release that must work. */
async function deployGood(): Promise<void> {
  clone.release(++release);
  await clone.mustMake("up");
  expect(await clone.serving()).toBe(String(release));
}

/** Deploys a release that must fail, with one error; the one before serves on. */
async function deployBad(): Promise<string> {
  const before = await clone.serving();
  clone.release("bad");
  const outcome = await clone.make("up");
  expect(outcome.status).not.toBe(0);
  expect(errorsOf(outcome)).toHaveLength(1);
  expect(await clone.serving()).toBe(before);
  return outcome.stderr;
}

/** After the dust has settled one release serves, and nothing of the other one runs. */
async function expectOneRelease(): Promise<void> {
  expect(await clone.serving()).toBe(String(release));
  const running = (await clone.containers()).filter(({ State }) => State.Status === "running");
  expect(running.map(({ Config }) => Config.Labels["django-deployment.role"]).sort()).toEqual([
    "database",
    "holder",
    "nginx",
    "web",
  ]);
}

it(
  `${RELEASES} releases in a row under load lose no request and no row`,
  async () => {
    const result = await underLoad(`${RELEASES} releases`, clone, async () => {
      for (let count = 0; count < RELEASES; count++) await deployGood();
    });
    expectNothingLost(result);
    await expectOneRelease();
  },
  (RELEASES + 1) * MINUTE,
);

it(
  "another proxy.bodySize loses no request: nginx is reloaded and not replaced, and takes the larger upload",
  async () => {
    const { Id } = await clone.container("nginx");
    expect(await uploadOfSize(clone.origin, BODY_SIZE.before)).toBe(413);
    configure(BODY_SIZE.after);
    expectNothingLost(await underLoad("another proxy.bodySize", clone, deployGood));
    expect((await clone.container("nginx")).Id).toBe(Id);
    expect(await uploadOfSize(clone.origin, BODY_SIZE.after - 1)).toBe(201);
  },
  2 * MINUTE,
);

/** What each bad release does to the files, and what its error must say. */
const BAD_RELEASES = [
  {
    title: "with a migration that fails",
    break: () =>
      clone.write(
        `${PROJECT}/entries/migrations/0002_broken.py`,
        [
          "from django.db import migrations",
          "",
          "",
          "def fail(apps, schema_editor):",
          '    raise RuntimeError("this migration can not work")',
          "",
          "",
          "class Migration(migrations.Migration):",
          '    dependencies = [("entries", "0001_initial")]',
          "    operations = [migrations.RunPython(fail)]",
          "",
        ].join("\n"),
      ),
    mend: () => clone.remove(`${PROJECT}/entries/migrations/0002_broken.py`),
    says: /this migration can not work/,
  },
  {
    title: "that never becomes healthy",
    file: `${PROJECT}/config/operations.py`,
    change: (text: string) =>
      text.replace('JsonResponse({"status": "ok"})', 'JsonResponse({"status": "ill"}, status=503)'),
    says: /503/,
  },
  {
    title: "that crashes seconds after it took the traffic",
    file: `${PROJECT}/config/wsgi.py`,
    change: (text: string) => text + CRASH,
    says: /web/,
    crashes: true,
  },
  {
    title: "whose first page is an error, though its health page is not,",
    file: `${PROJECT}/entries/views.py`,
    change: (text: string) => text.replace("return super()", "1 / 0\n        return super()"),
    says: /this release answers 500 to \/, to which the release that serves answers 200/,
  },
  {
    title: "with a broken nginx file",
    file: NGINX,
    change: (text: string) => text.replace("http {", "http {\n    this_is_no_directive on;"),
    says: /this_is_no_directive/,
  },
] as const;

it.each(BAD_RELEASES)(
  "a release $title loses no request, is refused with one error, and the next good one goes through",
  async (bad) => {
    const before = "file" in bad ? clone.read(bad.file) : "";
    const action = async (): Promise<void> => {
      if ("file" in bad) {
        expect(bad.change(before)).not.toBe(before);
        clone.write(bad.file, bad.change(before));
      } else bad.break();
      expect(await deployBad()).toMatch(bad.says);

      if ("file" in bad) clone.write(bad.file, before);
      else bad.mend();
      await deployGood();
    };
    const result = await underLoad(`a release ${bad.title}`, clone, action, {
      pausePosts: "crashes" in bad,
    });
    expectNothingLost(result);
    await expectOneRelease();
  },
  5 * MINUTE,
);
