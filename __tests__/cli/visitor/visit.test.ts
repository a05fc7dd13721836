import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { visit } from "../../../cli/visitor/visit";

const HOST = "shop.example.com";

/** Where each path leads. */
const REDIRECTS: Readonly<Record<string, string>> = {
  "/": "/login/?next=/",
  "/absolute": `http://${HOST}/login/`,
  "/here": "ORIGIN/login/",
  "/https": `https://${HOST}/https`,
  "/elsewhere": "https://accounts.example.net/",
  "/round": "/round",
  "/nonsense": "http://[",
  "/broken": "/error",
  "/www": "http://www.example.com/page",
  "/www-secure": "https://www.example.com/page",
  "/back": "http://www.example.com/back-again",
  "/back-again": "/error",
};

let server: Server;
let origin = "";
let asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const { host = "", cookie = "" } = request.headers;
    asked.push(`${host} ${request.url ?? ""} ${cookie}`.trim());
    const location = REDIRECTS[request.url ?? ""];
    if (location !== undefined) {
      const target = location.replace("ORIGIN", origin);
      response.writeHead(302, { Location: target, "Set-Cookie": "a=1; Path=/" }).end();
    } else if (request.url === "/error") response.writeHead(500).end();
    else if (request.url !== "/silent") response.writeHead(200).end("ok");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

const visited = (path: string, timeout = 5000) => visit(path, { origin, host: HOST, timeout });

describe("a visit", () => {
  it("ends at the page itself", async () =>
    expect(await visited("/page")).toEqual({ path: "/page", status: 200 }));

  it("follows a redirect, with the cookies that came with it, under the same host name", async () => {
    expect(await visited("/")).toEqual({ path: "/", status: 200, end: "/login/?next=/" });
    expect(asked).toEqual([`${HOST} /`, `${HOST} /login/?next=/ a=1`]);
  });

  it.each(["/absolute", "/here"])("follows an address of the same host: %s", async (path) =>
    expect(await visited(path)).toEqual({ path, status: 200, end: "/login/" }),
  );

  it("ends at the error behind a redirect", async () =>
    expect(await visited("/broken")).toEqual({ path: "/broken", status: 500, end: "/error" }));

  it("does not ask for https on the same host, and says so", async () =>
    expect(await visited("/https")).toEqual({ path: "/https", status: 302, https: `https://${HOST}/https` }));

  it.each(["/elsewhere", "/nonsense"])(
    "ends where it is sent to another site, or nowhere: %s",
    async (path) => expect(await visited(path)).toEqual({ path, status: 302 }),
  );

  it("follows to another name of the application, and keeps that name", async () => {
    const more = { origin, host: HOST, otherHosts: ["www.example.com"] };
    expect(await visit("/www", more)).toEqual({ path: "/www", status: 200, end: "/page" });
    expect(await visit("/back", more)).toEqual({ path: "/back", status: 500, end: "/error" });
    expect(asked.map((line) => line.split(" ")[0])).toEqual([
      ...[HOST, "www.example.com"],
      ...[HOST, "www.example.com", "www.example.com"],
    ]);
    expect(await visit("/www-secure", more)).toEqual({ path: "/www-secure", status: 302 });
    expect(await visited("/www")).toEqual({ path: "/www", status: 302 });
  });

  it("ends after ten redirects", async () => {
    expect(await visited("/round")).toEqual({ path: "/round", status: 302, endless: true });
    expect(asked).toHaveLength(11);
  });

  it("has no status when nothing answers in time, or nobody listens", async () => {
    expect(await visited("/silent", 200)).toEqual({ path: "/silent", status: undefined });
    const nobody = await visit("/", { origin: "http://127.0.0.1:1", host: HOST });
    expect(nobody).toEqual({ path: "/", status: undefined });
  });
});
