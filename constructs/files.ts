import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

export interface FilesProps {
  /** The program's own folder, which holds `assets/`; absolute. */
  readonly root: string;
  /** Where cdktf writes the stacks; absolute. */
  readonly outdir: string;
}

/** cloud-init's configuration, relative to the folder that cdktf writes. */
export const CLOUD_INIT = join("host", "cloud-init.yaml");

/** Where Terraform finds files from: always relative to a stack's folder, so that no machine is in the JSON. */
export class Files {
  public constructor(private readonly props: FilesProps) {}

  /** Folder of the states, as seen from a stack's folder. */
  public get states(): string {
    return this.fromStack(join(this.props.root, ".deployment", "state"));
  }

  /** The image's build context, as seen from a stack's folder. */
  public get buildContext(): string {
    return this.fromStack(join(this.props.outdir, "application", "context"));
  }

  /** cloud-init's configuration of the host, as seen from a stack's folder. */
  public get cloudInit(): string {
    return this.fromStack(join(this.props.outdir, CLOUD_INIT));
  }

  /** The copy of an asset that synth makes, as seen from a stack's folder, and the SHA-256 of its bytes. */
  public asset(asset: string): { readonly path: string; readonly hash: string } {
    const bytes = readFileSync(join(this.props.root, "assets", asset));
    return {
      path: this.fromStack(join(this.props.outdir, "application", "assets", asset)),
      hash: createHash("sha256").update(bytes).digest("hex"),
    };
  }

  /** Any file or folder, as seen from a stack's folder (`<outdir>/stacks/<stack>`). */
  public fromStack(path: string): string {
    return relative(join(this.props.outdir, "stacks", "stack"), path);
  }
}
