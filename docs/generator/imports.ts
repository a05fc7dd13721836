import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { FOLDERS, folderOf } from "./folders";

/** One file of the program imports another one; paths in the program's own folder, with `/`. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Folders of the repository whose files are no part of the program. */
const FOREIGN: readonly string[] = ["node_modules", "__tests__", "examples", "assets", "tools"];

/** The program's TypeScript files, sorted. @param root the program's own folder */
export function sourceFiles(root: string, folder = "."): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isFile()) return path.endsWith(".ts") ? [path] : [];
      const isProgram = entry.isDirectory() && !entry.name.startsWith(".") && !FOREIGN.includes(path);
      return isProgram && path !== "cdktf.out" ? sourceFiles(root, path) : [];
    })
    .sort();
}

/** Every import of one of the program's files by another one, types too. */
export function importsOf(root: string, files: readonly string[] = sourceFiles(root)): Import[] {
  return files.flatMap((from) =>
    ts
      .preProcessFile(readFileSync(join(root, from), "utf8"))
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name.startsWith("."))
      .flatMap((name) => {
        const path = posix.join(posix.dirname(from), name);
        const to = [`${path}.ts`, `${path}/index.ts`].find((file) => existsSync(join(root, file)));
        return to === undefined ? [] : [{ from, to }];
      }),
  );
}

/** Imports of a folder that comes later in the list, or of none in the list. */
export function upwardImports(imports: readonly Import[], folders: readonly string[] = FOLDERS): Import[] {
  const place = (file: string): number => folders.indexOf(folderOf(file) ?? "");
  return imports.filter(({ from, to }) => place(to) < 0 || place(to) > place(from));
}
