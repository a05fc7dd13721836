import { readdirSync, readFileSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";
import { join, posix } from "node:path";

/** Nobody's settings are larger; a bigger file would only cost time. [bytes] */
const LARGEST_TEXT = 512 * 1024;

/** How far below the project's folder a Python file may lie and still matter. [folders] */
const DEEPEST = 5;

/** An upper bound for strange trees: the walk stays fast whatever it is given. [folders] */
const MOST_FOLDERS = 3000;

/** Folders with other people's code (flyctl once took settings from a virtualenv). */
const FOREIGN = new Set(["node_modules", "site-packages", "__pycache__"]);

/** A project's Python files, and the text of any file in it; reading never throws. */
export class ProjectTree {
  /** All Python files that are the project's own, as paths below its folder. */
  readonly pythonFiles: readonly string[];

  private readonly known: ReadonlySet<string>;
  private readonly texts = new Map<string, string | undefined>();

  constructor(private readonly folder: string) {
    this.pythonFiles = pythonFilesBelow(folder);
    this.known = new Set(this.pythonFiles);
  }

  /** Whether this is one of the project's own Python files. */
  hasPython(path: string): boolean {
    return this.known.has(path);
  }

  /** Whether there is a file of any kind at this path. */
  has(path: string): boolean {
    return this.known.has(path) || isFile(join(this.folder, path));
  }

  /** The text of a file, or undefined when it can't be read as one. */
  text(path: string): string | undefined {
    if (!this.texts.has(path)) this.texts.set(path, readText(join(this.folder, path)));
    return this.texts.get(path);
  }

  /** The names in a folder of the project, sorted. */
  names(path: string): string[] {
    return entriesOf(join(this.folder, path)).map((entry) => entry.name);
  }
}

/**
 * A file's text, or undefined when it is missing, no plain file or too large. Understands UTF-8
 * with a mark, and UTF-16: `pip freeze > requirements.txt` in PowerShell writes it.
 */
export function readText(absolute: string): string | undefined {
  if (!isFile(absolute)) return undefined;
  try {
    const bytes = readFileSync(absolute);
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString("utf16le");
    if (bytes[0] === 0xfe && bytes[1] === 0xff) {
      const end = bytes.length - (bytes.length % 2);
      return Buffer.from(bytes.subarray(2, end)).swap16().toString("utf16le");
    }
    return bytes.toString("utf8").replace(/^\uFEFF/, "");
  } catch {
    return undefined;
  }
}

function isFile(absolute: string): boolean {
  try {
    const status = statSync(absolute, { throwIfNoEntry: false });
    return status?.isFile() === true && status.size <= LARGEST_TEXT;
  } catch {
    // A file where a folder should be, a name with a NUL, no permission.
    return false;
  }
}

/** What is in a folder, sorted by name; nothing when it can't be read. */
export function entriesOf(absolute: string): Dirent[] {
  try {
    const entries = readdirSync(absolute, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** Whether a folder is a virtualenv, whatever its name. */
export function isVirtualenv(entries: readonly Dirent[]): boolean {
  return entries.some((entry) => entry.name === "pyvenv.cfg");
}

function pythonFilesBelow(folder: string): string[] {
  const found: string[] = [];
  let folders: string[] = ["."];
  let visited = 0;
  for (let depth = 0; depth <= DEEPEST && folders.length > 0; depth += 1) {
    const next: string[] = [];
    for (const path of folders) {
      visited += 1;
      if (visited > MOST_FOLDERS) return found;
      const entries = entriesOf(join(folder, path));
      if (isVirtualenv(entries)) continue;
      for (const entry of entries) {
        const child = posix.join(path, entry.name);
        if (entry.name.endsWith(".py") && !entry.isDirectory()) found.push(child);
        // Links to folders are not followed: they may lead in circles.
        else if (entry.isDirectory() && !entry.name.startsWith(".") && !FOREIGN.has(entry.name))
          next.push(child);
      }
    }
    folders = next;
  }
  return found;
}
