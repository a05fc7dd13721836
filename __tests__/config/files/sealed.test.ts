import { join } from "node:path";
import {
  SEALED_FILE,
  type Sealed,
  ciphertextsOf,
  readSealed,
  sealedFor,
  sealedHash,
} from "../../../config/files/sealed";
import { guestbookRepository } from "../../support/github-stack";
import { folderWith } from "../../support/synthesis";

const github = guestbookRepository();
const KEYS = { keyId: "568250167242549743", hashKey: "00112233" };
const KEY = Buffer.from("a private key\n");
const ENV = Buffer.from("SECRET_KEY=$x`y`\n");

const sealed: Sealed = {
  ...KEYS,
  repository: "octocat/guestbook",
  environment: "production",
  subject: "repo:octocat@1/guestbook@2",
  secrets: {
    KEY: { hash: sealedHash(KEYS, "KEY", KEY), ciphertext: "a2V5" },
    ENV_VARS: { hash: sealedHash(KEYS, "ENV_VARS", ENV), ciphertext: "ZW52" },
  },
};

describe("what has been sealed", () => {
  it("is read from its file", () =>
    expect(readSealed(folderWith({ [SEALED_FILE]: JSON.stringify(sealed) }))).toEqual(sealed));

  it.each(["", "{}", '{"secrets":1}'])("is nothing where the file says %j: it is sealed anew", (text) =>
    expect(readSealed(folderWith({ [SEALED_FILE]: text }))).toBeUndefined(),
  );

  it("is nothing where there is no file", () =>
    expect(readSealed(join(folderWith({}), "nowhere"))).toBeUndefined());

  it("is for one repository and one environment", () => {
    expect(sealedFor(sealed, github)).toBe(sealed);
    expect(sealedFor(sealed, { ...github, repository: "blog" })).toBeUndefined();
    expect(sealedFor(sealed, { ...github, environment: "staging" })).toBeUndefined();
    expect(sealedFor(undefined, github)).toBeUndefined();
  });

  it("tells values apart by name, key and content", () => {
    const hashes = [
      sealedHash(KEYS, "KEY", KEY),
      sealedHash(KEYS, "ENV_VARS", KEY),
      sealedHash(KEYS, "KEY", ENV),
      sealedHash({ ...KEYS, keyId: "2" }, "KEY", KEY),
      sealedHash({ ...KEYS, hashKey: "44" }, "KEY", KEY),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("the ciphertexts for Terraform", () => {
  it("are those of the values as they are", () =>
    expect(ciphertextsOf(sealed, github, { KEY, ENV_VARS: ENV })).toEqual({ KEY: "a2V5", ENV_VARS: "ZW52" }));

  it("are one less where there is no .env", () => {
    const { KEY: key } = sealed.secrets;
    const without = { ...sealed, secrets: { KEY: key } };
    expect(ciphertextsOf(without, github, { KEY, ENV_VARS: undefined })).toEqual({ KEY: "a2V5" });
  });

  it("are missing before anything was sealed, and for another repository", () => {
    for (const [file, other] of [
      [undefined, github],
      [sealed, { ...github, owner: "hubot" }],
    ] as const) {
      expect(() => ciphertextsOf(file, other, { KEY, ENV_VARS: ENV })).toThrow(/is without the secrets of/);
    }
  });

  it.each([
    [
      "changed",
      { KEY, ENV_VARS: Buffer.from("SECRET_KEY=other\n") },
      /ENV_VARS in \S+sealed\.json is another/,
    ],
    ["gone", { KEY, ENV_VARS: undefined }, /ENV_VARS in .* is another/],
    ["a key that is gone", { KEY: undefined, ENV_VARS: ENV }, /KEY in .* is another[^]*make seal/],
  ])("are stale when a value has %s", (_, values, message) => {
    expect(() => ciphertextsOf(sealed, github, values)).toThrow(message);
    expect(() => ciphertextsOf(sealed, github, values)).not.toThrow(/other\n/);
  });
});
