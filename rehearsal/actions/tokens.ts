import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Plays the service that tells AWS who a run is: GitHub's OIDC tokens, without a signature that anybody could check. */
export class TokenServer {
  /** @param subject what a token says of where it comes from */
  public static async start(subject: string): Promise<TokenServer> {
    const tokens = new TokenServer(subject);
    tokens.server.listen(0, "127.0.0.1");
    await once(tokens.server, "listening");
    return tokens;
  }

  /** What a runner shows to get one. */
  public readonly secret = randomBytes(24).toString("base64url");
  /** For whom tokens were asked. */
  public readonly audiences: string[] = [];
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  private constructor(private readonly subject: string) {}

  /** As GitHub gives it to runners: callers add `&audience=…`. */
  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/token?api-version=2.0`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const audience = new URL(request.url ?? "/", this.url).searchParams.get("audience");
    if (
      request.headers.authorization?.toLowerCase() !== `bearer ${this.secret}`.toLowerCase() ||
      audience === null
    ) {
      response.writeHead(401).end();
      return;
    }
    this.audiences.push(audience);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: "https://token.actions.githubusercontent.com",
      sub: this.subject,
      aud: audience,
      iat: now,
      exp: now + 300,
    };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const value = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.c3RhbmQtaW4`;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ count: 1, value }));
  }
}
