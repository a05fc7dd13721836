/** One file that the pipeline needs in the application's repository. */
export interface PipelineFile {
  /** Path below the repository's root, with `/`. */
  readonly path: string;
  readonly content: string;
  /** Whether it is a program. */
  readonly executable: boolean;
}
