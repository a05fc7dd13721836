import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type ContextContent, type ContextFile, hashContext } from "../application/build-context";

/**
 * Writes the image's build context to a folder, unless it is there already.
 *
 * @returns SHA-256 of the context
 */
export function writeBuildContext(files: readonly ContextFile[], folder: string): string {
  const contents = new Map(files.map((file) => [file.target, readContent(file.source)]));
  const contentOf = ({ target }: ContextFile): ContextContent => contents.get(target) ?? unread(target);
  const hash = hashContext(files, contentOf);

  const stamp = `${folder}.sha256`;
  if (existsSync(folder) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return hash;

  // Whole or not at all: an interrupted synth must not leave half a project to be built.
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  for (const file of files) writeContent(join(part, file.target), contentOf(file));
  openFolders(part);
  rmSync(stamp, { force: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
  writeFileSync(stamp, hash);
  return hash;
}

function readContent(source: string): ContextContent {
  const stat = lstatSync(source);
  if (stat.isSymbolicLink()) return { kind: "link", bytes: Buffer.from(readlinkSync(source)) };
  return { kind: stat.mode & 0o100 ? "executable" : "file", bytes: readFileSync(source) };
}

function writeContent(path: string, { kind, bytes }: ContextContent): void {
  mkdirSync(dirname(path), { recursive: true });
  if (kind === "link") {
    symlinkSync(bytes.toString(), path);
    return;
  }
  writeFileSync(path, bytes);
  // The user's umask is no part of the image.
  chmodSync(path, kind === "executable" ? 0o755 : 0o644);
}

/** Folders of an image can be entered by its user, whatever the umask of this one is. */
function openFolders(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) openFolders(join(folder, entry.name));
}

function unread(target: string): never {
  throw new Error(`${target} was not read`);
}
