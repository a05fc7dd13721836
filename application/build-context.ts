import { createHash } from "node:crypto";

/** One file of the image's build context. */
export interface ContextFile {
  /** Path in the context, with `/`. */
  readonly target: string;
  /** Path on this machine. */
  readonly source: string;
}

/** Folders of the build context; the Dockerfile copies them one after the other, so that layers cache. */
export const CONTEXT = {
  deployment: "deployment",
  requirements: "requirements",
  application: "app",
} as const;

/** What the application's image is built from. */
export interface ContextSources {
  /** Files of `assets/image/`, relative to it. */
  readonly imageAssets: readonly string[];
  /** Requirements files, relative to the project; the one that includes the others is among them. */
  readonly requirements: readonly string[];
  /** The project's files that belong into the image, relative to the project. */
  readonly projectFiles: readonly string[];
  readonly assetsFolder: string;
  readonly projectFolder: string;
}

/** The build context as a list, in a stable order. */
export function buildContextOf(sources: ContextSources): ContextFile[] {
  const { assetsFolder, projectFolder } = sources;
  const from = (folder: string, target: string) => (file: string) => ({
    target: file === "Dockerfile" && target === CONTEXT.deployment ? file : `${target}/${file}`,
    source: `${folder}/${file}`,
  });
  return [
    ...sources.imageAssets.map(from(`${assetsFolder}/image`, CONTEXT.deployment)),
    ...sources.requirements.map(from(projectFolder, CONTEXT.requirements)),
    ...sources.projectFiles.map(from(projectFolder, CONTEXT.application)),
  ].sort((a, b) => (a.target < b.target ? -1 : 1));
}

/** Content of a file as it goes into the image: its bytes, or the target of a symbolic link. */
export interface ContextContent {
  readonly kind: "file" | "executable" | "link";
  readonly bytes: Buffer;
}

/** SHA-256 over names, kinds and bytes; nothing of the machine or the day is in it. */
export function hashContext(
  files: readonly ContextFile[],
  read: (file: ContextFile) => ContextContent,
): string {
  const hash = createHash("sha256");
  for (const file of files) {
    const { kind, bytes } = read(file);
    hash.update(JSON.stringify([file.target, kind, bytes.length])).update(bytes);
  }
  return hash.digest("hex");
}
