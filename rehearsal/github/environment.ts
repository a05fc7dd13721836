import sodium from "libsodium-wrappers";

interface Dated<T> {
  readonly value: T;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A deployment environment with its key pair, its secrets as they came, and its variables. */
export class FakeEnvironment {
  public readonly secrets = new Map<string, Dated<string>>();
  public readonly variables = new Map<string, Dated<string>>();
  public readonly policies = new Map<number, string>();
  public reviewers: readonly number[] = [];
  public branchPolicy: object | null = null;
  private readonly pair;

  /** libsodium must be ready. */
  public constructor(
    public readonly id: number,
    public readonly name: string,
    private readonly now: () => string,
  ) {
    this.pair = sodium.crypto_box_keypair();
  }

  public get publicKey(): { readonly key_id: string; readonly key: string } {
    return {
      key_id: `56825016724254974${this.id}`,
      key: Buffer.from(this.pair.publicKey).toString("base64"),
    };
  }

  /** Keeps a value under a name, with the dates that GitHub shows. @returns whether it is new */
  public keep(kind: "secrets" | "variables", name: string, value: string): boolean {
    const before = this[kind].get(name);
    const updatedAt = this.now();
    this[kind].set(name, { value, createdAt: before?.createdAt ?? updatedAt, updatedAt });
    return before === undefined;
  }

  /** What a runner gets: the secret, opened. Undefined when there is none of this name. */
  public open(name: string): Buffer | undefined {
    const sealed = this.secrets.get(name);
    if (!sealed) return undefined;
    const { publicKey, privateKey } = this.pair;
    return Buffer.from(
      sodium.crypto_box_seal_open(Buffer.from(sealed.value, "base64"), publicKey, privateKey),
    );
  }
}
