// usage: node certificates.mjs DIRECTORY
// Writes the certificates that this machine trusts beyond the distribution's own into DIRECTORY, one a file, and prints
// the bundle that pip uses here if it holds any of them. Nothing is written and printed on most machines.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const directory = process.argv[2];
const environment = process.env;

function readOr(file, otherwise) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}

function filesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".crt"))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  } catch {
    return [];
  }
}

/** The certificates of a PEM text, without white space, so that equal ones compare equal. */
function certificates(text) {
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g);
  return [...blocks].map((block) => block[1].replace(/\s+/g, ""));
}

/** `cert = FILE` of pip's configuration, read here because starting pip takes half a second. */
function pipConfiguration() {
  const files = [
    environment.PIP_CONFIG_FILE,
    join(homedir(), ".config/pip/pip.conf"),
    join(homedir(), ".pip/pip.conf"),
    "/etc/pip.conf",
  ];
  return files
    .filter(Boolean)
    .map((file) => /^\s*cert\s*[=:]\s*(\S.*?)\s*$/m.exec(readOr(file, ""))?.[1])
    .find(Boolean);
}

const bundle =
  environment.PIP_CERT ||
  pipConfiguration() ||
  environment.SSL_CERT_FILE ||
  environment.REQUESTS_CA_BUNDLE ||
  "";
const distribution = new Set(
  filesBelow("/usr/share/ca-certificates").flatMap((file) => certificates(readOr(file, ""))),
);
const ofBundle = certificates(readOr(bundle, "")).filter((certificate) => !distribution.has(certificate));
const local = filesBelow("/usr/local/share/ca-certificates").flatMap((file) =>
  certificates(readOr(file, "")),
);

mkdirSync(directory, { recursive: true });
for (const certificate of new Set([...ofBundle, ...local])) {
  const name = createHash("sha256").update(certificate).digest("hex").slice(0, 16);
  const lines = certificate.match(/.{1,64}/g).join("\n");
  writeFileSync(
    join(directory, `machine-${name}.crt`),
    `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  );
}
if (ofBundle.length > 0) console.log(bundle);
