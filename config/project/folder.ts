import { posix } from "node:path";
import { filesForImage, ignoreRulesOf } from "../tree/ignore";
import { readRequirements } from "./requirements";
import { ProjectTree } from "../tree/tree";

/** A project's folder: what can be asked of it beside its facts. */
export class ProjectFolder {
  private readonly tree: ProjectTree;

  public constructor(
    /** Absolute path. */
    public readonly path: string,
    /** Where Python imports from, below the folder. */
    private readonly pythonRoot: string,
  ) {
    this.tree = new ProjectTree(path);
  }

  /** A requirements file and all that it includes, below the folder; empty when it isn't there. */
  public requirementsFiles(file: string): readonly string[] {
    return readRequirements(this.tree, file).files;
  }

  /** What a requirements file asks of a package, for example `==20.1.0`; undefined when it doesn't name the package. */
  public specifier(file: string, name: string): string | undefined {
    return readRequirements(this.tree, file).packages.get(name)?.specifier;
  }

  /** Whether Python finds a module of the project by this name. */
  public hasModule(module: string): boolean {
    const file = posix.join(this.pythonRoot, module.replaceAll(".", "/"));
    return module !== "" && (this.tree.hasPython(`${file}.py`) || this.tree.hasPython(`${file}/__init__.py`));
  }

  /**
   * Files that belong into the image, sorted, below the folder: all but what .dockerignore names.
   *
   * @param served folders in which Django keeps what it collects or is given, below the folder: volumes take
   * their place
   */
  public imageFiles(served: readonly string[]): string[] {
    return filesForImage(this.path, ignoreRulesOf(this.path, served));
  }
}
