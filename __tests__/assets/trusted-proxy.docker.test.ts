import { docker, ENVIRONMENT, Nginx } from "./support/nginx";

jest.setTimeout(300_000);

/** A visitor, as somebody in front of nginx names it. */
const VISITOR = "198.51.100.7";

const nginx = new Nginx();

beforeAll(async () => {
  nginx.start();
  await nginx.application("000000000001-a.sock", (request, response) =>
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ headers: request.headers, method: request.method })),
  );
  nginx.link("web.sock", "000000000001-a.sock");
});
afterAll(() => nginx.remove());

/** This computer, as nginx's container sees it. */
function ownAddress(): string {
  return docker("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}").trim();
}

async function apply(environment: Readonly<Record<string, string>>): Promise<void> {
  const { status, output } = await nginx.apply({ ...ENVIRONMENT, ...environment });
  expect({ status, output }).toMatchObject({ status: 0 });
}

/** Address and scheme of the visitor, as the application is told of them. */
async function told(headers: Readonly<Record<string, string>>): Promise<(string | undefined)[]> {
  const { status, body } = await nginx.get("/api/", { headers });
  expect(status).toBe(200);
  const { headers: seen } = JSON.parse(body) as { headers: Record<string, string | undefined> };
  expect(seen["x-real-ip"]).toBe(seen["x-forwarded-for"]);
  return [seen["x-forwarded-for"], seen["x-forwarded-proto"]];
}

describe("somebody who is trusted", () => {
  beforeAll(async () => apply({ NGINX_TRUSTED: `2001:db8::/32 ${ownAddress()}/32 203.0.113.0/24` }));

  it("says which address a visitor has, and whether the page came by https", async () => {
    const headers = { "X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https" };
    expect(await told(headers)).toEqual([VISITOR, "https"]);
    expect(await told({ ...headers, "X-Forwarded-Proto": "http" })).toEqual([VISITOR, "http"]);
    expect(await told({ "X-Forwarded-For": "2001:db9::7" })).toEqual(["2001:db9::7", "http"]);
  });

  it("passes on what a visitor forges, which counts for nothing", async () => {
    const chain = `192.0.2.1, 10.0.0.1, ${VISITOR}, 203.0.113.9, 2001:db8::1`;
    expect(await told({ "X-Forwarded-For": chain })).toEqual([VISITOR, "http"]);
    expect(await told({ "X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https, http" })).toEqual([
      VISITOR,
      "http",
    ]);
    expect(await told({ "X-Forwarded-For": "nonsense" })).toEqual([ownAddress(), "http"]);
    expect(await told({ "X-Real-IP": VISITOR, Forwarded: `for=${VISITOR};proto=https` })).toEqual([
      ownAddress(),
      "http",
    ]);
  });

  it("is in the log with its visitors' addresses", async () => {
    await nginx.get("/api/logged", { headers: { "X-Forwarded-For": VISITOR } });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(nginx.log()).toContain(`${VISITOR} "GET /api/logged HTTP/1.1" 200`);
  });
});

it("limits count each visitor behind somebody who is trusted", async () => {
  await apply({ NGINX_TRUSTED: `${ownAddress()}/32`, NGINX_RATE: "1", NGINX_RATE_BURST: "2" });
  const statuses = async (address: string): Promise<number[]> =>
    Promise.all(
      Array.from({ length: 8 }, async () => {
        const { status } = await nginx.get("/api/", { headers: { "X-Forwarded-For": address } });
        return status;
      }),
    );
  expect((await statuses("198.51.100.1")).filter((status) => status === 429).length).toBeGreaterThan(2);
  expect(await told({ "X-Forwarded-For": "198.51.100.2" })).toEqual(["198.51.100.2", "http"]);
  expect((await statuses("198.51.100.3")).filter((status) => status === 200).length).toBeGreaterThan(1);
});

it.each(["", "203.0.113.0/24 2001:db8::/32"])(
  "nobody else is believed: trusted are [%s]",
  async (trusted) => {
    await apply({ NGINX_TRUSTED: trusted });
    const headers = { "X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https" };
    expect(await told(headers)).toEqual([ownAddress(), "http"]);
  },
);

it("a list that is none is refused before nginx sees it", async () => {
  const { status, output } = await nginx.apply(
    { ...ENVIRONMENT, NGINX_TRUSTED: "203.0.113.0/24; deny all" },
    { mode: "check" },
  );
  expect(status).toBe(1);
  expect(output).toContain("expected networks in CIDR form with spaces between them");
});
