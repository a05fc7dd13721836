import { createHash, createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Address of the machine's network interface. */
const MAC = "02:00:00:00:00:01";

/** A request that was refused is answered with this. */
class Refusal extends Error {
  public constructor(
    public readonly status: number,
    public readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Plays the services that a machine asks: the instance's metadata (version 2, which wants a token), SSM's GetParameter at
 * its boot, and EC2 later on. The last two want a signature by the role's credentials.
 */
export class MetadataServer {
  /** SecureString parameters by name. */
  public readonly parameters = new Map<string, string>();
  /** Ids of the machine's security groups. */
  public readonly groups: string[] = [];
  /** Where a fake EC2 answers what is signed well. @default nowhere */
  public ec2?: string;
  /** What was asked, in order: `token`, `role`, `credentials`, `GetParameter <name>`, `ec2`, `refused: <why>`. */
  public readonly requests: string[] = [];
  /** Milliseconds until an answer, in which those who ask can be looked at. */
  public delay = 0;
  private readonly token = randomBytes(24).toString("base64url");
  private readonly credentials = {
    AccessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
    SecretAccessKey: randomBytes(30).toString("base64"),
    Token: randomBytes(120).toString("base64"),
  };
  private readonly server: Server;

  private constructor(public readonly region: string) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** @param region whose SSM it plays */
  public static async start(region = "eu-central-1"): Promise<MetadataServer> {
    const server = new MetadataServer(region);
    await new Promise<void>((resolve) => server.server.listen(0, "0.0.0.0", resolve));
    return server;
  }

  /** On every address of this machine. */
  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** What must be found nowhere on the machine but in memory. */
  public get secrets(): readonly string[] {
    return [this.token, this.credentials.SecretAccessKey, this.credentials.Token];
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await this.dispatch(request, Buffer.concat(chunks));
      await new Promise((resolve) => setTimeout(resolve, this.delay));
      response.end(answer);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, "InternalFailure", String(error));
      this.requests.push(`refused: ${refusal.message}`);
      response.statusCode = refusal.status;
      response.end(JSON.stringify({ __type: refusal.type, message: refusal.message }));
    }
  }

  private dispatch(request: IncomingMessage, body: Buffer): string | Promise<string> {
    const { method, url = "/" } = request;
    if (method === "PUT" && url === "/latest/api/token") {
      if (header(request, "x-aws-ec2-metadata-token-ttl-seconds") === "")
        throw new Refusal(400, "BadRequest", "a token without a lifetime");
      this.requests.push("token");
      return this.token;
    }
    if (method === "POST" && url === "/") {
      const isForm = header(request, "content-type").startsWith("application/x-www-form-urlencoded");
      return isForm ? this.askEc2(request, body) : this.getParameter(request, body);
    }
    const role = "/latest/meta-data/iam/security-credentials/";
    const plain = new Map([
      ["/latest/meta-data/placement/region", this.region],
      ["/latest/meta-data/mac", MAC],
      [`/latest/meta-data/network/interfaces/macs/${MAC}/security-group-ids`, this.groups.join("\n")],
    ]).get(url);
    if (method !== "GET" || (plain === undefined && !url.startsWith(role)))
      throw new Refusal(404, "NotFound", `${method ?? ""} ${url}`);
    if (header(request, "x-aws-ec2-metadata-token") !== this.token)
      throw new Refusal(401, "Unauthorized", "metadata without the token");
    if (plain !== undefined) return plain;
    if (url === role) {
      this.requests.push("role");
      return "host-role";
    }
    this.requests.push("credentials");
    return JSON.stringify({ Code: "Success", ...this.credentials });
  }

  private requireSignature(request: IncomingMessage, body: Buffer, service: string): void {
    if (header(request, "x-amz-security-token") !== this.credentials.Token)
      throw new Refusal(400, "UnrecognizedClientException", "another session than the role's");
    if (!this.isSigned(request, body, service))
      throw new Refusal(400, "InvalidSignatureException", "the signature does not fit");
  }

  private async askEc2(request: IncomingMessage, body: Buffer): Promise<string> {
    this.requireSignature(request, body, "ec2");
    if (this.ec2 === undefined) throw new Refusal(503, "Unavailable", "there is no EC2");
    this.requests.push("ec2");
    const headers = {
      "content-type": header(request, "content-type"),
      authorization: header(request, "authorization"),
    };
    const response = await fetch(this.ec2, { method: "POST", headers, body: body.toString() });
    const text = await response.text();
    if (!response.ok) throw new Refusal(response.status, "EC2", text);
    return text;
  }

  private getParameter(request: IncomingMessage, body: Buffer): string {
    if (header(request, "x-amz-target") !== "AmazonSSM.GetParameter")
      throw new Refusal(400, "UnknownOperationException", "another operation than GetParameter");
    this.requireSignature(request, body, "ssm");
    const { Name: name, WithDecryption: decrypt } = JSON.parse(body.toString()) as {
      Name: string;
      WithDecryption?: boolean;
    };
    if (decrypt !== true) throw new Refusal(400, "ValidationException", "a SecureString without decryption");
    const value = this.parameters.get(name);
    if (value === undefined) throw new Refusal(400, "ParameterNotFound", `no parameter ${name}`);
    this.requests.push(`GetParameter ${name}`);
    return JSON.stringify({ Parameter: { Name: name, Type: "SecureString", Value: value, Version: 1 } });
  }

  /** Signature version 4 of AWS (IAM user guide, "Create a signed AWS API request"). */
  private isSigned(request: IncomingMessage, body: Buffer, service: string): boolean {
    const parts =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/(\w+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
        header(request, "authorization"),
      );
    const [, key = "", day = "", region = "", scoped = "", names = "", signature = ""] = parts ?? [];
    if (key !== this.credentials.AccessKeyId || region !== this.region || scoped !== service) return false;
    const headers = names
      .split(";")
      .map((name) => `${name}:${header(request, name).trim()}\n`)
      .join("");
    const canonical = ["POST", "/", "", headers, names, sha256(body)].join("\n");
    const scope = `${day}/${region}/${service}/aws4_request`;
    const text = ["AWS4-HMAC-SHA256", header(request, "x-amz-date"), scope, sha256(canonical)].join("\n");
    const signing = [day, region, service, "aws4_request"].reduce<Buffer>(
      (secret, part) => createHmac("sha256", secret).update(part).digest(),
      Buffer.from(`AWS4${this.credentials.SecretAccessKey}`),
    );
    return createHmac("sha256", signing).update(text).digest("hex") === signature;
  }
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : (value ?? "");
}

function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}
